using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Generator.Synthea;

/// <summary>How Synthea itself is run, one process a patient.</summary>
public sealed class SyntheaOptions
{
    /// <summary>The Java executable, or another program that takes the same arguments.</summary>
    public string Java { get; set; } = "java";

    /// <summary>The jar, <c>synthea-with-dependencies.jar</c>.</summary>
    public string Jar { get; set; } = "";

    /// <summary>More arguments, before the state; separated by spaces.</summary>
    public string Arguments { get; set; } = "";

    /// <summary>A process that takes longer is ended.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(5);
}
