using System.Runtime.CompilerServices;
using DuckDB.NET.Data;

namespace FhirAspire.Warehouse.DuckDb;

internal sealed class DuckDbSession(DuckDbWarehouse warehouse, DuckDBConnection connection, string? onOpen) : IWarehouseSession
{
    private DuckDBTransaction? transaction;
    private bool isOpen;

    public IWarehouse Warehouse => warehouse;

    public bool InTransaction => transaction is not null;

    public Task BeginAsync(CancellationToken cancellationToken = default)
    {
        if (transaction is not null)
        {
            throw new InvalidOperationException("a transaction is already open");
        }

        return Run("BEGIN", null, _ =>
        {
            transaction = connection.BeginTransaction();
            return 0;
        }, cancellationToken);
    }

    public Task CommitAsync(CancellationToken cancellationToken = default) => Run("COMMIT", null, _ =>
    {
        var open = transaction ?? throw new InvalidOperationException("no transaction is open");
        transaction = null;
        using (open)
        {
            open.Commit();
        }

        return 0;
    }, cancellationToken);

    public Task RollbackAsync(CancellationToken cancellationToken = default)
    {
        if (transaction is not { } open)
        {
            return Task.CompletedTask;
        }

        transaction = null;
        return Run("ROLLBACK", null, _ =>
        {
            using (open)
            {
                open.Rollback();
            }

            return 0;
        }, cancellationToken);
    }

    public Task<long> ExecuteAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        Run(sql, parameters, command => (long)command.ExecuteNonQuery(), cancellationToken);

    public Task<QueryResult> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default) =>
        Run(sql, parameters, command =>
        {
            using var reader = command.ExecuteReader();
            QueryResult result;
            do
            {
                var columns = Columns(reader);
                var rows = new List<object?[]>();
                while (reader.Read())
                {
                    rows.Add(Values(reader));
                }

                result = new QueryResult(columns, rows);
            }
            while (reader.NextResult());
            return result;
        }, cancellationToken);

    public async IAsyncEnumerable<object?[]> StreamAsync(string sql, IReadOnlyList<object?>? parameters = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await using var command = CreateCommand(sql, parameters);
        command.UseStreamingMode = true;
        await using var interrupt = cancellationToken.Register(command.Cancel);
        var reader = await Guard(sql, () => command.ExecuteReader(), cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            while (await Guard(sql, reader.Read, cancellationToken).ConfigureAwait(false))
            {
                yield return Values(reader);
            }
        }
    }

    public async Task<long> BulkLoadAsync(TableName table, IReadOnlyList<BulkColumn> columns, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        EnsureOpen();
        long count = 0;
        try
        {
            var appender = connection.CreateAppender(table.Schema, table.Name);
            try
            {
                await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
                {
                    Append(appender.CreateRow(), columns, row);
                    count++;
                }

                appender.Close();
            }
            catch
            {
                // Rows that are not flushed yet must not be flushed by the disposal.
                appender.Clear();
                throw;
            }
            finally
            {
                appender.Dispose();
            }
        }
        catch (DuckDBException exception)
        {
            throw warehouse.Translate(exception);
        }

        return count;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await RollbackAsync().ConfigureAwait(false);
        }
        catch (WarehouseException)
        {
            // The connection is closed next, which ends its transaction as well.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private static void Append(IDuckDBAppenderRow target, IReadOnlyList<BulkColumn> columns, object?[] row)
    {
        for (var i = 0; i < columns.Count; i++)
        {
            switch (row[i])
            {
                case null:
                    target.AppendNullValue();
                    break;
                case string text:
                    target.AppendValue(text);
                    break;
                case byte[] utf8:
                    target.AppendValue(utf8.AsSpan());
                    break;
                case ReadOnlyMemory<byte> utf8:
                    AppendUtf8(target, utf8.Span);
                    break;
                case long number:
                    target.AppendValue(number);
                    break;
                case int number:
                    target.AppendValue((long)number);
                    break;
                case DateTime instant:
                    target.AppendValue(instant);
                    break;
                case var other:
                    throw new ArgumentException($"column {columns[i].Name} of type {columns[i].Type} cannot hold a {other.GetType().Name}", nameof(row));
            }
        }

        target.EndRow();
    }

    private static unsafe void AppendUtf8(IDuckDBAppenderRow target, ReadOnlySpan<byte> utf8)
    {
        fixed (byte* start = utf8)
        {
            target.AppendValue(new Span<byte>(start, utf8.Length));
        }
    }

    private static ResultColumn[] Columns(DuckDBDataReader reader)
    {
        var columns = new ResultColumn[reader.FieldCount];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new ResultColumn(reader.GetName(i), reader.GetDataTypeName(i), reader.GetFieldType(i));
        }

        return columns;
    }

    private static object?[] Values(DuckDBDataReader reader)
    {
        var row = new object?[reader.FieldCount];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i);
        }

        return row;
    }

    private async Task<T> Run<T>(string sql, IReadOnlyList<object?>? parameters, Func<DuckDBCommand, T> run, CancellationToken cancellationToken)
    {
        await using var command = CreateCommand(sql, parameters);
        await using var interrupt = cancellationToken.Register(command.Cancel);
        return await Guard(sql, () => run(command), cancellationToken).ConfigureAwait(false);
    }

    // DuckDB works on the calling thread, so it is given one of its own.
    private async Task<T> Guard<T>(string sql, Func<T> run, CancellationToken cancellationToken)
    {
        try
        {
            return await Task.Run(run, cancellationToken).ConfigureAwait(false);
        }
        catch (DuckDBException exception)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw warehouse.Translate(exception, sql);
        }
    }

    private DuckDBCommand CreateCommand(string sql, IReadOnlyList<object?>? parameters)
    {
        EnsureOpen();
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var value in parameters ?? [])
        {
            command.Parameters.Add(new DuckDBParameter(value ?? DBNull.Value));
        }

        return command;
    }

    private void EnsureOpen()
    {
        if (!isOpen)
        {
            connection.Open();
            isOpen = true;
            if (onOpen is not null)
            {
                using var command = connection.CreateCommand();
                command.CommandText = onOpen;
                command.ExecuteNonQuery();
            }
        }
    }
}
