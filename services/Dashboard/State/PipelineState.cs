namespace FhirAspire.Dashboard.State;

/// <summary>Holds the newest snapshot and tells the open pages of it.</summary>
public sealed class PipelineState
{
    private readonly TaskCompletionSource first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PipelineSnapshot current = new();

    /// <summary>Ends with the first snapshot: from then on the run history has its tables, or the snapshot tells what is wrong with it.</summary>
    public Task First => first.Task;

    /// <summary>The newest snapshot.</summary>
    public PipelineSnapshot Current => Volatile.Read(ref current);

    /// <summary>Raised with every new snapshot, on the collector's thread.</summary>
    public event Action<PipelineSnapshot>? Changed;

    /// <summary>The runs of the last day, newest first; pages that look no further back need no query.</summary>
    public IReadOnlyList<Pipeline.Runs.JobRun> Runs { get; private set; } = [];

    internal void Publish(PipelineSnapshot snapshot, IReadOnlyList<Pipeline.Runs.JobRun>? runs = null)
    {
        Runs = runs ?? Runs;
        Volatile.Write(ref current, snapshot);
        first.TrySetResult();
        Changed?.Invoke(snapshot);
    }
}
