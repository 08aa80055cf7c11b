namespace FhirAspire.Simulation.Record;

/// <summary>A medication order, or (with <see cref="IsAdministration"/>) something given on the spot.</summary>
public sealed class Medication : Entry
{
    /// <summary>Given on the spot: <see cref="Entry.Stop"/> equals <see cref="Entry.Start"/>.</summary>
    public bool IsAdministration { get; internal set; }

    /// <summary>Renewed at each wellness visit.</summary>
    public bool IsChronic { get; internal set; }

    /// <summary>Why, if known.</summary>
    public Code? Reason { get; internal set; }

    /// <summary>The condition that is the reason, if it is one of this record.</summary>
    public Entry? ReasonEntry { get; internal set; }

    /// <summary>Why it was stopped, if it was.</summary>
    public Code? StopReason { get; internal set; }

    /// <summary>How to take it, if the module says so.</summary>
    public Prescription? Prescription { get; internal set; }

    /// <summary>The claim for it.</summary>
    public Claim Claim { get; internal set; } = null!;
}
