namespace FhirAspire.Pipeline.Operations;

/// <summary>What people decided about a job; it outlives the host.</summary>
public sealed class JobState
{
    /// <summary>The job.</summary>
    public required string Job { get; set; }

    /// <summary>When it was paused, UTC; null while it is not.</summary>
    public DateTime? PausedAt { get; set; }

    /// <summary>By whom.</summary>
    public string? PausedBy { get; set; }
}
