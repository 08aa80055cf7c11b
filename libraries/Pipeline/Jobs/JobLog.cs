using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Jobs;

internal static partial class JobLog
{
    [LoggerMessage(1001, LogLevel.Information, "{Job} run {RunId}: {Summary}")]
    public static partial void Succeeded(ILogger logger, string job, long runId, string summary);

    [LoggerMessage(1002, LogLevel.Warning, "{Job} run {RunId}: attempt {Attempt} failed, another follows in {Delay}")]
    public static partial void RetryFollows(ILogger logger, Exception exception, string job, long runId, int attempt, TimeSpan delay);

    [LoggerMessage(1003, LogLevel.Error, "{Job} run {RunId} failed for good after {Attempts} attempts")]
    public static partial void Failed(ILogger logger, Exception exception, string job, long runId, int attempts);

    [LoggerMessage(1004, LogLevel.Information, "{Job} is running in another process")]
    public static partial void HeldElsewhere(ILogger logger, string job);

    [LoggerMessage(1005, LogLevel.Error, "{Job}: its lease passed to another process, the run is stopped")]
    public static partial void LeaseLost(ILogger logger, string job);

    [LoggerMessage(1006, LogLevel.Warning, "{Job}: its lease could not be renewed")]
    public static partial void RenewalFailed(ILogger logger, Exception exception, string job);

    [LoggerMessage(1007, LogLevel.Error, "{Job}: the run could not be recorded")]
    public static partial void RunnerFailed(ILogger logger, Exception exception, string job);

    [LoggerMessage(1008, LogLevel.Warning, "An alert could not be sent by {Channel}; it is tried again")]
    public static partial void AlertFailed(ILogger logger, Exception exception, string channel);

    [LoggerMessage(1009, LogLevel.Warning, "{Job} starts although {Other} still runs: waited {Waited}")]
    public static partial void WaitedEnough(ILogger logger, string job, string other, TimeSpan waited);

    [LoggerMessage(1010, LogLevel.Critical, "{Title}: {Error} (run {RunId}, {Attempts} attempts, since {Since:u})")]
    public static partial void Alert(ILogger logger, string title, string error, long? runId, int attempts, DateTime since);

    [LoggerMessage(1011, LogLevel.Warning, "{Title} (failed since {Since:u})")]
    public static partial void AlertOver(ILogger logger, string title, DateTime since);

    [LoggerMessage(1012, LogLevel.Error, "Alerts could not be read or kept")]
    public static partial void AlertsNotKept(ILogger logger, Exception exception);

    [LoggerMessage(1013, LogLevel.Information, "{Job} waits: a maintenance window is open")]
    public static partial void InMaintenance(ILogger logger, string job);

    [LoggerMessage(1014, LogLevel.Error, "{Job} run {RunId}: its end could not be recorded")]
    public static partial void NotRecorded(ILogger logger, Exception exception, string job, long runId);

    [LoggerMessage(1015, LogLevel.Information, "{Job} was due while no host ran, and runs once")]
    public static partial void CaughtUp(ILogger logger, string job);

    [LoggerMessage(1016, LogLevel.Warning, "The backlog of {Part} could not be measured")]
    public static partial void NotMeasured(ILogger logger, Exception exception, string part);

    [LoggerMessage(1017, LogLevel.Warning, "What other processes and people ask could not be read; it is read again in some seconds")]
    public static partial void OthersUnknown(ILogger logger, Exception exception);

    [LoggerMessage(1018, LogLevel.Warning, "{Job}: the end of a run that was asked for in another process could not be told there")]
    public static partial void RequestFailed(ILogger logger, Exception exception, string job);

    [LoggerMessage(1019, LogLevel.Warning, "The clock was set back by {Step}; the schedules go on by the new time")]
    public static partial void ClockSetBack(ILogger logger, TimeSpan step);

    [LoggerMessage(1020, LogLevel.Warning, "The traces of patients between load and marts could not be kept or read: theirs end before the marts, or go on with a later run")]
    public static partial void TracesLost(ILogger logger, Exception exception);

    [LoggerMessage(1021, LogLevel.Warning, "What this process uses could not be told to the history; the dashboard shows it again when that works")]
    public static partial void UseNotTold(ILogger logger, Exception exception);
}
