using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Fhir.Spool;

/// <summary>The spool: the folder between generator and uploader. Section <c>Spool</c>.</summary>
public sealed class SpoolOptions
{
    /// <summary>The spool's folder, absolute; generator and uploader name the same.</summary>
    [Required(AllowEmptyStrings = false)]
    public string Path { get; set; } = "";

    /// <summary>Whether a file is on disk (fsync) before its folder appears. Without it a loss of power may lose what the generator wrote last.</summary>
    public bool Durable { get; set; } = true;

    /// <summary>Age at which an uploaded folder is removed.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan TimeToLive { get; set; } = TimeSpan.FromHours(24);
}
