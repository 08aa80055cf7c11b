using System.Text.Json;
using DuckDB.NET.Data;

namespace FhirAspire.Dashboard.Marts;

/// <summary>
/// Lets exactly one SELECT through, by DuckDB's own parser: the statement's syntax tree may name the marts' tables and its own common table
/// expressions, and call no function that reads files, settings or catalogs. What the parser does not take for a SELECT (COPY, ATTACH, SET, PRAGMA ...) never runs.
/// The database below would refuse most of it as well; this is the first of two locks.
/// </summary>
public sealed class SqlGuard : IDisposable
{
    private const int LongestSql = 20_000;

    private static readonly HashSet<string> TableFunctions = new(StringComparer.OrdinalIgnoreCase) { "range", "generate_series", "unnest" };
    private static readonly HashSet<string> CatalogTables = new(StringComparer.OrdinalIgnoreCase) { "tables", "columns" };
    private static readonly string[] RefusedPrefixes = ["read_", "duckdb_", "pragma_", "parquet_", "glob", "sniff_", "query", "getenv", "current_setting", "getvariable", "write_log", "sqlite_", "iceberg_", "delta_", "st_read", "from_substrait", "json_execute", "nextval", "currval", "which_secret", "load_aws"];

    private readonly Lock gate = new();
    private readonly DuckDBConnection parser;

    /// <summary>Opens an empty database that only parses.</summary>
    public SqlGuard()
    {
        parser = new DuckDBConnection("Data Source=:memory:");
        parser.Open();
        using var command = parser.CreateCommand();
        foreach (var setting in new[] { "threads = 1", "memory_limit = '64MB'", "autoinstall_known_extensions = false", "autoload_known_extensions = false", "enable_external_access = false", "lock_configuration = true" })
        {
            command.CommandText = "set " + setting;
            command.ExecuteNonQuery();
        }
    }

    /// <summary>Checks a text.</summary>
    /// <exception cref="MartsException"><c>DB1002</c>, with what was found and where.</exception>
    public void Check(string sql, IReadOnlyCollection<string> tables)
    {
        ArgumentNullException.ThrowIfNull(sql);
        ArgumentNullException.ThrowIfNull(tables);
        if (string.IsNullOrWhiteSpace(sql))
        {
            throw Refused("there is no statement; write a SELECT over the tables on the left");
        }

        if (sql.Length > LongestSql)
        {
            throw Refused($"the text has {sql.Length:N0} characters; at most {LongestSql:N0} are read");
        }

        using var tree = JsonDocument.Parse(Parse(sql));
        var root = tree.RootElement;
        if (root.GetProperty("error").GetBoolean())
        {
            var message = root.GetProperty("error_message").GetString() ?? "it cannot be read";
            int? position = root.TryGetProperty("position", out var place) && int.TryParse(place.GetString(), out var at) ? at : null;
            throw Refused(message.StartsWith("Only SELECT", StringComparison.Ordinal) ? "only one SELECT is run here; this page reads, it changes nothing" : message, position);
        }

        var statements = root.GetProperty("statements");
        if (statements.GetArrayLength() != 1)
        {
            throw Refused($"there are {statements.GetArrayLength()} statements; one SELECT is run at a time");
        }

        var known = new HashSet<string>(tables, StringComparer.OrdinalIgnoreCase);
        CollectNames(statements[0], known);
        Walk(statements[0], known, tables);
    }

    /// <inheritdoc/>
    public void Dispose() => parser.Dispose();

    private string Parse(string sql)
    {
        lock (gate)
        {
            using var command = parser.CreateCommand();
            command.CommandText = "select json_serialize_sql($sql::varchar)";
            command.Parameters.Add(new DuckDBParameter("sql", sql));
            try
            {
                return Convert.ToString(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture)!;
            }
            catch (DuckDBException exception)
            {
                throw Refused(MartsErrors.Scrub(exception.Message));
            }
        }
    }

    private static void CollectNames(JsonElement element, HashSet<string> known)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            if (element.TryGetProperty("cte_map", out var ctes) && ctes.TryGetProperty("map", out var map))
            {
                foreach (var cte in map.EnumerateArray())
                {
                    known.Add(cte.GetProperty("key").GetString()!);
                }
            }

            foreach (var member in element.EnumerateObject())
            {
                CollectNames(member.Value, known);
            }
        }
        else if (element.ValueKind == JsonValueKind.Array)
        {
            foreach (var item in element.EnumerateArray())
            {
                CollectNames(item, known);
            }
        }
    }

    private static void Walk(JsonElement element, HashSet<string> known, IReadOnlyCollection<string> tables)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                CheckNode(element, known, tables);
                foreach (var member in element.EnumerateObject())
                {
                    Walk(member.Value, known, tables);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, known, tables);
                }

                break;
        }
    }

    private static void CheckNode(JsonElement node, HashSet<string> known, IReadOnlyCollection<string> tables)
    {
        var type = Text(node, "type");
        switch (type)
        {
            case "BASE_TABLE":
                var (catalog, schema, name) = (Text(node, "catalog_name"), Text(node, "schema_name"), Text(node, "table_name") ?? "");
                var isCatalogView = string.Equals(schema, "information_schema", StringComparison.OrdinalIgnoreCase) && string.IsNullOrEmpty(catalog) && CatalogTables.Contains(name);
                var isMart = string.IsNullOrEmpty(catalog) && (string.IsNullOrEmpty(schema) || string.Equals(schema, "main", StringComparison.OrdinalIgnoreCase)) && known.Contains(name);
                if (!isCatalogView && !isMart)
                {
                    throw Refused($"no table is named {(string.IsNullOrEmpty(schema) ? name : schema + "." + name)}{Suggest(name, tables)}", Position(node));
                }

                break;
            case "TABLE_FUNCTION":
                var function = node.TryGetProperty("function", out var call) ? Text(call, "function_name") : null;
                if (function is null || !TableFunctions.Contains(function))
                {
                    throw Refused($"the table function {function} is not allowed here; {string.Join(", ", TableFunctions)} are", Position(node));
                }

                break;
            case "SHOW_REF":
                throw Refused("DESCRIBE, SHOW and SUMMARIZE are not run here; the columns stand on the left", Position(node));
            case "FUNCTION" when Text(node, "function_name") is { } scalar && RefusedPrefixes.Any(prefix => scalar.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)):
                throw Refused($"the function {scalar} is not allowed here", Position(node));
        }
    }

    private static string? Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Position(JsonElement node) => node.TryGetProperty("query_location", out var place) && place.ValueKind == JsonValueKind.Number && place.TryGetInt32(out var at) ? at : null;

    private static string Suggest(string name, IReadOnlyCollection<string> tables)
    {
        var nearest = tables.Select(table => (Table: table, Distance: Distance(table, name))).OrderBy(pair => pair.Distance).FirstOrDefault();
        return nearest.Table is not null && nearest.Distance <= Math.Max(2, name.Length / 3) ? $"; did you mean {nearest.Table}?" : $"; there are {string.Join(", ", tables)}";
    }

    private static int Distance(string a, string b)
    {
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }

    private static MartsException Refused(string message, int? position = null) => new("DB1002", message, position);
}
