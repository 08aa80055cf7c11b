using System.Globalization;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Commands;

/// <summary>Rows for people, cut as dbt cuts them, and as JSON with everything.</summary>
internal static class TablePrinter
{
    private const int MostColumns = 6;
    private const int WidestCell = 20;
    private const int MostPlaces = 3;
    private const string Cut = "...";

    public static string Text(IReadOnlyList<string> names, IReadOnlyList<object?[]> rows)
    {
        var shown = Math.Min(names.Count, MostColumns);
        var isCut = names.Count > MostColumns;
        var columns = Enumerable.Range(0, shown).Select(i => Column(rows, i)).ToList();
        var lines = new List<string[]> { Line(names.Take(shown).Select(Shortened), isCut) };
        lines.AddRange(Enumerable.Range(0, rows.Count).Select(row => Line(columns.Select(column => Shortened(column.Cells[row])), isCut)));
        var widths = Enumerable.Range(0, lines[0].Length).Select(i => lines.Max(line => line[i].Length)).ToArray();
        string Print(string[] cells) => $"| {string.Join(" | ", cells.Select((cell, i) => i < shown && columns[i].IsText ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])))} |";
        var divider = $"| {string.Join(" | ", widths.Select(width => new string('-', width)))} |";
        return string.Join('\n', [Print(lines[0]), divider, .. lines.Skip(1).Select(Print)]);
    }

    public static string Json(string node, IReadOnlyList<string> names, IReadOnlyList<object?[]> rows, bool isInline)
    {
        var list = new List<object?>(rows.Select(row =>
        {
            var map = new DbtMap();
            for (var i = 0; i < names.Count; i++)
            {
                map[names[i]] = Value(row[i]);
            }

            return map;
        }));
        return JsonValues.WriteIndented(isInline ? new DbtMap { ["show"] = list } : new DbtMap { ["node"] = node, ["show"] = list });
    }

    private static string[] Line(IEnumerable<string> cells, bool isCut) => isCut ? [.. cells, Cut] : [.. cells];

    private static string Shortened(string text) => text.Length > WidestCell ? text[..(WidestCell - Cut.Length)] + Cut : text;

    // Decimals of a column all have as many places as the longest needs, three at most; integers are printed as they are.
    private static (bool IsText, string[] Cells) Column(IReadOnlyList<object?[]> rows, int at)
    {
        var plain = rows.Select(row => JinjaValue.ToPlain(row[at])).ToList();
        if (!plain.Exists(value => value is decimal or double) || plain.Exists(value => value is not (null or decimal or double or long)))
        {
            return (plain.Exists(value => value is string), [.. rows.Select(row => row[at] is null ? string.Empty : Host.Text(row[at]))]);
        }

        var numbers = plain.ConvertAll(value => value switch { decimal number => number, double number when Math.Abs(number) < 1e28 => (decimal)number, long number => number, _ => (decimal?)null });
        var places = numbers.Max(number => number is { } exact ? Places(exact) : 0);
        var ellipsis = places > MostPlaces ? "…" : string.Empty;
        var format = "#,##0." + new string('0', Math.Min(places, MostPlaces));
        return (false, [.. numbers.Select((number, i) => number is { } exact ? Math.Round(exact, Math.Min(places, MostPlaces), MidpointRounding.ToEven).ToString(format, CultureInfo.InvariantCulture) + ellipsis : plain[i] is null ? string.Empty : Host.Text(rows[i][at]))]);
    }

    private static int Places(decimal number)
    {
        var text = number.ToString(CultureInfo.InvariantCulture);
        var point = text.IndexOf('.', StringComparison.Ordinal);
        return point < 0 ? 0 : text[(point + 1)..].TrimEnd('0').Length;
    }

    private static object? Value(object? value) => JinjaValue.ToPlain(value) switch
    {
        decimal number => (double)number == Math.Floor((double)number) && !number.ToString(CultureInfo.InvariantCulture).Contains('.', StringComparison.Ordinal) ? (long)number : (double)number,
        DateTime time => Val.Str(time).Replace(' ', 'T'),
        DateTimeOffset time => Val.Str(time).Replace(' ', 'T'),
        var other => other,
    };
}
