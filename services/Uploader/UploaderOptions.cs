using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Uploader;

/// <summary>How spool folders are carried to S3. Section <c>Uploader</c>.</summary>
public sealed class UploaderOptions
{
    /// <summary>Folders uploaded at the same time.</summary>
    [Range(1, 64)]
    public int Parallelism { get; set; } = 4;

    /// <summary>
    /// Whether files go as packs: many documents in one gzipped object (<c>.pack.ndjson.gz</c>), each with its own key, so that the rows are the same. For very many patients,
    /// where each object costs more than its bytes.
    /// </summary>
    public bool Pack { get; set; }

    /// <summary>About how large a pack is, compressed.</summary>
    [Range(1L << 20, 1L << 30)]
    public long PackBytes { get; set; } = 150L << 20;

    /// <summary>How long a folder waits at most for a pack to become full.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan PackAfter { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether files are gzipped on their way; their keys then end with <c>.gz</c>.</summary>
    public bool Gzip { get; set; }
}
