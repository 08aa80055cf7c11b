using System.Globalization;
using System.Text;

namespace FhirAspire.Dashboard.Analytics;

/// <summary>
/// Writes a chart's SQL: values stand in it as literals made here, so that the text that is shown, run and downloaded is one and the same. Values come
/// from the filter, which lets dates, numbers, codes and plain words through, and every text is quoted.
/// </summary>
internal static class SqlBuilder
{
    /// <summary>A text literal.</summary>
    public static string Text(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>A date literal.</summary>
    public static string Date(DateOnly date) => $"date '{date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}'";

    /// <summary>A list of text literals.</summary>
    public static string List(IEnumerable<string> values) => string.Join(", ", values.Select(Text));

    /// <summary>The condition of a filter on <c>dim_patients</c> under an alias; ages are those at the end of the window or at death.</summary>
    public static string Where(AnalyticsFilter filter, string p = "p")
    {
        var parts = new List<string>();
        var age = $"{p}.age";
        Add(filter.AgeFrom is { } from ? $"{age} >= {from}" : null);
        Add(filter.AgeTo is { } to ? $"{age} <= {to}" : null);
        Add(filter.Sex is { } sex ? $"{p}.gender = {Text(sex)}" : null);
        Add(filter.Race is { } race ? $"{p}.race = {Text(race)}" : null);
        Add(filter.Ethnicity is { } ethnicity ? $"{p}.ethnicity = {Text(ethnicity)}" : null);
        Add(filter.StateCode is { } state ? $"{p}.state = {Text(state)}" : null);
        Add(filter.City is { } city ? $"{p}.city = {Text(city)}" : null);
        Add(filter.Alive is { } alive ? $"{p}.is_deceased = {(alive ? 0 : 1)}" : null);
        AddCodes(filter.Conditions, "fct_conditions");
        AddCodes(filter.Medications, "fct_medications");
        return parts.Count == 0 ? "true" : string.Join("\n    and ", parts);

        void Add(string? part)
        {
            if (part is not null)
            {
                parts.Add(part);
            }
        }

        void AddCodes(CodeFilter codes, string table)
        {
            foreach (var group in codes.Groups)
            {
                parts.Add($"{(group.IsNot ? "not " : "")}exists (select 1 from {table} as c where c.patient = {p}.id and c.code in ({List(group.Codes)}))");
            }
        }
    }

    /// <summary>A common table expression with the patients of a filter.</summary>
    public static string Patients(AnalyticsFilter filter, string name = "patients") => $"""
        {name} as (
          select p.* from dim_patients as p
          where {Where(filter)}
        )
        """;

    /// <summary>Lines with the indentation of the first taken away and empty ends cut.</summary>
    public static string Tidy(string sql)
    {
        var text = new StringBuilder();
        foreach (var line in sql.ReplaceLineEndings("\n").Split('\n'))
        {
            text.Append(line.TrimEnd()).Append('\n');
        }

        return text.ToString().Trim('\n');
    }
}
