using Coravel.Scheduling.Schedule.Cron;

namespace FhirAspire.Pipeline.Jobs;

/// <summary>Whether a job's schedule was due while nobody looked.</summary>
internal static class ScheduleHistory
{
    // A cron expression is looked at minute by minute; one that is due less often than once in this time is caught up by its next turn.
    private static readonly TimeSpan LongestLook = TimeSpan.FromDays(35);

    /// <summary>Whether the schedule was due after one instant and up to another, UTC.</summary>
    public static bool WasDue(JobOptions options, DateTime after, DateTime until)
    {
        if (options.Cron is { } text)
        {
            var cron = new CronExpression(text);
            var minute = new DateTime(after.Ticks - (after.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc).AddMinutes(1);
            minute = minute < until - LongestLook ? new DateTime((until - LongestLook).Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, DateTimeKind.Utc) : minute;
            for (; minute <= until; minute = minute.AddMinutes(1))
            {
                if (cron.IsDue(minute))
                {
                    return true;
                }
            }

            return false;
        }

        // Every divides a minute or an hour, so its turns are whole multiples of it.
        return options.Every is { } every && until.Ticks / every.Ticks > after.Ticks / every.Ticks;
    }
}
