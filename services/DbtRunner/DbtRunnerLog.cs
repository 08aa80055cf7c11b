namespace FhirAspire.DbtRunner;

internal static partial class DbtRunnerLog
{
    [LoggerMessage(5001, LogLevel.Error, "{Node} failed: {Message}")]
    public static partial void NodeFailed(ILogger logger, string node, string? message);

    [LoggerMessage(5002, LogLevel.Information, "{Backlog} resources wait for staging; this pass takes the oldest {Limit}")]
    public static partial void Staging(ILogger logger, long backlog, int limit);

    [LoggerMessage(5003, LogLevel.Warning, "Data quality: {Kind} of {Target} could not be checked")]
    public static partial void NotChecked(ILogger logger, Exception exception, string kind, string target);

    [LoggerMessage(5004, LogLevel.Error, "The data-quality checks of run {RunId} could not be made or kept; the marts are published")]
    public static partial void ChecksFailed(ILogger logger, Exception exception, long runId);
}
