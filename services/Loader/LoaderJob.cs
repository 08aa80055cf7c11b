using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Telemetry;
using FhirAspire.Warehouse.Raw;
using Microsoft.Extensions.Options;

namespace FhirAspire.Loader;

/// <summary>
/// Loads what is new. Every run lists the days that still change; the first one after a start, one asked for by a person, and one an hour list
/// everything, which finds what arrived late or was put there by others. Quarantined objects that somebody asked for are read again by any run.
/// </summary>
public sealed class LoaderJob(ObjectLoader loader, ObjectBucket bucket, IOptions<LoaderOptions> options, TimeProvider time) : IJob
{
    private DateTimeOffset? lastSweep;

    /// <inheritdoc/>
    public string Name => JobNames.Loader;

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isSweep = context.Trigger == RunTrigger.Manual || lastSweep is null || (now - lastSweep.Value).Duration() >= options.Value.SweepInterval;
        var prefixes = isSweep ? [ObjectKeys.Patients] : RecentPrefixes(now);

        await bucket.EnsureBucketAsync(cancellationToken);
        var totals = await loader.LoadAsync(prefixes, new LoadIdentity(context.RunId, context.Fence), context.Progress, context.Threads(options.Value.Parallelism), cancellationToken);
        lastSweep = isSweep && totals.Problems.Count == 0 ? now : lastSweep;
        var counts = new Dictionary<string, long>
        {
            ["files"] = totals.Files, ["bytes"] = totals.Bytes, ["rows"] = totals.Rows, ["resources"] = totals.Resources, ["errors"] = totals.Errors,
        };
        // A run that counts nothing did nothing, and nothing follows it.
        foreach (var (name, milliseconds) in totals.Files > 0 ? LoadPhases.Counts(totals) : [])
        {
            counts[name] = milliseconds;
        }

        return new JobOutcome(counts, totals.Files == 0 ? "nothing new" : FormattableString.Invariant($"{totals.Rows:N0} rows of {totals.Files:N0} files, {totals.Resources:N0} resources") + (totals.Errors > 0 ? $"; {totals.Errors} quarantined" : ""))
        {
            Problems = totals.Problems,
        };
    }

    /// <summary>Adds what waits for a load, and the age of what is loaded.</summary>
    /// <param name="levels">What others have measured.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PipelineLevels> MeasureAsync(PipelineLevels levels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(levels);
        var now = time.GetUtcNow();
        var (waiting, newest) = await loader.MeasureAsync(RecentPrefixes(now), cancellationToken);
        return levels with { ObjectsToLoad = waiting, RawAge = newest is { } at ? now.UtcDateTime - at : null };
    }

    private string[] RecentPrefixes(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return [.. Enumerable.Range(0, options.Value.RecentDays).Select(back => ObjectKeys.OfDay(today.AddDays(-back))).Reverse()];
    }
}
