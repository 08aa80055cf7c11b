using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using FhirAspire.Dashboard.Analytics;

namespace FhirAspire.Dashboard.Marts;

/// <summary>
/// The marts where they are, in PostgreSQL or Snowflake. Each query has a connection and a transaction of its own that can only read, ends by the
/// database's own time limit, and is rolled back. The role of the connection should be able to read the marts and nothing else; this is the second lock.
/// </summary>
internal sealed class ConnectedMarts : MartsSnapshot
{
    private readonly Func<DbConnection> connect;
    private readonly ConnectedDialect dialect;

    private ConnectedMarts(Func<DbConnection> connect, ConnectedDialect dialect, string schema) => (this.connect, this.dialect, Schema) = (connect, dialect, schema);

    public override AnalyticsDialect Dialect => dialect;

    public override string Schema { get; }

    /// <summary>Looks at what the schema holds.</summary>
    /// <exception cref="MartsException">It holds nothing, or could not be read.</exception>
    public static async Task<ConnectedMarts> OpenAsync(Func<DbConnection> connect, ConnectedDialect dialect, string schema, long runId, DateTime at, CancellationToken cancellationToken = default)
    {
        var marts = new ConnectedMarts(connect, dialect, schema) { RunId = runId, Tables = [], Rows = 0, Bytes = 0, PublishedAt = at };
        var sizes = await marts.QueryAsync(dialect.Sizes(schema), null, 1000, TimeSpan.FromSeconds(30), cancellationToken);
        if (sizes.Rows.Count == 0)
        {
            throw new MartsException("DB1001", $"the schema {schema} has no tables that this role can see");
        }

        return new ConnectedMarts(connect, dialect, schema)
        {
            RunId = runId, PublishedAt = at,
            Tables = [.. Enumerable.Range(0, sizes.Rows.Count).Select(i => sizes.Text(i, "table_name")!).Order(StringComparer.Ordinal)],
            Rows = Enumerable.Range(0, sizes.Rows.Count).Sum(i => sizes.Count(i, "table_rows")),
            Bytes = Enumerable.Range(0, sizes.Rows.Count).Sum(i => sizes.Count(i, "table_bytes")),
        };
    }

    public override async Task<ReaderResult> QueryAsync(string sql, IReadOnlyDictionary<string, object?>? parameters, int maxRows, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        var watch = Stopwatch.StartNew();
        try
        {
            await using var connection = connect();
            await connection.OpenAsync(limit.Token);
            foreach (var setting in dialect.ReadOnly(Schema, timeout))
            {
                await using var set = connection.CreateCommand();
                set.CommandText = setting;
                await set.ExecuteNonQueryAsync(limit.Token);
            }

            return await ReadAsync(connection, sql, parameters, maxRows, watch, limit.Token);
        }
        catch (Exception exception) when (exception is DbException or OperationCanceledException && (limit.IsCancellationRequested || exception is DbException { SqlState: "57014" }))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw new MartsException("DB1004", $"the query took longer than {timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s and was stopped; read fewer rows, or add a filter or limit");
        }
        catch (DbException exception)
        {
            throw new MartsException("DB1003", MartsErrors.Scrub(exception.Message));
        }
        catch (OverflowException)
        {
            throw new MartsException("DB1003", "a number has more digits than can be shown; cast it as double precision");
        }
    }

    internal override IDisposable Use() => new Nothing();

    public override void Dispose()
    {
        // Connections end with their queries.
    }

    // The end of the connection rolls back what the settings began.
    private static async Task<ReaderResult> ReadAsync(DbConnection connection, string sql, IReadOnlyDictionary<string, object?>? parameters, int maxRows, Stopwatch watch, CancellationToken stop)
    {
        // A batch is one statement for each command, so that a text of two is refused by the database's own protocol.
        await using var batch = connection.CanCreateBatch ? connection.CreateBatch() : null;
        await using var command = batch is null ? connection.CreateCommand() : null;
        if (batch is not null)
        {
            var one = batch.CreateBatchCommand();
            one.CommandText = sql;
            Bind(one.Parameters, one.CreateParameter, parameters);
            batch.BatchCommands.Add(one);
        }
        else
        {
            command!.CommandText = sql;
            Bind(command.Parameters, command.CreateParameter, parameters);
        }

        await using var reader = batch is not null ? await batch.ExecuteReaderAsync(stop) : await command!.ExecuteReaderAsync(stop);
        var columns = new ReaderColumn[reader.FieldCount];
        for (var i = 0; i < columns.Length; i++)
        {
            columns[i] = new ReaderColumn(reader.GetName(i).ToLowerInvariant(), TypeName(reader.GetDataTypeName(i)));
        }

        var rows = new List<object?[]>();
        while (await reader.ReadAsync(stop))
        {
            if (rows.Count == maxRows)
            {
                // What is not wanted is not carried over either.
                batch?.Cancel();
                command?.Cancel();
                return new ReaderResult(columns, rows, IsCut: true, watch.Elapsed);
            }

            var row = new object?[columns.Length];
            for (var i = 0; i < row.Length; i++)
            {
                row[i] = reader.IsDBNull(i) ? null : Value(reader.GetValue(i), columns[i].Type);
            }

            rows.Add(row);
        }

        return new ReaderResult(columns, rows, IsCut: false, watch.Elapsed);
    }

    private static void Bind(DbParameterCollection target, Func<DbParameter> create, IReadOnlyDictionary<string, object?>? parameters)
    {
        foreach (var (name, value) in parameters ?? new Dictionary<string, object?>())
        {
            var parameter = create();
            (parameter.ParameterName, parameter.Value) = (name, value ?? DBNull.Value);
            if (value is string)
            {
                parameter.DbType = DbType.String;
            }

            target.Add(parameter);
        }
    }

    // The names that pages know.
    private static string TypeName(string type) => type.Split('(')[0].Trim().ToLowerInvariant() switch
    {
        "numeric" or "decimal" or "number" or "fixed" => "DECIMAL",
        "double precision" or "real" or "float" or "float8" => "DOUBLE",
        "smallint" or "integer" or "int4" => "INTEGER",
        "bigint" or "int8" => "BIGINT",
        "character varying" or "text" or "varchar" => "VARCHAR",
        var other => other.ToUpperInvariant(),
    };

    private static object Value(object value, string type) => value switch
    {
        DateTime day when type == "DATE" => DateOnly.FromDateTime(day),
        DateTimeOffset instant => instant.UtcDateTime,
        _ => value,
    };

    private sealed class Nothing : IDisposable
    {
        public void Dispose()
        {
            // Each query opens and closes by itself.
        }
    }
}
