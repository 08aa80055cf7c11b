using System.Diagnostics;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace FhirAspire.Pipeline.Tests;

/// <summary>Loader and dbt in two processes, each with its own objects over one history.</summary>
public sealed class WaitingTracesTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("traces-").FullName;
    private readonly FakeTimeProvider clock = new();
    private readonly RunStoreOptions options;

    public WaitingTracesTests() => options = new RunStoreOptions { ConnectionString = Path.Combine(folder, "history.db") };

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_trace_of_the_loaders_process_ends_in_that_of_dbt_and_only_once()
    {
        await new RunStore(options, clock).PrepareAsync();
        var loader = Traces(options);
        var dbt = Traces(options);
        var first = Context();
        var later = Context();
        var ended = new List<Activity>();
        var pipeline = JobRunner.Activities.Name;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == pipeline,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == first.TraceId || activity.TraceId == later.TraceId)
                {
                    ended.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);

        await loader.LoadedAsync([first]);
        (await dbt.WaitingAsync()).Count.ShouldBe(1);
        // That run fails: the trace waits for the next one, and what is loaded while this goes on waits for the one after.
        var waiting = await dbt.WaitingAsync();
        await loader.LoadedAsync([later]);
        await dbt.InMartsAsync(waiting);

        var step = ended.ShouldHaveSingleItem();
        (step.OperationName, step.TraceId, step.ParentSpanId).ShouldBe(("in marts", first.TraceId, first.SpanId));
        await dbt.InMartsAsync(await dbt.WaitingAsync());
        ended.Select(activity => activity.TraceId).ShouldBe([first.TraceId, later.TraceId]);
        (await dbt.WaitingAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task No_more_than_a_thousand_wait_and_a_history_that_fails_hurts_nobody()
    {
        await new RunStore(options, clock).PrepareAsync();
        await Traces(options).LoadedAsync(Enumerable.Range(0, 600).Select(_ => Context()));
        await Traces(options).LoadedAsync(Enumerable.Range(0, 600).Select(_ => Context()));
        (await Traces(options).WaitingAsync()).Count.ShouldBe(1000);

        var broken = Traces(new RunStoreOptions { ConnectionString = Path.Combine(folder, "no-such-folder", "history.db") });
        await broken.LoadedAsync([Context()]);
        (await broken.WaitingAsync()).ShouldBeEmpty();
    }

    private static ActivityContext Context() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);

    private PatientTraces Traces(RunStoreOptions history) => new(new OperationsStore(history), clock, NullLogger<PatientTraces>.Instance);
}
