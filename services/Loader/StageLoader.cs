using System.Diagnostics;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;
using FhirAspire.Warehouse.Snowflake;

namespace FhirAspire.Loader;

/// <summary>Loads a batch of objects into Snowflake, which reads them from its stage itself: no document comes through this process.</summary>
internal static class StageLoader
{
    // Of a load of thousands at once not every patient's trace is followed: each costs a request.
    private const int MostTraces = 1000;

    public static async Task LoadAsync(ObjectBucket bucket, IWarehouseSession session, LoadIdentity identity, IReadOnlyList<NewObject> items, LoadTotals totals, int parallelism, TimeProvider time, ILogger logger, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var begin = time.GetUtcNow();
        var done = await StageCopy.LoadAsync(session, identity, [.. items.Select(item => (item.Object, item.IsKnown))], ObjectKeys.PrefixOf, time.GetUtcNow(), cancellationToken);
        var all = new List<LoadedObject>(done.Count);
        foreach (var item in done)
        {
            // How many resources a document holds, the account knows alone: record_count of its row.
            var loaded = new LoadedObject(item.Object) { Rows = item.Rows };
            loaded.Errors.AddRange(item.Errors);
            all.Add(loaded);
        }

        await TraceAsync(bucket, all, begin, parallelism, logger, cancellationToken);
        all.ForEach(totals.Add);
        progress.Report(new JobProgress(totals.Files, null, "files", totals.Bytes));
    }

    // What the uploader has put beside the objects; where nobody listens, it isn't asked for. The load is committed: nothing that fails here may undo it.
    private static async Task TraceAsync(ObjectBucket bucket, List<LoadedObject> all, DateTimeOffset begin, int parallelism, ILogger logger, CancellationToken cancellationToken)
    {
        if (!LoaderLog.Activities.HasListeners())
        {
            return;
        }

        var run = Activity.Current;
        try
        {
            await Parallel.ForEachAsync(all.Where(loaded => loaded.Rows > 0).Take(MostTraces), new ParallelOptions { MaxDegreeOfParallelism = parallelism, CancellationToken = cancellationToken }, async (loaded, token) =>
            {
                if (ActivityContext.TryParse(await bucket.MetadataAsync(loaded.Object.Key, ObjectBucket.TraceParent, token), null, isRemote: true, out var upload))
                {
                    using var activity = LoaderLog.Activities.StartActivity(ActivityKind.Consumer, upload, links: run is null ? null : [new ActivityLink(run.Context)], startTime: begin, name: LoaderLog.LoadObject);
                    activity?.SetTag("fhiraspire.key", loaded.Object.Key);
                    loaded.Trace = activity?.Context;
                }
            });
        }
        catch (Exception exception)
        {
            LoaderLog.NotTraced(logger, exception);
        }
    }
}
