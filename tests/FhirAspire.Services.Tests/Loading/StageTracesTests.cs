using System.Data;
using System.Diagnostics;
using FhirAspire.Loader;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
using FhirAspire.Warehouse.Raw;
using FhirAspire.Warehouse.Snowflake;
using FhirAspire.Warehouse.Tests.Snowflake;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Services.Tests.Loading;

/// <summary>Snowflake reads the objects itself; the traces that lie beside them are kept for dbt all the same.</summary>
public sealed class StageTracesTests
{
    private const string Key = $"{ObjectKeys.Patients}2026-01-02/a/a.json";

    [Fact]
    public async Task A_trace_of_what_Snowflake_has_loaded_waits_for_dbt_and_what_it_refused_has_none()
    {
        await using var pipeline = await PipelineFixture.StartAsync();
        var upload = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        var refused = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded);
        await PutAsync(pipeline, Key, upload);
        await PutAsync(pipeline, Key.Replace("/a.json", "/b.json", StringComparison.Ordinal), refused);
        await pipeline.PutAsync(Key.Replace("/a.json", "/c.json", StringComparison.Ordinal), "{}");
        var steps = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "FhirAspire.Loader",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                lock (steps)
                {
                    steps.Add(activity);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        var history = new RunStoreOptions { ConnectionString = Path.Combine(pipeline.Folder, "history.db") };
        await new RunStore(history, pipeline.Time).PrepareAsync();
        var traces = new PatientTraces(new OperationsStore(history), pipeline.Time, NullLogger<PatientTraces>.Instance);
        await using var warehouse = new SnowflakeWarehouse(new SnowflakeOptions { ConnectionString = "account=a;user=u;db=FHIR;warehouse=W" }, new ScriptedDriver(Answer));

        var totals = await new ObjectLoader(pipeline.Bucket, warehouse, Options.Create(new LoaderOptions()), pipeline.Time, NullLogger<ObjectLoader>.Instance, traces)
            .LoadAsync([ObjectKeys.Patients], new LoadIdentity(1, 1), new Progress<JobProgress>(), 2, default);

        (totals.Files, totals.Errors).ShouldBe((3, 1));
        var step = steps.Single(activity => activity.TraceId == upload.TraceId);
        (step.OperationName, step.ParentSpanId).ShouldBe(("load object", upload.SpanId));
        steps.ShouldNotContain(activity => activity.TraceId == refused.TraceId);
        (await traces.WaitingAsync()).ShouldHaveSingleItem().Parent.ShouldBe($"00-{upload.TraceId}-{step.SpanId}-01");
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    private static async Task PutAsync(PipelineFixture pipeline, string key, ActivityContext trace)
    {
        using var body = new MemoryStream("{}"u8.ToArray());
        await pipeline.Bucket.PutAsync(key, body, "application/fhir+json", [new(ObjectBucket.TraceParent, $"00-{trace.TraceId}-{trace.SpanId}-01")]);
    }

    private static object? Answer(string sql)
    {
        if (!sql.StartsWith("copy into", StringComparison.Ordinal))
        {
            return null;
        }

        var table = new DataTable { Columns = { { "file", typeof(string) }, { "status", typeof(string) }, { "rows_parsed", typeof(long) }, { "rows_loaded", typeof(long) }, { "first_error", typeof(string) }, { "first_error_line", typeof(long) } } };
        table.Rows.Add(Key, "LOADED", 1L, 1L, DBNull.Value, DBNull.Value);
        table.Rows.Add(Key.Replace("/a.json", "/b.json", StringComparison.Ordinal), "LOAD_FAILED", 1L, 0L, "broken", 1L);
        table.Rows.Add(Key.Replace("/a.json", "/c.json", StringComparison.Ordinal), "LOADED", 1L, 1L, DBNull.Value, DBNull.Value);
        return table;
    }
}
