using FhirAspire.Dashboard.Formatting;
using FhirAspire.Dashboard.Marts;

namespace FhirAspire.Dashboard.Analytics;

/// <summary>All charts. Definitions of the measures stand with their SQL.</summary>
internal static partial class ChartCatalog
{
    private static readonly Dictionary<string, Chart> ById = Cohorts().Concat(Cost()).Concat(Outcomes()).Concat(Population()).ToDictionary(chart => chart.Id, StringComparer.Ordinal);

    /// <summary>Every chart.</summary>
    public static IReadOnlyCollection<Chart> All => ById.Values;

    /// <summary>The charts of a page, in order.</summary>
    public static IEnumerable<Chart> Of(string view) => All.Where(chart => chart.View == view);

    /// <summary>A chart; null where none has the id.</summary>
    public static Chart? Find(string id) => ById.GetValueOrDefault(id);

    private static double Sum(ReaderResult r, string column) => Enumerable.Range(0, r.Rows.Count).Sum(i => r.Number(i, column) ?? 0);

    private static string Best(ReaderResult r, string label) => Enumerable.Range(0, r.Rows.Count)
        .GroupBy(i => r.Text(i, label) ?? "", StringComparer.Ordinal).MaxBy(group => group.Sum(i => r.Number(i, "value") ?? 0))!.Key;

    private static int? Row(ReaderResult r, string column, string value) => Enumerable.Range(0, r.Rows.Count).Where(i => r.Text(i, column) == value).Select(i => (int?)i).FirstOrDefault();

    private static double? Part(ReaderResult r, string label, string series) => Enumerable.Range(0, r.Rows.Count)
        .Where(i => r.Text(i, "label") == label && r.Text(i, "series") == series && r.Number(i, "n") >= 10).Select(i => r.Number(i, "value") / r.Number(i, "n")).FirstOrDefault();

    private static int? Lowest(ReaderResult r) => Enumerable.Range(0, r.Rows.Count).Where(i => r.Number(i, "value") is not null).OrderBy(i => r.Number(i, "value")).Select(i => (int?)i).FirstOrDefault();

    /// <summary>Whether a label stands for all that have none of their own: it comes last, whatever its size.</summary>
    internal static bool IsRest(string? label) => label?.StartsWith("other", StringComparison.Ordinal) == true;

    private static string Capital(string? text) => string.IsNullOrEmpty(text) ? Format.None : char.ToUpperInvariant(text[0]) + text[1..];
}
