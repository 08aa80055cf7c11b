using System.Diagnostics;
using FhirAspire.AppHost.Tests.Faults;
using FhirAspire.ObjectStore;
using FhirAspire.ObjectStore.LocalS3;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>A patient's trace where loader and dbt are processes of their own on one history.</summary>
public sealed class ProcessTracesTests
{
    [SkippableFact]
    public async Task A_trace_that_the_loaders_process_goes_on_with_ends_in_the_run_of_dbts_process()
    {
        var postgres = await PostgresServer.RequireAsync();
        var database = await postgres.CreateDatabaseAsync();
        using var data = new TemporaryData();
        await using var collector = await OtlpReceiver.StartAsync();
        await using var s3 = await LocalS3Server.StartAsync(Path.Combine(data.Path, "s3"));
        var options = new ObjectStoreOptions { ServiceUrl = s3.Endpoint.ToString(), AccessKey = s3.AccessKey, SecretKey = s3.SecretKey };
        using var client = ObjectStoreClientFactory.Create(options);
        var bucket = new ObjectBucket(client, options);
        await bucket.EnsureBucketAsync();
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        var upload = ActivitySpanId.CreateRandom().ToHexString();
        const string Patient = """{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:00000000-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","id":"00000000-0000-4000-8000-000000000001","gender":"female","birthDate":"1970-01-01"}}]}""";
        using (var body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Patient)))
        {
            await bucket.PutAsync($"{ObjectKeys.Patients}{TimeProvider.System.GetUtcNow():yyyy-MM-dd}/a/a.json", body, "application/fhir+json", [new(ObjectBucket.TraceParent, $"00-{trace}-{upload}-01")]);
        }

        var settings = new Dictionary<string, string?>(PostgresOnceTests.Settings(database))
        {
            ["S3__ServiceUrl"] = options.ServiceUrl, ["S3__AccessKey"] = options.AccessKey, ["S3__SecretKey"] = options.SecretKey,
            ["Jobs__loader__Every"] = "00:00:01", ["Jobs__dbt__Every"] = "00:00:02",
            ["Dbt__ProjectDir"] = Path.Combine(TestEnvironment.RepositoryRoot, "dbt"), ["Dbt__TargetDir"] = Path.Combine(data.Path, "target"), ["Dbt__MartsDir"] = Path.Combine(data.Path, "marts"),
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_BSP_SCHEDULE_DELAY"] = "200",
        };
        await using var loader = ServiceProcess.Start("Loader", settings);
        OtlpSpan? load = null;
        // Its run has ended as well: by then the trace is kept.
        await UntilAsync(() => (load = Find("load object")) is not null && collector.Spans.Any(span => load.Links.Contains(span.Id)), loader);
        load!.ParentId.ShouldBe(upload);

        // The loader is gone before dbt is there: what waits, waits in the history.
        await loader.KillAsync();
        Find("in marts").ShouldBeNull();
        await using var dbt = ServiceProcess.Start("DbtRunner", settings);
        OtlpSpan? end = null;
        await UntilAsync(() => (end = Find("in marts")) is not null && collector.Spans.Any(span => end.Links.Contains(span.Id)), dbt);
        end!.ParentId.ShouldBe(load.Id);
        collector.Spans.Single(span => span.Id == end.Links.Single()).Name.ShouldBe("dbt run");

        OtlpSpan? Find(string name) => collector.Spans.FirstOrDefault(span => span.TraceId == trace && span.Name == name);
    }

    private static async Task UntilAsync(Func<bool> condition, ServiceProcess process)
    {
        var begin = Stopwatch.StartNew();
        while (!condition())
        {
            begin.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(5), process.Output);
            process.Process.HasExited.ShouldBeFalse(process.Output);
            await Task.Delay(100);
        }
    }
}
