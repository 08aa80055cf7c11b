using System.Diagnostics;
using FhirAspire.Pipeline.Operations;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Telemetry;

/// <summary>
/// The trace of one patient: it begins with the generation, goes on in the spool folder and in the object's metadata through upload and load, and ends with
/// the dbt run that brings the patient into the marts. Between load and dbt, which may be different processes, it is kept in the history.
/// </summary>
/// <remarks>A history that fails is told in the log, and costs traces their end, never a job its work.</remarks>
public sealed class PatientTraces(OperationsStore operations, TimeProvider time, ILogger<PatientTraces> logger)
{
    // Of a load of thousands at once not every patient's trace needs its end.
    private const int Most = 1000;

    /// <summary>Keeps the traces of what was loaded until a dbt run has taken it in.</summary>
    public async Task LoadedAsync(IEnumerable<ActivityContext> traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        var now = time.GetUtcNow().UtcDateTime;
        var waiting = traces.Take(Most).Select(trace => new WaitingTrace { Parent = $"00-{trace.TraceId}-{trace.SpanId}-{(int)trace.TraceFlags:x2}", LoadedAt = now }).ToList();
        if (waiting.Count > 0)
        {
            await TryAsync(() => operations.AddTracesAsync(waiting, Most)).ConfigureAwait(false);
        }
    }

    /// <summary>The traces that wait. A run that fails leaves them to the next.</summary>
    public async Task<IReadOnlyList<WaitingTrace>> WaitingAsync(CancellationToken cancellationToken = default)
    {
        IReadOnlyList<WaitingTrace> waiting = [];
        await TryAsync(async () => waiting = await operations.TracesAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return waiting;
    }

    /// <summary>Ends the patients' traces: in each a step that is linked with the run that brought its patient into the marts.</summary>
    /// <param name="traces">What <see cref="WaitingAsync"/> gave when the run began.</param>
    public async Task InMartsAsync(IReadOnlyList<WaitingTrace> traces)
    {
        ArgumentNullException.ThrowIfNull(traces);
        if (traces.Count == 0)
        {
            return;
        }

        var run = Activity.Current;
        foreach (var trace in traces)
        {
            if (ActivityContext.TryParse(trace.Parent, null, isRemote: true, out var load))
            {
                using var step = Jobs.JobRunner.Activities.StartActivity("in marts", ActivityKind.Consumer, load, links: run is null ? null : [new ActivityLink(run.Context)]);
                step?.SetTag("fhiraspire.run.trace_id", run?.TraceId.ToString());
            }
        }

        await TryAsync(() => operations.RemoveTracesAsync(traces)).ConfigureAwait(false);
    }

    private async Task TryAsync(Func<Task> action)
    {
        try
        {
            await action().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Jobs.JobLog.TracesLost(logger, exception);
        }
    }
}
