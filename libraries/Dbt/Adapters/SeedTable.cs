using System.Globalization;
using System.Text.RegularExpressions;
using FhirAspire.Dbt.Load;

namespace FhirAspire.Dbt.Adapters;

/// <summary>What a column of a CSV file holds.</summary>
internal enum SeedType
{
    Integer,
    Float,
    Date,
    Timestamp,
    Boolean,
    Text,
}

/// <summary>A CSV file with the types that dbt guesses (https://docs.getdbt.com/docs/build/seeds).</summary>
internal sealed partial class SeedTable
{
    public required IReadOnlyList<string> Columns { get; init; }

    public required IReadOnlyList<SeedType> Types { get; init; }

    /// <summary>The cells as text; null where nothing stands.</summary>
    public required IReadOnlyList<string?[]> Rows { get; init; }

    /// <exception cref="DbtException">The file is no CSV file.</exception>
    public static SeedTable Read(string path, string file, char delimiter, IReadOnlySet<string> textColumns)
    {
        var lines = Csv.Read(File.ReadAllText(path), delimiter, file);
        if (lines.Count == 0)
        {
            return new SeedTable { Columns = [], Types = [], Rows = [] };
        }

        var header = lines[0].Cells;
        var columns = header.Select((name, i) => string.IsNullOrEmpty(name) ? Letter(i) : name!).ToList();
        var rows = new List<string?[]>(lines.Count - 1);
        for (var i = 1; i < lines.Count; i++)
        {
            var cells = lines[i].Cells;
            if (cells.Count > columns.Count)
            {
                throw new DbtException("DBT1301", DbtErrorKind.Compilation, $"Row {i - 1} has {cells.Count} values, but Table only has {columns.Count} columns.")
                {
                    File = file, Line = lines[i].Line, Found = $"{cells.Count} values", Expected = $"{columns.Count} values", Hint = "put a value that contains the delimiter in quotes",
                };
            }

            var row = new string?[columns.Count];
            for (var c = 0; c < cells.Count; c++)
            {
                row[c] = cells[c];
            }

            rows.Add(row);
        }

        return new SeedTable
        {
            Columns = columns,
            Rows = rows,
            Types = [.. columns.Select((name, i) => textColumns.Contains(name) ? SeedType.Text : Guess(rows, i))],
        };
    }

    public static bool IsNull(string? cell) => cell is null || cell.Trim() is "" || cell.Trim().Equals("null", StringComparison.OrdinalIgnoreCase);

    /// <summary>A number without what agate leaves out: signs of currencies and per cent, and the commas between groups.</summary>
    public static string NumberText(string cell)
    {
        var text = cell.Trim('%');
        var sign = text.StartsWith('-') ? "-" : string.Empty;
        return sign + text.TrimStart('-').Trim('$', '¢', '£', '¤', '¥', '€', '₩', '₹').Replace(",", string.Empty, StringComparison.Ordinal);
    }

    /// <summary>A cell as its column's type has it; null where nothing stands. Numbers are floats, as agate writes them.</summary>
    public object? Value(string? cell, int column)
    {
        var type = Types[column];
        if (type == SeedType.Text)
        {
            return string.IsNullOrEmpty(cell) ? null : cell;
        }

        if (IsNull(cell))
        {
            return null;
        }

        var text = cell!.Trim();
        return type switch
        {
            SeedType.Integer or SeedType.Float => double.Parse(NumberText(text), NumberStyles.Float, CultureInfo.InvariantCulture),
            SeedType.Boolean => text.Equals("true", StringComparison.OrdinalIgnoreCase),
            SeedType.Date => FhirAspire.Jinja.JinjaValue.From(DateOnly.Parse(text, CultureInfo.InvariantCulture)),
            _ => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? FhirAspire.Jinja.JinjaValue.From(DateTime.SpecifyKind(time.UtcDateTime, DateTimeKind.Unspecified)) : text,
        };
    }

    private static string Letter(int at) => at < 26 ? ((char)('a' + at)).ToString() : $"{(char)('a' + (at / 26) - 1)}{(char)('a' + (at % 26))}";

    private static SeedType Guess(List<string?[]> rows, int column)
    {
        bool All(Func<string, bool> fits) => rows.TrueForAll(row => IsNull(row[column]) || fits(row[column]!.Trim()));
        if (All(_ => false))
        {
            return SeedType.Integer;
        }

        if (All(cell => Number(cell) is not null))
        {
            return rows.Exists(row => !IsNull(row[column]) && Number(row[column]!.Trim())!.Value.Scale > 0) ? SeedType.Float : SeedType.Integer;
        }

        if (All(cell => DateOnly.TryParseExact(cell, ["yyyy-MM-dd", "yyyy-M-d", "yyyy-MM-d", "yyyy-M-dd"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _)))
        {
            return SeedType.Date;
        }

        if (All(cell => DateTime.TryParseExact(cell, "yyyy-M-d H:m:s", CultureInfo.InvariantCulture, DateTimeStyles.None, out _)) || All(cell => IsoPattern().IsMatch(cell)))
        {
            return SeedType.Timestamp;
        }

        return All(cell => cell.ToLowerInvariant() is "true" or "false") ? SeedType.Boolean : SeedType.Text;
    }

    // A number as agate reads one: signs of currencies and per cent are left out, commas group. The scale decides between integer and float.
    private static (bool IsNumber, int Scale)? Number(string cell)
    {
        var text = cell.Trim('%');
        if (text.StartsWith('-'))
        {
            text = text[1..];
        }

        text = text.Trim('$', '¢', '£', '¤', '¥', '€', '₩', '₹').Replace(",", string.Empty, StringComparison.Ordinal);
        var match = NumberPattern().Match(text);
        if (!match.Success)
        {
            return null;
        }

        var fraction = match.Groups["fraction"].Value.Length;
        var exponent = match.Groups["exponent"].Success ? int.Parse(match.Groups["exponent"].Value, CultureInfo.InvariantCulture) : 0;
        // Trailing zeros of the fraction count: 1.0 is no integer to agate's precision unless they normalise away.
        var digits = match.Groups["fraction"].Value.TrimEnd('0').Length;
        return (true, Math.Max(0, (fraction > 0 ? digits : 0) - exponent));
    }

    [GeneratedRegex(@"\A[-+]?(?:(?<whole>[0-9]+)(?:\.(?<fraction>[0-9]*))?|\.(?<fraction>[0-9]+))(?:[eE](?<exponent>[-+]?[0-9]+))?\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NumberPattern();

    [GeneratedRegex(@"\A[0-9]{4}-?[0-9]{2}-?[0-9]{2}T[0-9]{2}(?::?[0-9]{2}(?::?[0-9]{2}(?:[.,][0-9]+)?)?)?(?:Z|[-+][0-9]{2}(?::?[0-9]{2})?)?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex IsoPattern();
}
