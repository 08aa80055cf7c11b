using System.Diagnostics;

namespace FhirAspire.Uploader;

internal static partial class UploaderLog
{
    public static readonly ActivitySource Activities = new("FhirAspire.Uploader");

    [LoggerMessage(3001, LogLevel.Warning, "Folder {Folder} was not uploaded; it stays in the spool and is tried again")]
    public static partial void FolderFailed(ILogger logger, Exception exception, string folder);
}
