using FhirAspire.Pipeline.Telemetry;

namespace FhirAspire.Pipeline.Operations;

/// <summary>What a process of the pipeline had used at an instant, told by itself.</summary>
public sealed class ProcessSample
{
    /// <summary>Its number.</summary>
    public long Id { get; set; }

    /// <summary>The process: machine, number and start, as leases name it.</summary>
    public required string Process { get; set; }

    /// <summary>What runs in it, such as <c>Loader</c>.</summary>
    public required string Service { get; set; }

    /// <summary>When, UTC.</summary>
    public DateTime At { get; set; }

    /// <summary>What it had used by then.</summary>
    public required ProcessUse Use { get; set; }
}
