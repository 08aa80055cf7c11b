using System.Runtime.CompilerServices;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;
using FhirAspire.Warehouse.Raw;
using FhirAspire.Warehouse.Snowflake;
using Microsoft.Extensions.Options;

namespace FhirAspire.Loader;

/// <summary>
/// Loads what is new in the bucket. An object counts as loaded by key and ETag, so order and delay of arrival do not matter and a listing may be loaded
/// twice. What somebody asked to be read again goes first.
/// </summary>
public sealed class ObjectLoader(ObjectBucket bucket, IWarehouse warehouse, IOptions<LoaderOptions> options, TimeProvider time, ILogger<ObjectLoader> logger)
{
    private readonly LoaderOptions options = Checked(options.Value);

    /// <summary>Loads what is new under some prefixes.</summary>
    /// <param name="prefixes">What to list.</param>
    /// <param name="identity">Who loads.</param>
    /// <param name="progress">Hears of every object.</param>
    /// <param name="parallelism">Objects read at the same time.</param>
    /// <param name="cancellationToken">Rolls back the open transaction; what is committed stays.</param>
    public async Task<LoadTotals> LoadAsync(IReadOnlyList<string> prefixes, LoadIdentity identity, IProgress<JobProgress> progress, int parallelism, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        await using var session = await warehouse.OpenAsync(cancellationToken);
        await RawLayer.EnsureAsync(session, cancellationToken);
        var totals = new LoadTotals();
        var loader = new BatchLoader(bucket, session, identity, options, parallelism, time, logger, totals, progress);
        var batch = new ObjectBatch(options);
        await foreach (var item in FindDueAsync(session, cancellationToken))
        {
            await AddAsync(item);
        }

        // The listing must see what these objects have become.
        await FlushAsync();
        foreach (var prefix in prefixes)
        {
            await foreach (var item in FindNewAsync(session, prefix, cancellationToken))
            {
                await AddAsync(item);
            }
        }

        await FlushAsync();
        if (totals.Files > 0)
        {
            await session.TryCheckpointAsync(cancellationToken);
        }

        return totals;

        async Task AddAsync(NewObject item)
        {
            if (!batch.Fits(item))
            {
                await FlushAsync();
            }

            batch.Add(item);
        }

        async Task FlushAsync()
        {
            if (batch.Items.Count > 0)
            {
                await (warehouse is SnowflakeWarehouse ? StageLoader.LoadAsync(session, identity, batch.Items, totals, time, progress, cancellationToken) : loader.LoadAsync(batch.Items, cancellationToken));
                batch = new ObjectBatch(options);
            }
        }
    }

    /// <summary>Counts the objects that wait, and tells when the newest row was loaded (UTC; null without rows).</summary>
    /// <param name="prefixes">What to list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(long Waiting, DateTime? Newest)> MeasureAsync(IReadOnlyList<string> prefixes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        await using var session = await warehouse.OpenAsync(cancellationToken);
        await RawLayer.EnsureAsync(session, cancellationToken);
        var waiting = (long)(await RawQuarantine.DueAsync(session, cancellationToken)).Count;
        foreach (var prefix in prefixes)
        {
            await foreach (var _ in FindNewAsync(session, prefix, cancellationToken))
            {
                waiting++;
            }
        }

        var newest = (await session.QueryAsync("select max(loaded_at) from raw.load_objects where row_count > 0", null, cancellationToken)).Scalar;
        return (waiting, newest is DateTime at ? DateTime.SpecifyKind(at, DateTimeKind.Utc) : null);
    }

    private static LoaderOptions Checked(LoaderOptions options)
    {
        GzipValidation.Require();
        return options;
    }

    // What somebody asked for, as it is now; an object that has gone has nothing left to load.
    private async IAsyncEnumerable<NewObject> FindDueAsync(IWarehouseSession session, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var key in await RawQuarantine.DueAsync(session, cancellationToken))
        {
            if (await bucket.FindAsync(key, cancellationToken) is { } item)
            {
                yield return new NewObject(new RawObject(item.Key, item.ETag, item.Size, item.LastModified), IsKnown: true);
            }
            else
            {
                await RawQuarantine.ForgetAsync(session, key, time.GetUtcNow(), cancellationToken);
                LoaderLog.Gone(logger, key);
            }
        }
    }

    // One look at the warehouse a page: a listing comes in the order of the keys, so few keys of others lie between its first and last.
    private async IAsyncEnumerable<NewObject> FindNewAsync(IWarehouseSession session, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in bucket.ListPagesAsync(prefix, null, cancellationToken))
        {
            if (page.Count == 0)
            {
                continue;
            }

            var keys = page.Select(item => item.Key).Order(StringComparer.Ordinal).ToList();
            var known = await RawLayer.KnownObjectsAsync(session, keys[0], keys[^1], cancellationToken);
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
}
