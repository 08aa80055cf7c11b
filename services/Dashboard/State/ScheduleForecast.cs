using FhirAspire.Pipeline.Jobs;

namespace FhirAspire.Dashboard.State;

/// <summary>When a schedule is due next.</summary>
public static class ScheduleForecast
{
    /// <summary>The next instant after <paramref name="now"/>; null for a cron expression, which is not read here, and without a schedule.</summary>
    public static DateTime? Next(JobOptions options, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Cron is not null || options.Every is not { } every || every <= TimeSpan.Zero)
        {
            return null;
        }

        // Schedules count from the full minute or hour.
        var origin = every < TimeSpan.FromMinutes(1)
            ? new DateTime(now.Year, now.Month, now.Day, now.Hour, now.Minute, 0, DateTimeKind.Utc)
            : new DateTime(now.Year, now.Month, now.Day, now.Hour, 0, 0, DateTimeKind.Utc);
        var passed = (now - origin).Ticks / every.Ticks;
        return origin + TimeSpan.FromTicks((passed + 1) * every.Ticks);
    }
}
