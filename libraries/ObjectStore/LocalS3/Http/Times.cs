using System.Globalization;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>S3's ways to write a time. All give whole seconds: S3 keeps no more, and a listing and a header must agree.</summary>
internal static class Times
{
    // The last is that of mail (RFC 5322), which boto signs a given Date in: its zone is an offset.
    private static readonly string[] HttpFormats = ["R", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM d HH:mm:ss yyyy", "ddd, d MMM yyyy HH:mm:ss zzz"];

    /// <summary>As in XML: 2026-01-02T03:04:05.000Z.</summary>
    public static string Iso(long unixMilliseconds) => Iso(DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds));

    public static string Iso(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'.000Z'", CultureInfo.InvariantCulture);

    /// <summary>As in HTTP headers.</summary>
    public static string Http(long unixMilliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(unixMilliseconds).ToString("R", CultureInfo.InvariantCulture);

    /// <summary>As in signatures: 20260102T030405Z.</summary>
    public static string Compact(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    public static bool TryParseCompact(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);

    public static bool TryParseHttp(string? text, out DateTimeOffset time) =>
        DateTimeOffset.TryParseExact(text, HttpFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out time);

    /// <summary>ISO 8601 with at least a date, as in lifecycle rules.</summary>
    public static bool TryParseIso(string? text, out DateTimeOffset time)
    {
        time = default;
        return text is { Length: >= 8 } && char.IsDigit(text[0])
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }
}
