using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace FhirAspire.Warehouse.Snowflake;

internal sealed class SnowflakeSession(SnowflakeWarehouse warehouse, DbConnection connection) : IWarehouseSession
{
    // A statement takes at most 16,384 values in a list (https://docs.snowflake.com/en/sql-reference/constructs/values).
    private const int ValuesInStatement = 16_000;

    private DbTransaction? transaction;

    public IWarehouse Warehouse => warehouse;

    public bool InTransaction => transaction is not null;

    public async Task BeginAsync(CancellationToken cancellationToken = default)
    {
        if (transaction is not null)
        {
            throw new InvalidOperationException("a transaction is already open");
        }

        await Guard(async () => transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        var open = transaction ?? throw new InvalidOperationException("no transaction is open");
        transaction = null;
        await using (open.ConfigureAwait(false))
        {
            await Guard(() => open.CommitAsync(cancellationToken)).ConfigureAwait(false);
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
            if (connection.State == ConnectionState.Open)
            {
                await Guard(() => open.RollbackAsync(cancellationToken)).ConfigureAwait(false);
            }
        }
    }

    public async Task<long> ExecuteAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default)
    {
        var affected = -1L;
        // The account takes one statement at a time unless a session says otherwise, and then counts them.
        foreach (var statement in parameters is { Count: > 0 } ? [sql] : SqlStatements.Split(sql))
        {
            await Guard(async () =>
            {
                var command = CreateCommand(statement, parameters);
                await using (command.ConfigureAwait(false))
                {
                    affected = await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }).ConfigureAwait(false);
        }

        return affected;
    }

    public async Task<QueryResult> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default)
    {
        var result = new QueryResult([], []);
        foreach (var statement in parameters is { Count: > 0 } ? [sql] : SqlStatements.Split(sql))
        {
            await Guard(async () =>
            {
                var command = CreateCommand(statement, parameters);
                await using (command.ConfigureAwait(false))
                {
                    var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                    {
                        var columns = Enumerable.Range(0, reader.FieldCount).Select(i => new ResultColumn(reader.GetName(i), reader.GetDataTypeName(i), reader.GetFieldType(i))).ToArray();
                        var rows = new List<object?[]>();
                        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                        {
                            rows.Add(Values(reader));
                        }

                        result = new QueryResult(columns, rows);
                    }
                }
            }).ConfigureAwait(false);
        }

        return result;
    }

    public async IAsyncEnumerable<object?[]> StreamAsync(string sql, IReadOnlyList<object?>? parameters = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var command = CreateCommand(sql, parameters);
        await using (command.ConfigureAwait(false))
        {
            DbDataReader? reader = null;
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
    }

    /// <summary>For the small tables beside the documents, which come through the stage (<see cref="StageCopy"/>).</summary>
    public async Task<long> BulkLoadAsync(TableName table, IReadOnlyList<BulkColumn> columns, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(rows);
        var total = 0L;
        var values = new List<object?>();
        await foreach (var row in rows.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (values.Count + columns.Count > ValuesInStatement)
            {
                total += await InsertAsync(table, columns, values, cancellationToken).ConfigureAwait(false);
            }

            values.AddRange(row.Select(value => value is ReadOnlyMemory<byte> utf8 ? Encoding.UTF8.GetString(utf8.Span) : value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : value));
        }

        return total + await InsertAsync(table, columns, values, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await RollbackAsync().ConfigureAwait(false);
        }
        catch (WarehouseException)
        {
            // The account rolls back what a session that ends has open.
        }

        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private async Task<long> InsertAsync(TableName table, IReadOnlyList<BulkColumn> columns, List<object?> values, CancellationToken cancellationToken)
    {
        if (values.Count == 0)
        {
            return 0;
        }

        var dialect = SnowflakeDialect.Instance;
        var rows = values.Count / columns.Count;
        var selected = columns.Select((column, i) => column.Type == BulkType.Json ? $"parse_json(column{i + 1})" : $"column{i + 1}");
        var tuples = Enumerable.Range(0, rows).Select(row => $"({string.Join(", ", Enumerable.Range(1, columns.Count).Select(i => dialect.Parameter((row * columns.Count) + i)))})");
        await ExecuteAsync($"insert into {dialect.Quote(table)} ({string.Join(", ", columns.Select(column => dialect.Quote(column.Name)))}) select {string.Join(", ", selected)} from values {string.Join(", ", tuples)}", values, cancellationToken).ConfigureAwait(false);
        values.Clear();
        return rows;
    }

    private static object?[] Values(DbDataReader reader)
    {
        var row = new object?[reader.FieldCount];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = reader.IsDBNull(i) ? null : reader.GetValue(i) is DateTimeOffset instant ? instant.UtcDateTime : reader.GetValue(i);
        }

        return row;
    }

    private DbCommand CreateCommand(string sql, IReadOnlyList<object?>? parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Transaction = transaction;
        // A statement ends by cancellation or by the account's own limit, not by a clock of the driver.
        command.CommandTimeout = 0;
        for (var i = 0; i < (parameters?.Count ?? 0); i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = (i + 1).ToString(CultureInfo.InvariantCulture);
            parameter.DbType = parameters![i] switch { long or int => DbType.Int64, DateTime => DbType.DateTimeOffset, double => DbType.Double, bool => DbType.Boolean, _ => DbType.String };
            parameter.Value = parameters[i] switch { null => DBNull.Value, DateTime instant => new DateTimeOffset(DateTime.SpecifyKind(instant, DateTimeKind.Utc)), var value => value };
            command.Parameters.Add(parameter);
        }

        return command;
    }

    private async Task Guard(Func<Task> run)
    {
        try
        {
            await run().ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            throw SnowflakeErrors.Translate(exception, warehouse.Location);
        }
    }
}
