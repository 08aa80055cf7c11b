using System.Text.RegularExpressions;

namespace FhirAspire.Dashboard.State;

/// <summary>The clock by which a page writes its times: the reader's zone, as their browser tells it, or UTC where they chose that. One for each circuit; until it is told, the server's zone.</summary>
public sealed partial class ReaderClock(TimeProvider time) : TimeProvider
{
    /// <summary>The cookie in which the browser tells its zone.</summary>
    public const string Cookie = "zone";

    private TimeZoneInfo zone = time.LocalTimeZone;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => zone;

    /// <summary>The zone in words for its place on a button: <c>UTC</c>, <c>UTC+5:30</c>.</summary>
    public string Offset
    {
        get
        {
            var offset = zone.GetUtcOffset(GetUtcNow());
            return offset == TimeSpan.Zero ? "UTC" : $"UTC{(offset < TimeSpan.Zero ? '−' : '+')}{Math.Abs(offset.Hours)}{(offset.Minutes == 0 ? "" : $":{Math.Abs(offset.Minutes):00}")}";
        }
    }

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => time.GetUtcNow();

    /// <summary>Takes a zone by its name, such as <c>Europe/Berlin</c>; what is no known zone changes nothing.</summary>
    /// <returns>Whether times are written otherwise from now on.</returns>
    public bool Use(string? name)
    {
        if (name is not { Length: <= 64 } || !Names().IsMatch(name) || !TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) || found.Id == zone.Id)
        {
            return false;
        }

        zone = found;
        return true;
    }

    // It comes with a request and is looked up in a folder.
    [GeneratedRegex("^[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Names();
}
