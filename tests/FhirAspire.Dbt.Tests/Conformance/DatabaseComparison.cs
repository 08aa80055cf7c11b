using System.Text.Json;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>Compares every schema and relation of the database, with columns and rows.</summary>
internal static class DatabaseComparison
{
    public static async Task CompareAsync(string expectedPath, string workspace, IReadOnlySet<string> masks, List<string> differences)
    {
        if (!File.Exists(expectedPath))
        {
            return;
        }

        var expected = JsonDocument.Parse(File.ReadAllBytes(expectedPath)).RootElement;
        var expectedRoot = Path.GetDirectoryName(Path.GetDirectoryName(expectedPath))!;
        await using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(workspace, "conformance.duckdb") });
        await using var session = await warehouse.OpenAsync();
        var schemas = (await session.QueryAsync("select distinct schema_name from information_schema.schemata where catalog_name = current_database() and schema_name not in ('main', 'information_schema', 'pg_catalog')")).Rows.Select(row => (string)row[0]!).Order(StringComparer.Ordinal).ToList();
        var wantedSchemas = expected.GetProperty("schemas").EnumerateArray().Select(schema => schema.GetString()!).Where(schema => schema != "main").Order(StringComparer.Ordinal).ToList();
        if (!schemas.SequenceEqual(wantedSchemas, StringComparer.Ordinal))
        {
            differences.Add($"the schemas are {string.Join(", ", schemas)}, dbt's {string.Join(", ", wantedSchemas)}");
        }

        var found = (await session.QueryAsync("select table_schema, table_name, table_type from information_schema.tables where table_catalog = current_database()")).Rows
            .ToDictionary(row => $"{row[0]}.{row[1]}", row => (Schema: (string)row[0]!, Name: (string)row[1]!, Kind: (string)row[2]! == "VIEW" ? "view" : "table"), StringComparer.Ordinal);
        foreach (var relation in expected.GetProperty("relations").EnumerateObject())
        {
            if (!found.Remove(relation.Name, out var own))
            {
                differences.Add($"{relation.Name} is not in the database");
                continue;
            }

            if (relation.Value.TryGetProperty("kind", out var kind) && kind.GetString() != own.Kind)
            {
                differences.Add($"{relation.Name} is a {own.Kind}, dbt's is a {kind}");
            }

            var table = new TableName(own.Schema, own.Name);
            if (relation.Value.TryGetProperty("columns", out var columns))
            {
                await CompareRelationAsync(session, relation.Name, table, columns, relation.Value, expectedRoot, masks, differences);
            }

            // A view that dbt's DuckDB 1.4 cannot read after its table changed is read by 1.5, which binds views anew: not compared.
        }

        differences.AddRange(found.Keys.Select(name => $"{name} is in the database, and not in dbt's"));
    }

    private static async Task CompareRelationAsync(
        IWarehouseSession session, string name, TableName table, JsonElement columns, JsonElement relation, string expectedRoot, IReadOnlySet<string> masks, List<string> differences)
    {
        var wanted = columns.EnumerateArray().Select(column => (Name: column[0].GetString()!, Type: column[1].GetString()!)).ToList();
        var own = (await session.QueryAsync($"describe {session.Warehouse.Dialect.Quote(table)}")).Rows.Select(row => (Name: (string)row[0]!, Type: (string)row[1]!)).ToList();
        if (!own.SequenceEqual(wanted))
        {
            differences.Add($"{name} has the columns {string.Join(", ", own)}, dbt's {string.Join(", ", wanted)}");
            return;
        }

        if (!relation.TryGetProperty("rows", out var rows) || rows.ValueKind != JsonValueKind.String)
        {
            return;
        }

        var list = string.Join(", ", own.Select(column => $"cast({session.Warehouse.Dialect.Quote(column.Name)} as varchar)"));
        var lines = (await session.QueryAsync($"select {list} from {session.Warehouse.Dialect.Quote(table)}")).Rows
            .Select(row => row.Select((value, i) => value is null ? "\\N" : masks.Contains($"{name}.{own[i].Name}") || masks.Contains($"{table.Name}.{own[i].Name}") || masks.Contains($"*.{own[i].Name}") ? "*" : (string)value).ToArray())
            .Order(Comparer<string[]>.Create((a, b) => a.Zip(b, string.CompareOrdinal).FirstOrDefault(order => order != 0)))
            .Select(row => string.Join(',', row.Select(Csv)));
        var text = string.Join('\n', [string.Join(',', own.Select(column => Csv(column.Name))), .. lines]) + "\n";
        var wantedText = File.ReadAllText(Path.Combine(expectedRoot, rows.GetString()!));
        if (text != wantedText)
        {
            differences.Add($"{name} has other rows than dbt's: {Differences.OfLines(wantedText, text)}");
        }
    }

    private static string Csv(string value) => value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
