using System.Globalization;
using System.Text.RegularExpressions;
using FhirAspire.Warehouse.DuckDb;
using Npgsql;

namespace FhirAspire.Warehouse.Postgres;

/// <summary>
/// Writes tables of a PostgreSQL server as Parquet files, all of one snapshot. PostgreSQL has no Parquet, so each table goes as CSV through a scratch file
/// into a DuckDB in memory, which writes it; memory stays flat whatever the table's size.
/// </summary>
public static partial class ParquetExport
{
    // A sum of money has the scale of its terms; an average has sixteen digits and more, and is a floating-point number elsewhere.
    private const int LargestExactScale = 8;

    // Bytes; DuckDB sets aside a multiple of it.
    private const int LongestLine = 8 << 20;

    /// <summary>Writes every table of a schema.</summary>
    /// <param name="source">The server.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="folder">An existing folder; files are named <c>{table}.parquet</c>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Files written.</returns>
    /// <exception cref="WarehouseException">The server cannot be read.</exception>
    public static async Task<int> WriteAsync(PostgresWarehouse source, string schema, string folder, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        try
        {
            var connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancellationToken).ConfigureAwait(false);
                await using (transaction.ConfigureAwait(false))
                {
                    return await WriteAsync(connection, schema, folder, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Translate(exception, source.Location);
        }
    }

    private static async Task<int> WriteAsync(NpgsqlConnection connection, string schema, string folder, CancellationToken cancellationToken)
    {
        var tables = new List<string>();
        await using (var command = new NpgsqlCommand("select table_name::text from information_schema.tables where table_schema = $1 and table_type = 'BASE TABLE' order by 1", connection))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = schema });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                tables.Add(reader.GetString(0));
            }
        }

        var duckDb = new DuckDbWarehouse(new DuckDbOptions { Path = ":memory:" });
        await using (duckDb.ConfigureAwait(false))
        {
            var session = await duckDb.OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                // Else the times of CSV would be read in the machine's own zone.
                await session.ExecuteAsync("set TimeZone = 'UTC'; set preserve_insertion_order = true", null, cancellationToken).ConfigureAwait(false);
                foreach (var table in tables)
                {
                    await WriteTableAsync(connection, session, new TableName(schema, table), Path.Combine(folder, table), cancellationToken).ConfigureAwait(false);
                }
            }
        }

        return tables.Count;
    }

    private static async Task WriteTableAsync(NpgsqlConnection connection, IWarehouseSession session, TableName table, string path, CancellationToken cancellationToken)
    {
        var columns = await ColumnsAsync(connection, table, cancellationToken).ConfigureAwait(false);
        var scratch = path + ".csv";
        try
        {
            var names = string.Join(", ", columns.Select(column => PostgresDialect.Instance.Quote(column.Name)));
            using (var rows = await connection.BeginTextExportAsync($"copy (select {names} from {PostgresDialect.Instance.Quote(table)}) to stdout (format csv)", cancellationToken).ConfigureAwait(false))
            {
                var file = new StreamWriter(scratch);
                await using (file.ConfigureAwait(false))
                {
                    var buffer = new char[1 << 16];
                    int read;
                    while ((read = await rows.ReadAsync(buffer.AsMemory(), cancellationToken).ConfigureAwait(false)) > 0)
                    {
                        await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
                    }
                }
            }

            // PostgreSQL quotes an empty text and leaves NULL bare.
            var types = string.Join(", ", columns.Select(column => $"{Literal(column.Name)}: {Literal(column.Type)}"));
            await session.ExecuteAsync($$"""
                copy (select * from read_csv({{Literal(scratch)}}, columns = { {{types}} }, header = false, delim = ',', quote = '"', escape = '"', nullstr = '', allow_quoted_nulls = false, auto_detect = false, max_line_size = {{LongestLine}}))
                to {{Literal(path + ".parquet")}} (format parquet, compression zstd)
                """, null, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(scratch);
        }
    }

    private static async Task<List<(string Name, string Type)>> ColumnsAsync(NpgsqlConnection connection, TableName table, CancellationToken cancellationToken)
    {
        var columns = new List<(string Name, string Type)>();
        await using (var command = new NpgsqlCommand("""
            select a.attname::text, format_type(a.atttypid, a.atttypmod) from pg_attribute a
            where a.attrelid = (select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = $1 and c.relname = $2) and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """, connection))
        {
            command.Parameters.Add(new NpgsqlParameter { Value = table.Schema });
            command.Parameters.Add(new NpgsqlParameter { Value = table.Name });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                columns.Add((reader.GetString(0), reader.GetString(1)));
            }
        }

        for (var i = 0; i < columns.Count; i++)
        {
            columns[i] = (columns[i].Name, columns[i].Type == "numeric" ? await NumericAsync(connection, table, columns[i].Name, cancellationToken).ConfigureAwait(false) : DuckDbType(columns[i].Type));
        }

        return columns;
    }

    // numeric without a size holds any; Parquet wants one.
    private static async Task<string> NumericAsync(NpgsqlConnection connection, TableName table, string column, CancellationToken cancellationToken)
    {
        var name = PostgresDialect.Instance.Quote(column);
        await using var command = new NpgsqlCommand($"select coalesce(max(scale({name})), 0), coalesce(max(abs({name})), 0) < 1e28 from {PostgresDialect.Instance.Quote(table)}", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var scale = reader.GetInt32(0);
        return scale <= LargestExactScale && reader.GetBoolean(1) ? string.Create(CultureInfo.InvariantCulture, $"DECIMAL(38, {Math.Max(2, scale)})") : "DOUBLE";
    }

    private static string DuckDbType(string type) => type switch
    {
        "smallint" => "SMALLINT",
        "integer" => "INTEGER",
        "bigint" => "BIGINT",
        "real" => "FLOAT",
        "double precision" => "DOUBLE",
        "boolean" => "BOOLEAN",
        "date" => "DATE",
        "json" or "jsonb" => "JSON",
        "uuid" => "UUID",
        _ when type.StartsWith("timestamp", StringComparison.Ordinal) => type.EndsWith("with time zone", StringComparison.Ordinal) ? "TIMESTAMPTZ" : "TIMESTAMP",
        _ when Sized().Match(type) is { Success: true } sized && int.Parse(sized.Groups["precision"].Value, CultureInfo.InvariantCulture) <= 38 && !sized.Groups["scale"].Value.StartsWith('-') => $"DECIMAL({sized.Groups["precision"].Value}, {sized.Groups["scale"].Value})",
        _ when type.StartsWith("numeric", StringComparison.Ordinal) => "DOUBLE",
        _ => "VARCHAR",
    };

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    [GeneratedRegex(@"^numeric\((?<precision>\d+),(?<scale>-?\d+)\)$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sized();
}
