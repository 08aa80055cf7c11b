using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Artifacts;

/// <summary>Writes <c>catalog.json</c> (schema v1): tables and columns as the database has them.</summary>
internal static class CatalogWriter
{
    /// <param name="session">The run.</param>
    /// <param name="rows">What the database told.</param>
    /// <param name="isWanted">Which nodes the selection takes.</param>
    public static void Write(DbtSession session, AgateTable rows, Func<DbtNode, bool> isWanted)
    {
        var tables = new Dictionary<string, DbtMap>(StringComparer.OrdinalIgnoreCase);
        object? Cell(object?[] row, string name) => rows.IndexOf(name) is >= 0 and var at ? row[at] : null;
        foreach (var row in rows.Data)
        {
            string Text(string name) => Cell(row, name) is { } value ? Host.Text(value) : string.Empty;
            var key = Key(Text("table_database"), Text("table_schema"), Text("table_name"));
            if (!tables.TryGetValue(key, out var table))
            {
                tables[key] = table = new DbtMap
                {
                    ["metadata"] = new DbtMap
                    {
                        ["type"] = Text("table_type"), ["schema"] = Text("table_schema"), ["name"] = Text("table_name"), ["database"] = Text("table_database"),
                        ["comment"] = Cell(row, "table_comment") is { } comment ? Host.Text(comment) : null, ["owner"] = Cell(row, "table_owner") is { } owner ? Host.Text(owner) : null,
                    },
                    ["columns"] = new DbtMap(),
                    ["stats"] = new DbtMap { ["has_stats"] = new DbtMap { ["id"] = "has_stats", ["label"] = "Has Stats?", ["value"] = false, ["include"] = false, ["description"] = "Indicates whether there are statistics for this table" } },
                    ["unique_id"] = null,
                };
            }

            table.GetMap("columns")![Text("column_name")] = new DbtMap
            {
                ["type"] = Text("column_type"), ["index"] = Cell(row, "column_index") is long index ? index : 0L, ["name"] = Text("column_name"), ["comment"] = Cell(row, "column_comment") is { } columnComment ? Host.Text(columnComment) : null,
            };
        }

        var catalog = new DbtMap
        {
            ["metadata"] = ManifestWriter.Metadata(session, "https://schemas.getdbt.com/dbt/catalog/v1.json"),
            ["nodes"] = Entries(session.Manifest.Nodes.Values.Where(node => node.ResourceType != DbtResourceType.Test || node.IsRelational).Where(isWanted), tables),
            ["sources"] = Entries(session.Manifest.Sources.Values.Where(isWanted), tables),
            ["errors"] = null,
        };
        JsonValues.WriteFile(Path.Combine(session.TargetFolder, "catalog.json"), catalog);
    }

    private static DbtMap Entries(IEnumerable<DbtNode> nodes, Dictionary<string, DbtMap> tables)
    {
        var map = new DbtMap();
        foreach (var node in nodes)
        {
            if (tables.TryGetValue(Key(node.Database, node.Schema, node.Identifier), out var table))
            {
                var entry = table.DeepCopy();
                entry["unique_id"] = node.UniqueId;
                map[node.UniqueId] = entry;
            }
        }

        return map;
    }

    private static string Key(string? database, string? schema, string? name) => $"{database}\n{schema}\n{name}";
}
