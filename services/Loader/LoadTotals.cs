using System.Diagnostics;

namespace FhirAspire.Loader;

/// <summary>What a load did.</summary>
public sealed class LoadTotals
{
    private readonly List<string> problems = [];
    private readonly Dictionary<string, TimeSpan> phases = new(StringComparer.Ordinal);
    private List<ActivityContext> traces = [];

    /// <summary>Objects, the quarantined ones included.</summary>
    public long Files { get; private set; }

    /// <summary>Their bytes in the bucket.</summary>
    public long Bytes { get; private set; }

    /// <summary>Rows of <c>raw.fhir_bundles</c>.</summary>
    public long Rows { get; private set; }

    /// <summary>Resources in these rows.</summary>
    public long Resources { get; private set; }

    /// <summary>Objects, or lines of them, that could not be loaded.</summary>
    public long Errors { get; private set; }

    /// <summary>Objects that could not be fetched, each with the reason; they are tried again.</summary>
    public IReadOnlyList<string> Problems => problems;

    /// <summary>What the load spent its time on; the parts follow each other, batch by batch, so that together they are at most as long as the load.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Phases => phases;

    internal void AddTime(string phase, TimeSpan time) => phases[phase] = TimeIn(phase) + time;

    internal TimeSpan TimeIn(string phase) => phases.GetValueOrDefault(phase);

    internal void AddProblem(string problem) => problems.Add(problem);

    internal void Add(LoadedObject loaded)
    {
        Files++;
        Bytes += loaded.Object.Size;
        Rows += loaded.Rows;
        Resources += loaded.Resources;
        Errors += loaded.Errors.Count;
        if (loaded.Trace is { } trace)
        {
            traces.Add(trace);
        }
    }

    /// <summary>The traces of what was loaded since the last call.</summary>
    internal IReadOnlyList<ActivityContext> TakeTraces()
    {
        var taken = traces;
        traces = [];
        return taken;
    }
}
