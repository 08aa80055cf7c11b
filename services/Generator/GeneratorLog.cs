using System.Diagnostics;

namespace FhirAspire.Generator;

internal static partial class GeneratorLog
{
    public static readonly ActivitySource Activities = new("FhirAspire.Generator");

    [LoggerMessage(2001, LogLevel.Information, "Replay of {Source} has come to its end ({Folders} folders); set Generator:Replay:Loop=true to go on under new ids")]
    public static partial void ReplayEnded(ILogger logger, string source, int folders);

    [LoggerMessage(2002, LogLevel.Warning, "The work folder {Folder} cannot be removed: {Reason}")]
    public static partial void WorkFolderStays(ILogger logger, string folder, string reason);
}
