using System.Diagnostics;

namespace FhirAspire.Loader;

internal static partial class LoaderLog
{
    public const string LoadObject = "load object";

    public static readonly ActivitySource Activities = new("FhirAspire.Loader");

    [LoggerMessage(4001, LogLevel.Warning, "Quarantined {Key}: {Code} at {Place}: {Reason}")]
    public static partial void Quarantined(ILogger logger, string key, string code, string place, string reason);

    [LoggerMessage(4002, LogLevel.Information, "{Key} is not what was listed: loading what is there now")]
    public static partial void Changed(ILogger logger, string key);

    [LoggerMessage(4003, LogLevel.Information, "{Key} is no longer in the bucket")]
    public static partial void Gone(ILogger logger, string key);

    [LoggerMessage(4004, LogLevel.Warning, "{Key} could not be fetched; it is tried again")]
    public static partial void NotFetched(ILogger logger, Exception exception, string key);

    [LoggerMessage(4007, LogLevel.Information, "A file of a pack is loaded already; its row is replaced")]
    public static partial void PackedAgain(ILogger logger, Exception exception);

    [LoggerMessage(4005, LogLevel.Information, "Retention removed {Objects} loaded objects and {Runs} runs")]
    public static partial void Removed(ILogger logger, int objects, int runs);

    [LoggerMessage(4006, LogLevel.Warning, "Retention could not be applied; it is tried again tomorrow")]
    public static partial void NotRemoved(ILogger logger, Exception exception);

    [LoggerMessage(4008, LogLevel.Warning, "The traces of what was loaded could not be read from the objects; the load stands")]
    public static partial void NotTraced(ILogger logger, Exception exception);
}
