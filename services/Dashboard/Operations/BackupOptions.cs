using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Dashboard.Operations;

/// <summary>Where copies of warehouse and history are kept. Section <c>Backup</c>.</summary>
public sealed class BackupOptions
{
    /// <summary>The folder of the copies; each is a folder named for its instant. Empty: no backups here.</summary>
    public string Dir { get; set; } = "";

    /// <summary>Copies that are kept; the oldest go.</summary>
    [Range(1, 10_000)]
    public int Keep { get; set; } = 7;
}
