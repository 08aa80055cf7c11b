using System.Diagnostics;

namespace FhirAspire.Pipeline.Telemetry;

/// <summary>
/// The trace of one patient: it begins with the generation, goes on in the spool folder and in the object's metadata through upload and load, and ends with
/// the dbt run that brings the patient into the marts. The last step is known where loader and dbt run in one process.
/// </summary>
public static class PatientTraces
{
    // Of a load of thousands at once not every patient's trace needs its end.
    private const int Most = 1000;

    private static readonly Lock Gate = new();
    private static readonly List<ActivityContext> Waiting = [];

    /// <summary>Keeps the traces of what was loaded until the next dbt run; again those of a run that failed.</summary>
    public static void Loaded(params IReadOnlyCollection<ActivityContext> traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        lock (Gate)
        {
            Waiting.AddRange(traces.Take(Most - Waiting.Count));
        }
    }

    /// <summary>The traces of what was loaded since the last call.</summary>
    public static IReadOnlyList<ActivityContext> Take()
    {
        lock (Gate)
        {
            var taken = Waiting.ToList();
            Waiting.Clear();
            return taken;
        }
    }

    /// <summary>Ends the patients' traces: in each a step that is linked with the run that brought its patient into the marts.</summary>
    /// <param name="traces">What <see cref="Take"/> gave when the run began.</param>
    public static void InMarts(IReadOnlyList<ActivityContext> traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        var run = Activity.Current;
        foreach (var trace in traces)
        {
            using var step = Jobs.JobRunner.Activities.StartActivity("in marts", ActivityKind.Consumer, trace, links: run is null ? null : [new ActivityLink(run.Context)]);
            step?.SetTag("fhiraspire.run.trace_id", run?.TraceId.ToString());
        }
    }
}
