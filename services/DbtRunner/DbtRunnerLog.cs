namespace FhirAspire.DbtRunner;

internal static partial class DbtRunnerLog
{
    [LoggerMessage(5001, LogLevel.Error, "{Node} failed: {Message}")]
    public static partial void NodeFailed(ILogger logger, string node, string? message);

    [LoggerMessage(5002, LogLevel.Information, "{Backlog} resources wait for staging; this pass takes the oldest {Limit}")]
    public static partial void Staging(ILogger logger, long backlog, int limit);
}
