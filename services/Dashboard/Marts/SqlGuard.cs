using System.Text.Json;
using DuckDB.NET.Data;

namespace FhirAspire.Dashboard.Marts;

/// <summary>
/// Lets exactly one SELECT through, by DuckDB's own parser: the statement's syntax tree may name the marts' tables and its own common table
/// expressions where they are in scope, and call no function that reads files, settings or catalogs. What the parser does not take for a SELECT (COPY, ATTACH, SET, PRAGMA ...) never runs.
/// The database below would refuse most of it as well; this is the first of two locks.
/// </summary>
public sealed class SqlGuard : IDisposable
{
    private const int LongestSql = 20_000;
    private const int DeepestTree = 1024;

    private static readonly HashSet<string> TableFunctions = new(StringComparer.OrdinalIgnoreCase) { "range", "generate_series", "unnest" };
    private static readonly HashSet<string> CatalogTables = new(StringComparer.OrdinalIgnoreCase) { "tables", "columns" };
    private static readonly string[] RefusedPrefixes = ["read_", "duckdb_", "pragma_", "parquet_", "glob", "sniff_", "query", "getenv", "current_setting", "getvariable", "write_log", "sqlite_", "iceberg_", "delta_", "st_read", "from_substrait", "json_execute", "nextval", "currval", "which_secret", "load_aws", "json_serialize", "json_deserialize", "sleep_ms", "pg_", "lo_", "dblink", "set_config", "ts_stat", "ts_rewrite", "crosstab", "connectby", "table_to_xml", "schema_to_xml", "database_to_xml", "cursor_to_xml", "system$", "get_ddl"];
    private static readonly string[] CatalogPrefixes = ["duckdb_", "pragma_", "sqlite_", "pg_"];

    private readonly Lock gate = new();
    private readonly DuckDBConnection parser;
    private readonly HashSet<string> catalogViews;
    private readonly HashSet<string> catalogMacros;

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

        // What the database brings along, asked of itself, so that a newer version's catalog is closed as well.
        catalogViews = Names("select view_name from duckdb_views() where internal and schema_name <> 'information_schema'");
        catalogMacros = Names($"select function_name from duckdb_functions() where function_type = 'macro' and regexp_matches(macro_definition, '\\b({string.Join('|', CatalogPrefixes)}|query_table)')");

        HashSet<string> Names(string sql)
        {
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            while (reader.Read())
            {
                names.Add(reader.GetString(0));
            }

            return names;
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

        using var tree = Tree(sql);
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

        Walk(statements[0], new Scope(new HashSet<string>(tables, StringComparer.OrdinalIgnoreCase), []));
    }

    /// <inheritdoc/>
    public void Dispose() => parser.Dispose();

    private JsonDocument Tree(string sql)
    {
        try
        {
            return JsonDocument.Parse(Parse(sql), new JsonDocumentOptions { MaxDepth = DeepestTree });
        }
        catch (JsonException)
        {
            throw Refused("the query is nested too deeply");
        }
    }

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

    private void Walk(JsonElement element, Scope scope)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                CheckNode(element, scope);
                // The names of a WITH hold for what follows them in it, and for its own query; outside they mean what they mean to the database.
                var isWith = element.TryGetProperty("cte_map", out var with);
                var inside = isWith ? WalkWith(with, scope) : scope;
                foreach (var member in element.EnumerateObject().Where(member => !isWith || member.Name != "cte_map"))
                {
                    // Only the second part of a recursive expression sees its own name.
                    Walk(member.Value, member.Name == "right" && Text(element, "type") == "RECURSIVE_CTE_NODE" ? inside.With(Text(element, "cte_name")!) : inside);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, scope);
                }

                break;
        }
    }

    private Scope WalkWith(JsonElement with, Scope scope)
    {
        foreach (var expression in with.GetProperty("map").EnumerateArray())
        {
            var name = expression.GetProperty("key").GetString()!;
            if (catalogViews.Contains(name) || CatalogPrefixes.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            {
                throw Refused($"{name} is a name of the database's own; give this part of the query another one");
            }

            Walk(expression.GetProperty("value"), scope);
            scope = scope.With(name);
        }

        return scope;
    }

    private void CheckNode(JsonElement node, Scope scope)
    {
        var type = Text(node, "type");
        switch (type)
        {
            case "BASE_TABLE":
                var (catalog, schema, name) = (Text(node, "catalog_name"), Text(node, "schema_name"), Text(node, "table_name") ?? "");
                if (!string.IsNullOrEmpty(catalog) || !IsReadable(schema, name, scope))
                {
                    throw Refused($"no table is named {(string.IsNullOrEmpty(schema) ? name : schema + "." + name)}{Suggest(name, scope.Tables)}", Position(node));
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
            case "FUNCTION" when Text(node, "function_name") is { } scalar && (catalogMacros.Contains(scalar) || RefusedPrefixes.Any(prefix => scalar.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))):
                throw Refused($"the function {scalar} is not allowed here", Position(node));
        }
    }

    // A name with a schema is never one of a WITH: behind "main." stand the database's own views too.
    private static bool IsReadable(string? schema, string name, Scope scope) =>
        string.IsNullOrEmpty(schema) ? scope.Expressions.Contains(name, StringComparer.OrdinalIgnoreCase) || scope.Tables.Contains(name)
        : schema.Equals("main", StringComparison.OrdinalIgnoreCase) ? scope.Tables.Contains(name)
        : schema.Equals("information_schema", StringComparison.OrdinalIgnoreCase) && CatalogTables.Contains(name);

    private static string? Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static int? Position(JsonElement node) => node.TryGetProperty("query_location", out var place) && place.ValueKind == JsonValueKind.Number && place.TryGetInt32(out var at) ? at : null;

    private static string Suggest(string name, IEnumerable<string> tables)
    {
        var nearest = tables.Select(table => (Table: table, Distance: Distance(table, name))).OrderBy(pair => pair.Distance).FirstOrDefault();
        return nearest.Table is not null && nearest.Distance <= Math.Max(2, name.Length / 3) ? $"; did you mean {nearest.Table}?" : $"; there are {string.Join(", ", tables.Order(StringComparer.Ordinal))}";
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

    /// <summary>What a name may mean at a place of the text.</summary>
    private sealed record Scope(IReadOnlySet<string> Tables, IReadOnlyList<string> Expressions)
    {
        public Scope With(string name) => this with { Expressions = [.. Expressions, name] };
    }
}
