using System.Globalization;
using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Run;

/// <summary>Runs a unit test: the model on the given rows, compared with the expected ones.</summary>
internal sealed class UnitTestRunner(DbtSession session, NodeCompiler compiler, NodeRunner runner)
{
    public DbtNodeResult Run(DbtNode test, Connection connection, NodeClock clock)
    {
        var unit = test.UnitTest!;
        var tested = session.Manifest.Nodes[unit.TestedNodeUniqueId!];
        var inputs = new UnitTestInputs(session, test, tested);
        var folder = Path.GetDirectoryName(test.OriginalFilePath);
        var name = tested.Version is null ? test.Name : $"{test.Name}_v{Values.Val.Str(tested.Version)}";
        var node = new DbtNode
        {
            ResourceType = DbtResourceType.UnitTest,
            UniqueId = test.UniqueId,
            Name = name,
            PackageName = test.PackageName,
            Path = string.IsNullOrEmpty(folder) ? $"{name}.sql" : $"{folder}/{name}.sql",
            OriginalFilePath = test.OriginalFilePath,
            Fqn = test.Fqn,
            RawCode = tested.RawCode,
            Alias = name,
            Schema = tested.Schema,
            Database = tested.Database,
            Config = new DbtMap
            {
                ["materialized"] = "unit", ["enabled"] = true, ["tags"] = new List<object?>(), ["meta"] = new DbtMap(),
                ["expected_rows"] = unit.Expect.GetString("format") == "sql" ? new List<object?>() : unit.Expect.Get("rows") ?? new List<object?>(),
                ["expected_sql"] = unit.Expect.GetString("format") == "sql" ? unit.Expect.Get("rows") : null,
            },
            DependsOnNodes = [.. tested.DependsOnNodes],
            DependsOnMacros = [.. tested.DependsOnMacros],
            UnitTest = unit,
        };
        compiler.Compile(node, connection, null, inputs, unit.Overrides);
        clock.Compiled();
        test.CompiledCode = node.CompiledCode;
        var main = Materialize(node, connection);
        return Verdict(test, main.Table, clock, main.Response as AdapterResponse);
    }

    private StatementResult Materialize(DbtNode node, Connection connection)
    {
        try
        {
            return runner.Materialize(node, connection, "unit");
        }
        catch (DbtException error)
        {
            throw new DbtException(error.Code, DbtErrorKind.Runtime, $"An error occurred during execution of unit test '{node.Name}'. There may be an error in the unit test definition: check the data types.\n {error.ToDbtText()}", error)
            {
                File = error.File, Line = error.Line, Column = error.Column, Found = error.Found, Expected = error.Expected, Hint = error.Hint,
            };
        }
    }

    private static DbtNodeResult Verdict(DbtNode test, AgateTable table, NodeClock clock, AdapterResponse? response)
    {
        var side = table.IndexOf("actual_or_expected");
        List<Row> Rows(string which) => [.. table.Data.Where(row => Host.Text(row[side]) == which).Select(row => new Row([.. row.Where((_, i) => i != side)])).OrderBy(row => row.Text, StringComparer.Ordinal)];
        var actual = Rows("actual");
        var expected = Rows("expected");
        if (actual.Select(row => row.Key).Order(StringComparer.Ordinal).SequenceEqual(expected.Select(row => row.Key).Order(StringComparer.Ordinal), StringComparer.Ordinal))
        {
            return clock.Result(test, DbtStatus.Pass, null, 0, response);
        }

        var names = table.Names.Where((_, i) => i != side).ToList();
        var difference = Difference(names, actual, expected);
        return clock.Result(test, DbtStatus.Fail, $"\n\nactual differs from expected:\n\n{difference}\n", 1, response);
    }

    // One line a row that is on one side alone: +++ was not expected, --- was not there.
    private static string Difference(List<string> names, List<Row> actual, List<Row> expected)
    {
        var lines = new List<string[]> { new[] { "@@" }.Concat(names).ToArray() };
        var open = new List<Row>(expected);
        foreach (var row in actual)
        {
            var at = open.FindIndex(other => other.Key == row.Key);
            lines.Add(new[] { at >= 0 ? string.Empty : "+++" }.Concat(row.Text.Split('\u001f')).ToArray());
            if (at >= 0)
            {
                open.RemoveAt(at);
            }
        }

        lines.AddRange(open.Select(row => new[] { "---" }.Concat(row.Text.Split('\u001f')).ToArray()));
        var widths = Enumerable.Range(0, lines[0].Length).Select(i => lines.Max(line => i < line.Length ? line[i].Length : 0)).ToArray();
        return string.Join('\n', lines.Select(line => string.Join(" ,", line.Select((cell, i) => cell.PadRight(widths[i])))));
    }

    /// <summary>A row as it is shown, and as it is compared: decimals are equal whatever zeros they end in.</summary>
    private sealed class Row(List<object?> cells)
    {
        public string Text { get; } = string.Join('\u001f', cells.Select(Cell));

        public string Key { get; } = string.Join('\u001f', cells.Select(cell => JinjaValue.ToPlain(cell) is decimal number ? (number / 1.0000000000000000000000000000m).ToString(CultureInfo.InvariantCulture) : Cell(cell)));

        private static string Cell(object? value) => value is null ? "NULL" : Host.Text(value);
    }
}
