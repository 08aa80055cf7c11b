using System.Runtime.CompilerServices;
using Npgsql;
using NpgsqlTypes;

namespace FhirAspire.Warehouse.Postgres;

internal sealed class PostgresSession(PostgresWarehouse warehouse, NpgsqlConnection connection) : IWarehouseSession
{
    private static readonly TimeSpan AskAgain = TimeSpan.FromMilliseconds(500);

    private NpgsqlTransaction? transaction;

    public IWarehouse Warehouse => warehouse;

    public bool InTransaction => transaction is not null;

    public Task BeginAsync(CancellationToken cancellationToken = default)
    {
        if (transaction is not null)
        {
            throw new InvalidOperationException("a transaction is already open");
        }

        return Guard(async () => transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false));
    }

    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        var open = transaction ?? throw new InvalidOperationException("no transaction is open");
        transaction = null;
        await using (open.ConfigureAwait(false))
        {
            try
            {
                await Guard(async () => await open.CommitAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (InvalidOperationException) when (connection.State == System.Data.ConnectionState.Open)
            {
                // A statement among others said COMMIT itself, so there is nothing left to commit.
            }
        }
    }

    public async Task RollbackAsync(CancellationToken cancellationToken = default)
    {
        if (transaction is not { } open)
        {
            return;
        }

        transaction = null;
        await using (open.ConfigureAwait(false))
        {
            // A lost connection has rolled back already.
            if (connection.State == System.Data.ConnectionState.Open)
            {
                try
                {
                    await Guard(async () => await open.RollbackAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                }
                catch (InvalidOperationException)
                {
                    // A statement among others has ended it.
                }
            }
        }
    }

    public async Task<long> ExecuteAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default)
    {
        await using var command = CreateCommand(sql, parameters);
        var affected = -1L;
        await Run(async () =>
        {
            var reader = await command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    // The statements run as their results are passed.
                }

                // Npgsql's own number is the sum over all statements; the batch API, which it recommends instead, takes them already split.
#pragma warning disable CS0618
                affected = RowsOf(reader.Statements);
#pragma warning restore CS0618
            }
        }, cancellationToken).ConfigureAwait(false);
        return affected;
    }

    public async Task<QueryResult> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default)
    {
        await using var command = CreateCommand(sql, parameters);
        var result = new QueryResult([], []);
        await Run(async () =>
        {
            var reader = await command.ExecuteReaderAsync(CancellationToken.None).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                do
                {
                    if (reader.FieldCount == 0)
                    {
                        continue;
                    }

                    var columns = Columns(reader);
                    var rows = new List<object?[]>();
                    while (await reader.ReadAsync(CancellationToken.None).ConfigureAwait(false))
                    {
                        rows.Add(Values(reader));
                    }

                    result = new QueryResult(columns, rows);
                }
                while (await reader.NextResultAsync(CancellationToken.None).ConfigureAwait(false));
            }
        }, cancellationToken).ConfigureAwait(false);
        return result;
    }

    public async IAsyncEnumerable<object?[]> StreamAsync(string sql, IReadOnlyList<object?>? parameters = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var command = CreateCommand(sql, parameters);
        NpgsqlDataReader? reader = null;
        await Guard(async () => reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        await using (reader!.ConfigureAwait(false))
        {
            var more = false;
            while (true)
            {
                await Guard(async () => more = await reader!.ReadAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
                if (!more)
                {
                    yield break;
                }

                yield return Values(reader!);
            }
        }
    }

    public async Task<long> BulkLoadAsync(TableName table, IReadOnlyList<BulkColumn> columns, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        var dialect = PostgresDialect.Instance;
        var sql = $"copy {dialect.Quote(table)} ({string.Join(", ", columns.Select(column => dialect.Quote(column.Name)))}) from stdin (format binary)";
        try
        {
            // Without Complete, the disposal cancels what was sent.
            var import = await connection.BeginBinaryImportAsync(sql, cancellationToken).ConfigureAwait(false);
            await using (import.ConfigureAwait(false))
            {
                await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    await import.StartRowAsync(cancellationToken).ConfigureAwait(false);
                    for (var i = 0; i < columns.Count; i++)
                    {
                        await WriteAsync(import, columns[i], row[i], cancellationToken).ConfigureAwait(false);
                    }
                }

                return (long)await import.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.TranslateLoad(exception, warehouse.Location);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await RollbackAsync().ConfigureAwait(false);
        }
        catch (WarehouseException)
        {
            // The connection goes back to the pool next, which resets or closes it.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private static Task WriteAsync(NpgsqlBinaryImporter import, BulkColumn column, object? value, CancellationToken cancellationToken) => (column.Type, value) switch
    {
        (_, null) => import.WriteNullAsync(cancellationToken),
        (BulkType.Text, string text) => import.WriteAsync(text, NpgsqlDbType.Text, cancellationToken),
        (BulkType.Json, string text) => import.WriteAsync(text, NpgsqlDbType.Jsonb, cancellationToken),
        (BulkType.Json, byte[] utf8) => import.WriteAsync(utf8, NpgsqlDbType.Jsonb, cancellationToken),
        (BulkType.Json, ReadOnlyMemory<byte> utf8) => import.WriteAsync(utf8, NpgsqlDbType.Jsonb, cancellationToken),
        (BulkType.BigInt, long number) => import.WriteAsync(number, NpgsqlDbType.Bigint, cancellationToken),
        (BulkType.BigInt, int number) => import.WriteAsync((long)number, NpgsqlDbType.Bigint, cancellationToken),
        (BulkType.Timestamp, DateTime instant) => import.WriteAsync(WithoutKind(instant), NpgsqlDbType.Timestamp, cancellationToken),
        var (type, other) => throw new ArgumentException($"column {column.Name} of type {type} cannot hold a {other.GetType().Name}", nameof(value)),
    };

    // Npgsql writes a UTC instant as timestamptz only; our columns are timestamps that are UTC by agreement.
    private static DateTime WithoutKind(DateTime instant) =>
        DateTime.SpecifyKind(instant.Kind == DateTimeKind.Local ? instant.ToUniversalTime() : instant, DateTimeKind.Unspecified);

    private static long RowsOf(IReadOnlyList<NpgsqlBatchCommand> statements) => statements.Count == 0 ? -1 : statements[^1] switch
    {
        // CREATE TABLE AS answers as the SELECT in it.
        { StatementType: StatementType.Insert or StatementType.Update or StatementType.Delete or StatementType.Merge or StatementType.Copy or StatementType.Select } statement => (long)statement.Rows,
        _ => -1,
    };

    private static ResultColumn[] Columns(NpgsqlDataReader reader)
    {
        var columns = new ResultColumn[reader.FieldCount];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new ResultColumn(reader.GetName(i), reader.GetDataTypeName(i), reader.GetFieldType(i));
        }

        return columns;
    }

    private static object?[] Values(NpgsqlDataReader reader)
    {
        var row = new object?[reader.FieldCount];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
        }

        return row;
    }

    private NpgsqlCommand CreateCommand(string sql, IReadOnlyList<object?>? parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in parameters ?? [])
        {
            command.Parameters.Add(value is DateTime instant
                ? new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Timestamp, Value = WithoutKind(instant) }
                : new NpgsqlParameter { Value = value ?? DBNull.Value });
        }

        return command;
    }

    // The server drops a cancellation that reaches it before the statement does, so it is asked until the statement ends; the driver asks once. And it is asked
    // by SQL: the signal is sent before the answer comes, so none is on its way still when the next statement begins.
    private async Task Run(Func<Task> run, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var ended = new CancellationTokenSource();
        var asking = Task.CompletedTask;
        var registration = cancellationToken.Register(() => asking = Task.Run(() => AskToStopAsync(ended.Token), CancellationToken.None));
        try
        {
            await Guard(run).ConfigureAwait(false);
        }
        catch (WarehouseException exception) when (cancellationToken.IsCancellationRequested && exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.QueryCanceled })
        {
            throw new OperationCanceledException(exception.Message, exception, cancellationToken);
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
            await ended.CancelAsync().ConfigureAwait(false);
            await asking.ConfigureAwait(false);
        }
    }

    private async Task AskToStopAsync(CancellationToken ended)
    {
        while (!ended.IsCancellationRequested)
        {
            await warehouse.CancelAsync(connection.ProcessID).ConfigureAwait(false);
            await Task.Delay(AskAgain, ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Guard(Func<Task> run)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Translate(exception, warehouse.Location);
        }
        catch (InvalidOperationException exception) when (connection.State != System.Data.ConnectionState.Open)
        {
            throw new WarehouseException("WH1001", $"{warehouse.Location}: {exception.Message}", isTransient: true, "the connection was lost", exception);
        }
    }
}
