namespace FhirAspire.Generator;

internal static partial class GeneratorLog
{
    [LoggerMessage(2001, LogLevel.Information, "Replay of {Source} has come to its end ({Folders} folders); set Generator:Replay:Loop=true to go on under new ids")]
    public static partial void ReplayEnded(ILogger logger, string source, int folders);
}
