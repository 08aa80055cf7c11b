namespace FhirAspire.Pipeline.Jobs;

/// <summary>What a run knows of itself.</summary>
/// <param name="RunId">The run's number in the history.</param>
/// <param name="Attempt">1 for the first try.</param>
/// <param name="Trigger">What started the run.</param>
/// <param name="Fence">Grows with every holder of the job's lease; a writer checks it in its transaction.</param>
/// <param name="StartedAt">When the attempt began.</param>
public sealed record JobContext(long RunId, int Attempt, RunTrigger Trigger, long Fence, DateTimeOffset StartedAt);

/// <summary>What started a run.</summary>
public enum RunTrigger
{
    /// <summary>The job's schedule.</summary>
    Schedule,

    /// <summary>The end of an earlier job's run that had work for this one.</summary>
    Upstream,

    /// <summary>A person.</summary>
    Manual,

    /// <summary>The start of the host.</summary>
    Start,
}
