using System.Diagnostics;
using FhirAspire.ObjectStore;
using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Loader;

/// <summary>Gets an object and hands on its rows. A connection that breaks in the middle of a body is tried again, which the S3 client itself does not do.</summary>
internal sealed class ObjectFetcher(ObjectBucket bucket, LoaderOptions options, long warehouseLimit, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(1)];

    private readonly DocumentLimits limits = new(options.MaxDocumentBytes, warehouseLimit);

    /// <summary>Reads an object.</summary>
    /// <param name="loaded">Takes the counts and the errors.</param>
    /// <param name="take">Takes each row.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>False when it is no longer there.</returns>
    public async Task<bool> ReadAsync(LoadedObject loaded, Func<LoadedRow, ValueTask> take, CancellationToken cancellationToken)
    {
        if (ObjectReader.IsLineKey(loaded.Object.Key))
        {
            loaded.Errors.Add(new RawError(loaded.Object.Key, loaded.Object.ETag, "key", "LOD2012", "the key ends with # and a number, as the key of a line of NDJSON does; give the object another name"));
            return true;
        }

        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await ReadOnceAsync(loaded, take, cancellationToken);
            }
            catch (Exception exception) when (attempt < Pauses.Length && loaded.Rows == 0 && ObjectStoreErrors.IsTransient(exception))
            {
                loaded.Errors.Clear();
                await Task.Delay(Pauses[attempt], time, cancellationToken);
            }
        }
    }

    private async Task<bool> ReadOnceAsync(LoadedObject loaded, Func<LoadedRow, ValueTask> take, CancellationToken cancellationToken)
    {
        var item = loaded.Object;
        try
        {
            using var content = await OpenAsync(item, cancellationToken);
            // Rows say which content they hold; the object is known by what was listed, so that a wrong listing is not loaded for ever.
            // The trace of the patient that the object belongs to, which the uploader has put there; the load itself is linked.
            using var activity = content.Metadata(ObjectBucket.TraceParent) is { Length: > 0 } parent
                ? LoaderLog.Activities.StartActivity(LoaderLog.LoadObject, ActivityKind.Consumer, parent, links: Activity.Current is { } run ? [new ActivityLink(run.Context)] : null)
                : null;
            activity?.SetTag("fhiraspire.key", item.Key);
            var actual = item with { ETag = content.ETag, LastModified = content.LastModified };
            await foreach (var row in ObjectReader.ReadAsync(actual, content.Stream, limits, loaded.Errors, cancellationToken))
            {
                loaded.Rows++;
                loaded.Resources += row.Row.RecordCount;
                await take(row);
            }

            loaded.Trace = activity?.Context;
            return true;
        }
        catch (Exception exception) when (ObjectStoreErrors.IsNotFound(exception))
        {
            LoaderLog.Gone(logger, item.Key);
            return false;
        }
        catch (Exception exception) when (ObjectStoreErrors.IsArchived(exception))
        {
            loaded.Errors.Add(new RawError(item.Key, item.ETag, "object", "LOD2013", "the object is archived (Glacier) and can't be read; restore it, then retry it"));
            return true;
        }
    }

    private async Task<ObjectContent> OpenAsync(RawObject item, CancellationToken cancellationToken)
    {
        try
        {
            return await bucket.GetAsync(item.Key, item.ETag, cancellationToken);
        }
        catch (Exception exception) when (ObjectStoreErrors.IsPreconditionFailed(exception))
        {
            // Replaced since it was listed, or the listing lags: what is there now counts. The next listing that differs loads it again.
            LoaderLog.Changed(logger, item.Key);
            return await bucket.GetAsync(item.Key, null, cancellationToken);
        }
    }
}
