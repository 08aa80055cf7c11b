namespace FhirAspire.Dashboard.Tests;

/// <summary>A clock that stands still, on a server in UTC.</summary>
internal sealed class FixedClock(DateTime now) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow() => new(now);
}
