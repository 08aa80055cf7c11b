using System.Diagnostics;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>What a collector gets of a running host.</summary>
public sealed class TelemetryTests
{
    private static readonly string[] Steps = ["generate patient", "upload folder", "load object", "in marts"];

    [Fact]
    public async Task One_trace_follows_one_patient_from_generation_to_the_marts_run()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        using var data = new TemporaryData();
        await using var host = HostUnderTest.Start(data, ["Generator:PatientsPerRun=3", "Jobs:generator:Cron=0 0 1 1 *", "Jobs:uploader:Every=00:00:02", "Jobs:loader:Every=00:00:02", "Jobs:dbt:Every=00:00:05"], new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = collector.Endpoint, ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf", ["OTEL_BSP_SCHEDULE_DELAY"] = "200", ["OTEL_METRIC_EXPORT_INTERVAL"] = "1000",
        });
        var journeys = await JourneysAsync(collector, host, patients: 3);

        journeys.Count.ShouldBe(3);
        foreach (var journey in journeys)
        {
            var begin = journey.Single(span => span.Name == "generate patient");
            begin.ParentId.ShouldBeEmpty();
            var upload = journey.First(span => span.Name == "upload folder" && span.ParentId == begin.Id);
            var loads = journey.Where(span => span.Name == "load object").ToList();
            loads.ShouldAllBe(load => journey.Any(span => span.Name == "upload folder" && span.Id == load.ParentId));
            loads.ShouldContain(load => load.ParentId == upload.Id);
            var end = journey.First(span => span.Name == "in marts");
            loads.ShouldContain(load => load.Id == end.ParentId);

            // Each step is linked with its job's run; the last with the dbt run that made the marts.
            var runs = collector.Spans.Where(span => span.Name.EndsWith(" run", StringComparison.Ordinal)).ToLookup(span => span.Id, span => span.Name);
            begin.Links.SelectMany(link => runs[link]).ShouldBe(["generator run"]);
            upload.Links.SelectMany(link => runs[link]).ShouldBe(["uploader run"]);
            end.Links.SelectMany(link => runs[link]).ShouldBe(["dbt run"]);
        }

        await EventuallyAsync(() => collector.Metrics.ContainsKey("fhiraspire.job.runs") && collector.LogRequests > 0, host);
    }

    private static async Task<List<List<OtlpSpan>>> JourneysAsync(OtlpReceiver collector, HostUnderTest host, int patients)
    {
        // A run's span comes at its end, after those of its steps.
        List<List<OtlpSpan>> Complete()
        {
            var known = collector.Spans.Select(span => span.Id).ToHashSet();
            return [.. collector.Spans.GroupBy(span => span.TraceId)
                .Where(trace => Steps.All(step => trace.Any(span => span.Name == step)) && trace.SelectMany(span => span.Links).All(known.Contains))
                .Select(trace => trace.ToList())];
        }

        await EventuallyAsync(() => Complete().Count >= patients, host);
        return Complete();
    }

    private static async Task EventuallyAsync(Func<bool> condition, HostUnderTest host)
    {
        var begin = Stopwatch.StartNew();
        while (!condition())
        {
            begin.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(120), host.Output);
            await Task.Delay(100);
        }
    }
}
