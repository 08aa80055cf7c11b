using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
using FhirAspire.Pipeline.Tests.Jobs;
using FhirAspire.Tests;
using Microsoft.Extensions.Logging.Abstractions;

namespace FhirAspire.Pipeline.Tests;

public sealed partial class ObservabilityTests : IDisposable
{
    private readonly JobFixture fixture = new();

    [Fact]
    public void The_list_of_metrics_in_the_documentation_is_that_of_the_code()
    {
        var text = File.ReadAllText(Path.Combine(TestEnvironment.RepositoryRoot, "docs", "observability.md"));
        var listed = MetricRow().Matches(text).Select(row => $"{row.Groups["name"].Value} {row.Groups["kind"].Value} {row.Groups["unit"].Value}").Order(StringComparer.Ordinal).ToList();
        Instruments().Select(instrument => $"{instrument.Name} {KindOf(instrument)} {instrument.Unit}").Order(StringComparer.Ordinal).ShouldBe(listed);
    }

    [Fact]
    public async Task A_run_is_counted_with_its_status_duration_retries_and_work()
    {
        await fixture.Store.PrepareAsync();
        var name = $"job{Guid.NewGuid():N}";
        var seen = new List<(string Name, double Value, string Tags)>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, listening) => Listen(instrument, listening) };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();

        var run = fixture.Runner(new TestJob(name, (context, _) => context.Attempt == 1
            ? throw new TimeoutException("once")
            : Task.FromResult(new JobOutcome(new Dictionary<string, long> { ["files"] = 3, ["bytes"] = 500, ["rows"] = 7 }, "done")))).TriggerAsync(RunTrigger.Manual, default);
        while (!run.IsCompleted)
        {
            await Task.Delay(5);
            fixture.Time.Advance(TimeSpan.FromSeconds(10));
        }

        (await run)!.Status.ShouldBe(RunStatus.Succeeded);
        lock (seen)
        {
            double Of(string metric) => seen.Single(item => item.Name == metric && item.Tags.Contains(name, StringComparison.Ordinal)).Value;
            Of("fhiraspire.job.runs").ShouldBe(1);
            Of("fhiraspire.job.retries").ShouldBe(1);
            Of("fhiraspire.job.files").ShouldBe(3);
            Of("fhiraspire.job.bytes").ShouldBe(500);
            Of("fhiraspire.job.rows").ShouldBe(7);
            Of("fhiraspire.job.duration").ShouldBeGreaterThanOrEqualTo(60);
            seen.ShouldContain(item => item.Name == "fhiraspire.job.runs" && item.Tags.Contains("status=succeeded", StringComparison.Ordinal));
        }

        void Add<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var text = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            lock (seen)
            {
                seen.Add((instrument.Name, Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture), text));
            }
        }
    }

    [Fact]
    public async Task Levels_are_what_the_parts_measure_and_unknown_where_one_cannot()
    {
        using var meter = new LevelMeter(
        [
            new LevelSource("a", (levels, _) => Task.FromResult(levels with { FoldersToUpload = 4 })),
            new LevelSource("b", (_, _) => throw new IOException("S3 is down")),
            new LevelSource("c", (levels, _) => Task.FromResult(levels with { RawAge = TimeSpan.FromSeconds(90) })),
        ], fixture.Time, NullLogger<LevelMeter>.Instance);

        var levels = await meter.MeasureAsync(default);

        levels.FoldersToUpload.ShouldBe(4);
        levels.ObjectsToLoad.ShouldBeNull();
        levels.RawAge.ShouldBe(TimeSpan.FromSeconds(90));
    }

    public void Dispose() => fixture.Dispose();

    private static void Listen(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == PipelineMetrics.MeterName)
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private static List<Instrument> Instruments()
    {
        _ = PipelineMetrics.Levels;
        var instruments = new List<Instrument>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == PipelineMetrics.MeterName)
            {
                instruments.Add(instrument);
            }
        };
        listener.Start();
        return instruments;
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        Histogram<double> => "histogram",
        _ when instrument.IsObservable => "gauge",
        _ => instrument.GetType().Name,
    };

    [GeneratedRegex(@"^\| `(?<name>fhiraspire\.[\w.]+)` \| (?<kind>\w+) \| (?<unit>\S+) \|", RegexOptions.Multiline | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex MetricRow();
}
