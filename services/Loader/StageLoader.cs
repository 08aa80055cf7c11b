using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;
using FhirAspire.Warehouse.Snowflake;

namespace FhirAspire.Loader;

/// <summary>Loads a batch of objects into Snowflake, which reads them from its stage itself: no document comes through this process.</summary>
internal static class StageLoader
{
    public static async Task LoadAsync(IWarehouseSession session, LoadIdentity identity, IReadOnlyList<NewObject> items, LoadTotals totals, TimeProvider time, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        var done = await StageCopy.LoadAsync(session, identity, [.. items.Select(item => (item.Object, item.IsKnown))], ObjectKeys.PrefixOf, time.GetUtcNow(), cancellationToken);
        foreach (var item in done)
        {
            // How many resources a document holds, the account knows alone: record_count of its row.
            var loaded = new LoadedObject(item.Object) { Rows = item.Rows };
            loaded.Errors.AddRange(item.Errors);
            totals.Add(loaded);
        }

        progress.Report(new JobProgress(totals.Files, null, "files", totals.Bytes));
    }
}
