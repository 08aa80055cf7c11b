namespace FhirAspire.DbtRunner;

internal static partial class DbtRunnerLog
{
    [LoggerMessage(5001, LogLevel.Error, "{Node} failed: {Message}")]
    public static partial void NodeFailed(ILogger logger, string node, string? message);
}
