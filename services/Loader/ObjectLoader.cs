using System.Buffers;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using FhirAspire.Fhir.Reading;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;
using Microsoft.Extensions.Options;

namespace FhirAspire.Loader;

/// <summary>
/// Loads what is new in the bucket. An object counts as loaded by key and ETag, so order and delay of arrival do not matter and a listing may be loaded
/// twice. Objects are read and checked in parallel, and written by one appender in transactions of bounded size.
/// </summary>
public sealed class ObjectLoader(ObjectBucket bucket, IWarehouse warehouse, IOptions<LoaderOptions> options, TimeProvider time, ILogger<ObjectLoader> logger)
{
    private readonly LoaderOptions options = options.Value;

    /// <summary>Loads what is new under some prefixes.</summary>
    /// <param name="prefixes">What to list.</param>
    /// <param name="identity">Who loads.</param>
    /// <param name="progress">Hears of every object.</param>
    /// <param name="cancellationToken">Rolls back the open transaction; what is committed stays.</param>
    public async Task<LoadTotals> LoadAsync(IReadOnlyList<string> prefixes, LoadIdentity identity, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        await using var session = await warehouse.OpenAsync(cancellationToken);
        await RawLayer.EnsureAsync(session, cancellationToken);
        var totals = new LoadTotals();
        var batch = new List<NewObject>();
        var bytes = 0L;
        foreach (var prefix in prefixes)
        {
            await foreach (var item in FindNewAsync(session, prefix, cancellationToken))
            {
                if (batch.Count > 0 && (bytes + item.Object.Size > options.BatchBytes || batch.Count >= options.BatchObjects))
                {
                    await LoadBatchAsync(session, batch, identity, totals, progress, cancellationToken);
                    batch.Clear();
                    bytes = 0;
                }

                batch.Add(item);
                bytes += item.Object.Size;
            }
        }

        if (batch.Count > 0)
        {
            await LoadBatchAsync(session, batch, identity, totals, progress, cancellationToken);
        }

        return totals;
    }

    // One look at the warehouse a page: a listing comes in the order of the keys, so the page's first and last key bound what is known of it.
    private async IAsyncEnumerable<NewObject> FindNewAsync(IWarehouseSession session, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in bucket.ListPagesAsync(prefix, null, cancellationToken))
        {
            if (page.Count == 0)
            {
                continue;
            }

            var known = await RawLayer.KnownObjectsAsync(session, page[0].Key, page[^1].Key, cancellationToken);
            foreach (var item in page)
            {
                // A folder's own object, as consoles make them, holds no data.
                if (item.Key.EndsWith('/') || (known.TryGetValue(item.Key, out var etag) && etag == item.ETag))
                {
                    continue;
                }

                yield return new NewObject(new RawObject(item.Key, item.ETag, item.Size, item.LastModified), IsKnown: known.ContainsKey(item.Key));
            }
        }
    }

    private async Task LoadBatchAsync(IWarehouseSession session, List<NewObject> items, LoadIdentity identity, LoadTotals totals, IProgress<JobProgress> progress, CancellationToken cancellationToken)
    {
        await using var batch = await RawBatch.BeginAsync(session, identity, time.GetUtcNow(), cancellationToken);
        foreach (var item in items.Where(item => item.IsKnown))
        {
            await batch.ReplaceAsync(item.Object.Key, cancellationToken);
        }

        // The appender takes a row at a time, so a few rows ahead are enough; their documents are the memory of a load.
        var channel = Channel.CreateBounded<LoadedRow>(new BoundedChannelOptions(options.Parallelism * 2) { SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var done = new List<LoadedObject>();
        var reading = ReadAllAsync();
        try
        {
            await batch.AddRowsAsync(Rows(), stop.Token);
        }
        catch (Exception)
        {
            await stop.CancelAsync();
            // Of two failures the reader's is the cause; the appender then only hears of it.
            await reading;
            throw;
        }

        await reading;
        foreach (var loaded in done)
        {
            batch.Complete(loaded.Object, ObjectKeys.PrefixOf(loaded.Object.Key), loaded.Rows, loaded.Errors);
        }

        await batch.CommitAsync(cancellationToken);
        foreach (var loaded in done)
        {
            totals.Add(loaded);
            foreach (var error in loaded.Errors)
            {
                LoaderLog.Quarantined(logger, error.FileKey, error.Code, error.Place, error.Reason);
            }
        }

        async Task ReadAllAsync()
        {
            try
            {
                await Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = options.Parallelism, CancellationToken = stop.Token }, async (item, token) =>
                {
                    var loaded = await ReadAsync(item.Object, channel.Writer, token);
                    if (loaded is null)
                    {
                        return;
                    }

                    lock (done)
                    {
                        done.Add(loaded);
                        progress.Report(new JobProgress(totals.Files + done.Count, null, "files", totals.Bytes + done.Sum(item => item.Object.Size)));
                    }
                });
                channel.Writer.Complete();
            }
            catch (Exception exception)
            {
                channel.Writer.Complete(exception);
                throw;
            }
        }

        async IAsyncEnumerable<(RawObject Object, RawRow Row)> Rows()
        {
            await foreach (var loaded in channel.Reader.ReadAllAsync(CancellationToken.None))
            {
                yield return (loaded.Object, loaded.Row);
                // The appender has copied the document when it asks for the next.
                ArrayPool<byte>.Shared.Return(loaded.Buffer);
            }
        }
    }

    private async Task<LoadedObject?> ReadAsync(RawObject item, ChannelWriter<LoadedRow> rows, CancellationToken cancellationToken)
    {
        var loaded = new LoadedObject(item);
        try
        {
            using var content = await bucket.GetAsync(item.Key, item.ETag, cancellationToken);
            await foreach (var document in ObjectReader.ReadAsync(item, content.Stream, options.MaxDocumentBytes, loaded.Errors, cancellationToken))
            {
                loaded.Rows++;
                loaded.Resources += document.Row.RecordCount;
                await rows.WriteAsync(document, cancellationToken);
            }

            return loaded;
        }
        catch (Exception exception) when (ObjectStoreErrors.IsNotFound(exception) || ObjectStoreErrors.IsPreconditionFailed(exception))
        {
            // Deleted or replaced since it was listed: the next listing has its new state.
            LoaderLog.Changed(logger, item.Key);
            return null;
        }
    }

    private sealed record NewObject(RawObject Object, bool IsKnown);
}
