using System.Text.RegularExpressions;

namespace FhirAspire.Dashboard.Marts;

/// <summary>Takes what a reader need not know out of the database's messages.</summary>
internal static partial class MartsErrors
{
    public static string Scrub(string message) => Paths().Replace(message, "(path)");

    [GeneratedRegex(@"(?:[A-Za-z]:)?[/\\](?:[^\s""'\\/:]+[/\\])+[^\s""':]*", RegexOptions.None, 1000)]
    private static partial Regex Paths();
}
