using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Uploader;

/// <summary>How spool folders are carried to S3. Section <c>Uploader</c>.</summary>
public sealed class UploaderOptions
{
    /// <summary>Folders uploaded at the same time.</summary>
    [Range(1, 64)]
    public int Parallelism { get; set; } = 4;

    /// <summary>Whether files are gzipped on their way; their keys then end with <c>.gz</c>.</summary>
    public bool Gzip { get; set; }
}
