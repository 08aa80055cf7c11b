using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>What is wrong between a contract and the query that should keep it.</summary>
internal static class ContractErrors
{
    public static DbtException Mismatch(NodeScope scope, JinjaCall call)
    {
        var yaml = Columns(call.Get(0, "yaml_columns"));
        var sql = Columns(call.Get(1, "sql_columns"));
        if (yaml.Count == 0 && sql.Count == 0)
        {
            return new DbtException("DBT3101", DbtErrorKind.Compilation, "This model has an enforced contract, and its 'columns' specification is missing") { Expected = "columns in the properties file" };
        }

        var rows = new List<(string Name, string Definition, string Contract, string Reason)>();
        foreach (var (name, (type, kind)) in sql)
        {
            if (!yaml.TryGetValue(name, out var contract))
            {
                rows.Add((name, type, string.Empty, "missing in contract"));
            }
            else if (!string.Equals(contract.Kind, kind, StringComparison.OrdinalIgnoreCase))
            {
                rows.Add((name, type, contract.Type, "data type mismatch"));
            }
        }

        rows.AddRange(yaml.Where(column => !sql.ContainsKey(column.Key)).Select(column => (column.Key, string.Empty, column.Value.Type, "missing in definition")));
        rows.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        var table = new List<string[]> { new[] { "column_name", "definition_type", "contract_type", "mismatch_reason" } };
        table.AddRange(rows.Select(row => new[] { row.Name, row.Definition, row.Contract, row.Reason }));
        var widths = Enumerable.Range(0, 4).Select(i => table.Max(row => row[i].Length)).ToArray();
        string Line(string[] row) => "| " + string.Join(" | ", row.Select((cell, i) => cell.PadRight(widths[i]))) + " |";
        var text = string.Join('\n', new[] { Line(table[0]), "| " + string.Join(" | ", widths.Select(width => new string('-', width))) + " |" }.Concat(table.Skip(1).Select(Line)));
        return new DbtException("DBT3102", DbtErrorKind.Compilation,
            $"This model has an enforced contract that failed.\nPlease ensure the name, data_type, and number of columns in your contract match the columns in your model's definition.\n\n{text}\n")
        {
            Found = string.Join(", ", sql.Select(column => $"{column.Key} {column.Value.Type}")), Expected = string.Join(", ", yaml.Select(column => $"{column.Key} {column.Value.Type}")),
            Subject = null, File = scope.Node?.OriginalFilePath,
        };
    }

    public static DbtException MissingTypes(NodeScope scope, JinjaCall call)
    {
        var names = Host.Items(call.Get(0, "column_names")).Select(Host.Text).ToList();
        return new DbtException("DBT3103", DbtErrorKind.Compilation, $"Contracted models require data_type to be defined for each column.  Please ensure that the column name and data_type are defined within the YAML configuration for the {Host.Repr(new JinjaList(names))} column(s).")
        {
            Found = $"no data_type of {string.Join(", ", names)}", Expected = "a data_type for every column", File = scope.Node?.OriginalFilePath,
        };
    }

    // The kind is what is compared, where an adapter takes several types for one.
    private static Dictionary<string, (string Type, string Kind)> Columns(object? list) =>
        Host.Items(list).OfType<JinjaDict>().GroupBy(column => Host.Text(column["name"]), StringComparer.Ordinal).ToDictionary(
            group => group.Key,
            group => Host.Text(group.First()["data_type"]) is var type && group.First().TryGetValue("type_kind", out var kind) ? (type, Host.Text(kind)) : (type, type),
            StringComparer.Ordinal);
}
