using System.Text.Json;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>Compares a step with what dbt gave: exit code, node results, compiled SQL byte for byte, and every relation of the database with its rows.</summary>
internal static class StepComparison
{
    public static async Task<List<string>> RunAsync(string expected, string workspace, int exitCode, IReadOnlySet<string> masks, bool isFailFast)
    {
        var differences = new List<string>();
        var result = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(expected, "result.json"))).RootElement;
        if (exitCode != result.GetProperty("exit_code").GetInt32())
        {
            differences.Add($"exit code {exitCode}, dbt's is {result.GetProperty("exit_code")}");
        }

        if (isFailFast)
        {
            // Which nodes had begun depends on dbt's own order among free nodes.
            return differences;
        }

        if (result.TryGetProperty("nodes", out var nodes))
        {
            CompareNodes(nodes, workspace, differences);
        }

        CompareCompiled(Path.Combine(expected, "compiled"), Path.Combine(workspace, "target", "compiled"), differences);
        var database = Path.Combine(expected, "database.json");
        if (File.Exists(database))
        {
            await CompareDatabaseAsync(JsonDocument.Parse(File.ReadAllBytes(database)).RootElement, Path.GetDirectoryName(expected)!, workspace, masks, differences);
        }

        return differences;
    }

    private static void CompareNodes(JsonElement expected, string workspace, List<string> differences)
    {
        var path = Path.Combine(workspace, "target", "run_results.json");
        if (!File.Exists(path))
        {
            differences.Add("no run_results.json");
            return;
        }

        var found = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("results").EnumerateArray().ToDictionary(node => node.GetProperty("unique_id").GetString()!, StringComparer.Ordinal);
        foreach (var node in expected.EnumerateObject())
        {
            if (!found.Remove(node.Name, out var own))
            {
                differences.Add($"{node.Name} has no result");
                continue;
            }

            foreach (var key in new[] { "status", "failures", "relation_name" })
            {
                if (node.Value.TryGetProperty(key, out var wanted) && wanted.ToString() != own.GetProperty(key).ToString())
                {
                    differences.Add($"{node.Name}: {key} is {own.GetProperty(key)}, dbt's is {wanted}");
                }
            }
        }

        differences.AddRange(found.Keys.Select(id => $"{id} has a result that dbt has not"));
    }

    private static void CompareCompiled(string expected, string found, List<string> differences)
    {
        if (!Directory.Exists(expected))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(expected, "*", SearchOption.AllDirectories).Where(file => !file.Contains("from remote system", StringComparison.Ordinal)))
        {
            var relative = Path.GetRelativePath(expected, file);
            var own = Path.Combine(found, relative);
            if (!File.Exists(own))
            {
                differences.Add($"compiled/{relative} is not there");
            }
            else if (File.ReadAllText(file).ReplaceLineEndings("\n") != File.ReadAllText(own).ReplaceLineEndings("\n"))
            {
                differences.Add($"compiled/{relative} differs");
            }
        }
    }

    private static async Task CompareDatabaseAsync(JsonElement expected, string expectedRoot, string workspace, IReadOnlySet<string> masks, List<string> differences)
    {
        await using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(workspace, "conformance.duckdb") });
        await using var session = await warehouse.OpenAsync();
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

            if (relation.Value.TryGetProperty("columns", out var columns))
            {
                await CompareRelationAsync(session, relation.Name, new TableName(own.Schema, own.Name), columns, relation.Value, expectedRoot, masks, differences);
            }
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
        if (text != File.ReadAllText(Path.Combine(expectedRoot, rows.GetString()!)))
        {
            differences.Add($"{name} has other rows than dbt's");
        }
    }

    private static string Csv(string value) => value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
