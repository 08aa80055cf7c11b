namespace FhirAspire.Pipeline.Operations;

/// <summary>The trace of something loaded that waits for the dbt run that brings it into the marts; loader and dbt may be different processes.</summary>
public sealed class WaitingTrace
{
    /// <summary>Its number, given by the store.</summary>
    public long Id { get; set; }

    /// <summary>The step of the load, as a W3C <c>traceparent</c>.</summary>
    public required string Parent { get; set; }

    /// <summary>When it was loaded, UTC.</summary>
    public DateTime LoadedAt { get; set; }
}
