namespace FhirAspire.Loader;

internal static partial class LoaderLog
{
    [LoggerMessage(4001, LogLevel.Warning, "Quarantined {Key}: {Code} at {Place}: {Reason}")]
    public static partial void Quarantined(ILogger logger, string key, string code, string place, string reason);

    [LoggerMessage(4002, LogLevel.Information, "{Key} has changed since it was listed; the next run has its new state")]
    public static partial void Changed(ILogger logger, string key);
}
