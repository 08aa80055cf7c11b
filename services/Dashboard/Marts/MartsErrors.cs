using System.Text.RegularExpressions;

namespace FhirAspire.Dashboard.Marts;

/// <summary>Takes what a reader need not know out of the database's messages.</summary>
internal static partial class MartsErrors
{
    public static string Scrub(string message) => Paths().Replace(message, "(path)");

    /// <summary>Whether the database knows no such column: as DuckDB, PostgreSQL and Snowflake say it.</summary>
    public static bool LacksColumn(string message) => MissingColumn().IsMatch(message);

    [GeneratedRegex(@"column ""?[\w.]+""? (?:not found|does not exist)|does not have a column named|invalid identifier", RegexOptions.IgnoreCase, 1000)]
    private static partial Regex MissingColumn();

    [GeneratedRegex(@"(?:[A-Za-z]:)?[/\\](?:[^\s""'\\/:]+[/\\])+[^\s""':]*", RegexOptions.None, 1000)]
    private static partial Regex Paths();
}
