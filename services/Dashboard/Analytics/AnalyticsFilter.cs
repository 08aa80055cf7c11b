using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.WebUtilities;

namespace FhirAspire.Dashboard.Analytics;

/// <summary>
/// Which patients, and which time. It is read from the address and written back in one fixed order, so that equal views have equal links. What cannot be
/// read is kept apart and shown as ignored, never dropped in silence.
/// </summary>
public sealed partial record AnalyticsFilter
{
    private const int LongestValue = 200;
    private const int MostCodes = 20;

    /// <summary>First day; null for a year before <see cref="To"/>.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day; null for the newest that nine of ten living patients are followed to.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Least age in years.</summary>
    public int? AgeFrom { get; init; }

    /// <summary>Greatest age in years.</summary>
    public int? AgeTo { get; init; }

    /// <summary><c>F</c> or <c>M</c>.</summary>
    public string? Sex { get; init; }

    /// <summary>Race.</summary>
    public string? Race { get; init; }

    /// <summary>Ethnicity.</summary>
    public string? Ethnicity { get; init; }

    /// <summary>State.</summary>
    public string? StateCode { get; init; }

    /// <summary>City.</summary>
    public string? City { get; init; }

    /// <summary>Conditions that patients have or have not: SNOMED codes.</summary>
    public CodeFilter Conditions { get; init; } = CodeFilter.None;

    /// <summary>Medications that patients have had or not: RxNorm codes.</summary>
    public CodeFilter Medications { get; init; } = CodeFilter.None;

    /// <summary>Whether patients live; null for both.</summary>
    public bool? Alive { get; init; }

    /// <summary>The second cohort, where two are compared.</summary>
    public AnalyticsFilter? Other { get; init; }

    /// <summary>Parts of the address that could not be read.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Whether it lets everybody through.</summary>
    public bool IsEmpty => Query() is "" or null;

    /// <summary>Reads the part of an address behind <c>?</c>.</summary>
    /// <param name="query">The query string.</param>
    /// <param name="prefix">Of the keys, such as <c>a.</c>; dates are shared and have none.</param>
    public static AnalyticsFilter Parse(string? query, string prefix = "")
    {
        var filter = new AnalyticsFilter();
        var ignored = new List<string>();
        foreach (var (fullKey, values) in QueryHelpers.ParseQuery(query))
        {
            var isDate = fullKey is "from" or "to";
            if (!isDate && !fullKey.StartsWith(prefix, StringComparison.Ordinal))
            {
                continue;
            }

            var key = isDate ? fullKey : fullKey[prefix.Length..];
            var value = values.ToString();
            if (value.Length is 0)
            {
                continue;
            }

            var read = value.Length > LongestValue ? null : Read(filter, key, value);
            if (read is null)
            {
                if (IsOurs(key))
                {
                    ignored.Add($"{fullKey}={(value.Length > 40 ? value[..40] + "…" : value)}");
                }

                continue;
            }

            filter = read;
        }

        return filter with { Ignored = ignored };
    }

    /// <summary>
    /// With what a person typed: parts as in an address (<c>age=40-65&amp;med=!860975</c>), or condition codes alone (<c>59621000.!44054006</c>: the first
    /// and not the second). Codes are added to those that are there, other parts replace theirs.
    /// </summary>
    /// <param name="typed">The text.</param>
    /// <returns>The filter, and the parts that could not be read.</returns>
    public (AnalyticsFilter Filter, IReadOnlyList<string> Unread) With(string typed)
    {
        ArgumentNullException.ThrowIfNull(typed);
        var filter = this;
        var unread = new List<string>();
        foreach (var part in typed.Split('&', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            var (key, value) = at < 0 ? ("cond", part) : (part[..at].Trim(), part[(at + 1)..].Trim());
            value = key is "cond" or "med" ? value.Replace(" ", "", StringComparison.Ordinal) : value;
            var before = key switch { "cond" => filter.Conditions, "med" => filter.Medications, _ => CodeFilter.None };
            value = before.Groups.Count == 0 ? value : $"{before}.{value}";
            // Codes that are there already need no second chip; the limits hold for all of them together.
            if (value.Length is > 0 and <= LongestValue && Read(filter, key, value) is { } read && (key is not ("cond" or "med") || Distinct(key == "cond" ? read.Conditions : read.Medications).Groups.Count > before.Groups.Count))
            {
                filter = read with { Conditions = Distinct(read.Conditions), Medications = Distinct(read.Medications) };
            }
            else
            {
                unread.Add(part.Length > 40 ? part[..40] + "…" : part);
            }
        }

        return (filter, unread);

        static CodeFilter Distinct(CodeFilter codes) => new([.. codes.Groups.DistinctBy(group => $"{group.IsNot}{string.Join(',', group.Codes)}")]);
    }

    /// <summary>The filter as the part of an address behind <c>?</c>.</summary>
    public string Query(string prefix = "", bool withDates = true)
    {
        var parts = new List<string>();
        if (withDates)
        {
            Add("from", From?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "");
            Add("to", To?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), "");
        }

        Add("age", AgeFrom is null && AgeTo is null ? null : $"{AgeFrom}-{AgeTo}", prefix);
        Add("sex", Sex, prefix);
        Add("race", Race, prefix);
        Add("eth", Ethnicity, prefix);
        Add("state", StateCode, prefix);
        Add("city", City, prefix);
        Add("cond", Conditions.ToString(), prefix);
        Add("med", Medications.ToString(), prefix);
        Add("alive", Alive switch { true => "1", false => "0", _ => null }, prefix);
        return string.Join('&', parts);

        void Add(string key, string? value, string before)
        {
            if (!string.IsNullOrEmpty(value))
            {
                parts.Add($"{before}{key}={Uri.EscapeDataString(value).Replace("%2C", ",", StringComparison.Ordinal).Replace("%21", "!", StringComparison.Ordinal)}");
            }
        }
    }

    private static bool IsOurs(string key) => key is "from" or "to" or "age" or "sex" or "race" or "eth" or "state" or "city" or "cond" or "med" or "alive";

    private static AnalyticsFilter? Read(AnalyticsFilter filter, string key, string value) => key switch
    {
        "from" => Date(value) is { } date ? filter with { From = date } : null,
        "to" => Date(value) is { } date ? filter with { To = date } : null,
        "age" => Ages().Match(value) is { Success: true } ages && (ages.Groups["from"].Length > 0 || ages.Groups["to"].Length > 0)
            ? filter with { AgeFrom = Int(ages.Groups["from"].Value), AgeTo = Int(ages.Groups["to"].Value) }
            : null,
        "sex" => value is "F" or "M" ? filter with { Sex = value } : null,
        "race" => Word().IsMatch(value) ? filter with { Race = value } : null,
        "eth" => Word().IsMatch(value) ? filter with { Ethnicity = value } : null,
        "state" => Word().IsMatch(value) ? filter with { StateCode = value } : null,
        "city" => Word().IsMatch(value) ? filter with { City = value } : null,
        "cond" => CodeFilter.Parse(value, MostCodes) is { } codes ? filter with { Conditions = codes } : null,
        "med" => CodeFilter.Parse(value, MostCodes) is { } codes ? filter with { Medications = codes } : null,
        "alive" => value is "0" or "1" ? filter with { Alive = value == "1" } : null,
        _ => null,
    };

    private static DateOnly? Date(string value) => DateOnly.TryParseExact(value, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date) && date.Year is >= 1900 and <= 2200 ? date : null;

    private static int? Int(string value) => value.Length == 0 ? null : int.Parse(value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?<from>\d{0,3})-(?<to>\d{0,3})$", RegexOptions.None, 1000)]
    private static partial Regex Ages();

    [GeneratedRegex(@"^[\p{L}\d .,'()/-]{1,80}$", RegexOptions.None, 1000)]
    private static partial Regex Word();
}

/// <summary>Codes that a patient must have: groups joined by <c>.</c> (all of them), in a group by <c>,</c> (any), <c>!</c> before one (not).</summary>
/// <param name="Groups">The groups.</param>
public sealed partial record CodeFilter(IReadOnlyList<CodeGroup> Groups)
{
    /// <summary>Lets everybody through.</summary>
    public static CodeFilter None { get; } = new([]);

    /// <summary>Reads a text such as <c>59621000,38341003.!44054006</c>; null where it is of another form.</summary>
    public static CodeFilter? Parse(string text, int most)
    {
        ArgumentNullException.ThrowIfNull(text);
        var groups = new List<CodeGroup>();
        foreach (var part in text.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            var isNot = part[0] == '!';
            var codes = (isNot ? part[1..] : part).Split(',', StringSplitOptions.RemoveEmptyEntries);
            if (codes.Length == 0 || !codes.All(code => Code().IsMatch(code)))
            {
                return null;
            }

            groups.Add(new CodeGroup(isNot, codes));
        }

        return groups.Sum(group => group.Codes.Count) > most ? null : new CodeFilter(groups);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('.', Groups.Select(group => (group.IsNot ? "!" : "") + string.Join(',', group.Codes)));

    /// <summary>With one more group.</summary>
    public CodeFilter With(string code, bool isNot = false) => new([.. Groups, new CodeGroup(isNot, [code])]);

    /// <summary>Without the group at a place.</summary>
    public CodeFilter Without(int index) => new([.. Groups.Where((_, i) => i != index)]);

    [GeneratedRegex(@"^[A-Za-z0-9-]{1,20}$", RegexOptions.None, 1000)]
    private static partial Regex Code();
}

/// <summary>Codes of which a patient must have any, or none.</summary>
public sealed record CodeGroup(bool IsNot, IReadOnlyList<string> Codes);
