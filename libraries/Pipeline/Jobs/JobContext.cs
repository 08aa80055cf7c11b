namespace FhirAspire.Pipeline.Jobs;

/// <summary>What a run knows of itself.</summary>
/// <param name="RunId">The run's number in the history.</param>
/// <param name="Attempt">1 for the first try.</param>
/// <param name="Trigger">What started the run.</param>
/// <param name="Fence">Grows with every holder of the job's lease; a writer checks it in its transaction.</param>
/// <param name="StartedAt">When the attempt began.</param>
/// <param name="Progress">Takes how far the run is; cheap enough for every file.</param>
public sealed record JobContext(long RunId, int Attempt, RunTrigger Trigger, long Fence, DateTimeOffset StartedAt, IProgress<JobProgress> Progress)
{
    /// <summary>The job's <see cref="JobOptions.MaxThreads"/>; 0: no limit.</summary>
    public int MaxThreads { get; init; }

    /// <summary>How many things the run may do at the same time.</summary>
    /// <param name="wanted">What the job's own options say; 0 leaves it to the limit.</param>
    public int Threads(int wanted) => MaxThreads == 0 ? wanted : wanted == 0 ? MaxThreads : Math.Min(wanted, MaxThreads);
}

/// <summary>How far a run is.</summary>
/// <param name="Done">Items done.</param>
/// <param name="Total">Items to do, where that is known.</param>
/// <param name="Unit">What the items are: <c>files</c>, <c>models</c> ...</param>
/// <param name="Bytes">Bytes done, where they are counted.</param>
public sealed record JobProgress(long Done, long? Total, string Unit, long Bytes = 0);

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

    /// <summary>The start of a host after a time in which the schedule was due and no host ran.</summary>
    CatchUp,

    /// <summary>Somebody who asked for quarantined files to be read again.</summary>
    Retry,
}
