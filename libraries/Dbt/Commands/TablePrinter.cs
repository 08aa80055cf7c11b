using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Commands;

/// <summary>Rows for people, and as JSON.</summary>
internal static class TablePrinter
{
    public static string Text(IReadOnlyList<string> names, IReadOnlyList<object?[]> rows)
    {
        const int widest = 80;
        string Cell(object? value)
        {
            var text = value switch { null => string.Empty, JinjaObject or string => Host.Text(value), _ => Host.Text(value) };
            return text.Length > widest ? text[..(widest - 3)] + "..." : text;
        }

        var lines = rows.Select(row => row.Select(Cell).ToArray()).Prepend([.. names]).ToList();
        var widths = Enumerable.Range(0, names.Count).Select(i => lines.Max(line => line[i].Length)).ToArray();
        string Line(string[] cells) => "| " + string.Join(" | ", cells.Select((cell, i) => cell.PadRight(widths[i]))) + " |";
        return string.Join('\n', lines.Select(Line).Take(1).Append("| " + string.Join(" | ", widths.Select(width => new string('-', width))) + " |").Concat(lines.Skip(1).Select(Line)));
    }

    public static string Json(DbtNode node, IReadOnlyList<string> names, IReadOnlyList<object?[]> rows, bool isInline)
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
        return JsonValues.WritePython(isInline ? new DbtMap { ["show"] = list } : new DbtMap { ["node"] = node.Name, ["show"] = list });
    }

    private static object? Value(object? value) => JinjaValue.ToPlain(value) switch
    {
        decimal number => (double)number == Math.Floor((double)number) && !number.ToString(System.Globalization.CultureInfo.InvariantCulture).Contains('.', StringComparison.Ordinal) ? (long)number : (double)number,
        DateTime time => Val.Str(time).Replace(' ', 'T'),
        DateTimeOffset time => Val.Str(time).Replace(' ', 'T'),
        var other => other,
    };
}
