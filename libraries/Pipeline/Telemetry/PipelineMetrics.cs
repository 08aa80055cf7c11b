using System.Diagnostics.Metrics;

namespace FhirAspire.Pipeline.Telemetry;

/// <summary>The pipeline's metrics. docs/observability.md lists them, and a test compares the list with them.</summary>
public static class PipelineMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "FhirAspire.Pipeline";

    private static readonly Meter Meter = new(MeterName);

    // From a tick of the generator to a first dbt run of a large bucket.
    private static readonly double[] DurationBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600];

    private static volatile PipelineLevels levels = new();

    /// <summary>Runs that have ended, by <c>job</c> and <c>status</c>.</summary>
    internal static Counter<long> Runs { get; } = Meter.CreateCounter<long>("fhiraspire.job.runs", "{run}", "Runs that have ended, by job and status");

    /// <summary>How long runs took, by <c>job</c> and <c>status</c>.</summary>
    internal static Histogram<double> Duration { get; } = Meter.CreateHistogram("fhiraspire.job.duration", "s", "Duration of runs from start to end, pauses between attempts included, by job and status",
        advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = DurationBounds });

    /// <summary>Attempts after the first, by <c>job</c>.</summary>
    internal static Counter<long> Retries { get; } = Meter.CreateCounter<long>("fhiraspire.job.retries", "{attempt}", "Attempts after the first one of a run, by job");

    /// <summary>Files that jobs have moved, by <c>job</c>.</summary>
    internal static Counter<long> Files { get; } = Meter.CreateCounter<long>("fhiraspire.job.files", "{file}", "Files written, uploaded or loaded, by job");

    /// <summary>Bytes that jobs have moved, by <c>job</c>.</summary>
    internal static Counter<long> Bytes { get; } = Meter.CreateCounter<long>("fhiraspire.job.bytes", "By", "Bytes written, uploaded or loaded, by job");

    /// <summary>Rows that jobs have written, by <c>job</c>.</summary>
    internal static Counter<long> Rows { get; } = Meter.CreateCounter<long>("fhiraspire.job.rows", "{row}", "Rows written, by job");

    /// <summary>Files and lines that were quarantined.</summary>
    internal static Counter<long> Quarantined { get; } = Meter.CreateCounter<long>("fhiraspire.load.quarantined", "{error}", "Files, and lines of files, that were quarantined");

    /// <summary>Notices to people, by <c>channel</c> and <c>outcome</c>.</summary>
    internal static Counter<long> Alerts { get; } = Meter.CreateCounter<long>("fhiraspire.alerts", "{notice}", "Notices to people, by channel and outcome (sent, failed)");

    private static ObservableGauge<long> BacklogItems { get; } = Meter.CreateObservableGauge("fhiraspire.backlog", ObserveBacklog, "{item}", "What waits, by stage: folders for upload, objects for load, rows for dbt");

    private static ObservableGauge<double> Freshness { get; } = Meter.CreateObservableGauge("fhiraspire.freshness", ObserveFreshness, "s", "Age of the newest data, by layer (raw, marts)");

    /// <summary>What was measured last; the gauges report it.</summary>
    public static PipelineLevels Levels
    {
        get => levels;
        set => levels = value;
    }

    private static IEnumerable<Measurement<long>> ObserveBacklog()
    {
        var now = levels;
        foreach (var (stage, items) in new[] { ("upload", now.FoldersToUpload), ("load", now.ObjectsToLoad), ("dbt", now.RowsForDbt) })
        {
            if (items is { } known)
            {
                yield return new Measurement<long>(known, new KeyValuePair<string, object?>("stage", stage));
            }
        }
    }

    private static IEnumerable<Measurement<double>> ObserveFreshness()
    {
        var now = levels;
        foreach (var (layer, age) in new[] { ("raw", now.RawAge), ("marts", now.MartsAge) })
        {
            if (age is { } known)
            {
                yield return new Measurement<double>(known.TotalSeconds, new KeyValuePair<string, object?>("layer", layer));
            }
        }
    }
}

/// <summary>What waits and how old the data is; null where it is not known, or not of this process.</summary>
public sealed record PipelineLevels
{
    /// <summary>When it was measured, UTC.</summary>
    public DateTime MeasuredAt { get; init; }

    /// <summary>Spool folders that wait for upload.</summary>
    public long? FoldersToUpload { get; init; }

    /// <summary>Objects of the days that still change which the warehouse has not seen.</summary>
    public long? ObjectsToLoad { get; init; }

    /// <summary>Rows of the raw layer that came after the start of the newest good dbt run.</summary>
    public long? RowsForDbt { get; init; }

    /// <summary>Time since a row was loaded.</summary>
    public TimeSpan? RawAge { get; init; }

    /// <summary>Time since the start of the newest good dbt run: what was loaded later is not in the marts.</summary>
    public TimeSpan? MartsAge { get; init; }
}
