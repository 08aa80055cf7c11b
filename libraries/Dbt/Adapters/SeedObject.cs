using System.Text;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Adapters;

/// <summary>The CSV file of a seed as its materialization sees it.</summary>
internal static class SeedObject
{
    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<AgateTable, SeedTable> Tables = [];

    /// <summary>Reads the file: column names as the table's, rows as text.</summary>
    public static object? Load(NodeScope scope)
    {
        var node = scope.Node!;
        var path = Path.Combine(node.RootPath!, node.OriginalFilePath);
        var delimiter = node.Config.GetString("delimiter") is { Length: > 0 } given ? given[0] : ',';
        var texts = (node.Config.GetMap("column_types") ?? []).Keys.Select(Val.Str).ToHashSet(StringComparer.Ordinal);
        var seed = SeedTable.Read(path, node.OriginalFilePath, delimiter, texts);
        var table = new AgateTable(seed.Columns, [.. seed.Rows.Select(row => row.Select(object? (cell) => cell).ToArray())]);
        Tables.Add(table, seed);
        return table;
    }

    /// <summary>The rows with the values that the guessed types give, as <c>show</c> prints them.</summary>
    public static AgateTable Typed(NodeScope scope)
    {
        var table = (AgateTable)Load(scope)!;
        var seed = Tables.TryGetValue(table, out var known) ? known : throw Host.Runtime("the table is no seed");
        return new AgateTable(table.Names, [.. seed.Rows.Select(row => row.Select((cell, i) => seed.Value(cell, i)).ToArray())]);
    }

    public static object? TypeName(IDbtAdapter adapter, JinjaCall call) =>
        call.Get(0, "agate_table") is AgateTable table && Tables.TryGetValue(table, out var seed) ? adapter.SeedType(seed.Types[(int)(long)call.Get(1, "col_idx")!]) : adapter.SeedType(SeedType.Text);

    /// <summary>Puts the rows into the table: DuckDB reads the file itself, others get insert statements.</summary>
    public static object? LoadRows(NodeScope scope, JinjaCall call)
    {
        var into = Host.Text(call.Get(0, "into"));
        var table = (AgateTable)call.Get(2, "agate_table")!;
        var seed = Tables.TryGetValue(table, out var known) ? known : throw Host.Runtime("the table is no seed");
        var node = scope.Node!;
        if (scope.Session.Adapter.Type == "duckdb")
        {
            var path = Path.Combine(node.RootPath!, node.OriginalFilePath).Replace("'", "''", StringComparison.Ordinal);
            var delimiter = (node.Config.GetString("delimiter") ?? ",").Replace("'", "''", StringComparison.Ordinal);
            var copy = $"COPY {References.Relation(scope.Session, node).Render()} FROM '{path}' (FORMAT CSV, HEADER TRUE, DELIMITER '{delimiter}')";
            scope.Connection!.Execute(copy, autoBegin: true, fetch: false);
            return copy;
        }

        var given = node.Config.GetMap("column_types") ?? [];
        var first = string.Empty;
        foreach (var batch in seed.Rows.Chunk(1000))
        {
            var sql = new StringBuilder(into);
            for (var r = 0; r < batch.Length; r++)
            {
                sql.Append(r == 0 ? "(" : ", (");
                for (var c = 0; c < seed.Columns.Count; c++)
                {
                    sql.Append(c == 0 ? string.Empty : ", ").Append(Literal(scope.Session.Adapter, batch[r][c], given.ContainsKey(seed.Columns[c]) ? SeedType.Text : seed.Types[c]));
                }

                sql.Append(')');
            }

            first = first.Length == 0 ? sql.ToString() : first;
            scope.Connection!.Execute(sql.ToString(), autoBegin: true, fetch: false);
        }

        return first;
    }

    private static string Literal(IDbtAdapter adapter, string? cell, SeedType type)
    {
        _ = adapter;
        if (cell is null || SeedTable.IsNull(cell))
        {
            return "null";
        }

        var text = cell.Trim();
        return type switch
        {
            SeedType.Integer or SeedType.Float => SeedTable.NumberText(text),
            SeedType.Boolean => text.ToLowerInvariant(),
            _ => $"'{(type == SeedType.Text ? cell : text).Replace("'", "''", StringComparison.Ordinal)}'",
        };
    }
}
