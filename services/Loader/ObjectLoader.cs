using System.Runtime.CompilerServices;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
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
public sealed class ObjectLoader(ObjectBucket bucket, IWarehouse warehouse, IOptions<LoaderOptions> options, TimeProvider time, ILogger<ObjectLoader> logger, PatientTraces? patients = null)
{
    private readonly LoaderOptions options = Checked(options.Value);

    // By prefix the key up to which everything was loaded when it was measured last, so that measuring again costs what has come since.
    private readonly Dictionary<string, string> settled = new(StringComparer.Ordinal);
    private DateTimeOffset settledSince;

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
        await foreach (var item in FindDueAsync(session, cancellationToken).TimedAsync(totals, RunPhases.Listing, time, cancellationToken))
        {
            await AddAsync(item);
        }

        // The listing must see what these objects have become.
        await FlushAsync();
        foreach (var prefix in prefixes)
        {
            await foreach (var item in FindNewAsync(session, prefix, cancellationToken).TimedAsync(totals, RunPhases.Listing, time, cancellationToken))
            {
                await AddAsync(item);
            }
        }

        await FlushAsync();
        if (totals.Files > 0)
        {
            await LoadPhases.TimeAsync(totals, RunPhases.Committing, time, () => session.TryCheckpointAsync(cancellationToken));
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
            if (batch.Items.Count == 0)
            {
                return;
            }

            try
            {
                await (warehouse is SnowflakeWarehouse
                    ? LoadPhases.TimeAsync(totals, RunPhases.Writing, time, () => StageLoader.LoadAsync(bucket, session, identity, batch.Items, totals, parallelism, time, logger, progress, cancellationToken))
                    : loader.LoadAsync(batch.Items, cancellationToken));
            }
            finally
            {
                // Of a batch that fails a part may be committed.
                await (patients?.LoadedAsync(totals.TakeTraces()) ?? Task.CompletedTask);
            }

            batch = new ObjectBatch(options);
        }
    }

    /// <summary>
    /// Counts the objects that wait, and tells when the newest row was loaded (UTC; null without rows). It lists from the first key that waited or was new the
    /// last time: an object that comes late, with a key before that, is counted after the next <see cref="LoaderOptions.SweepInterval"/> only. Loads see it at once.
    /// </summary>
    /// <param name="prefixes">What to list.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<(long Waiting, DateTime? Newest)> MeasureAsync(IReadOnlyList<string> prefixes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefixes);
        await using var session = await warehouse.OpenAsync(cancellationToken);
        await RawLayer.EnsureAsync(session, cancellationToken);
        if ((time.GetUtcNow() - settledSince).Duration() >= options.SweepInterval)
        {
            settled.Clear();
            settledSince = time.GetUtcNow();
        }

        foreach (var past in settled.Keys.Except(prefixes, StringComparer.Ordinal).ToList())
        {
            settled.Remove(past);
        }

        var waiting = (long)(await RawQuarantine.DueAsync(session, cancellationToken)).Count;
        foreach (var prefix in prefixes)
        {
            waiting += await CountNewAsync(session, prefix, cancellationToken);
        }

        var newest = (await session.QueryAsync("select max(loaded_at) from raw.load_objects where row_count > 0", null, cancellationToken)).Scalar;
        return (waiting, newest is DateTime at ? DateTime.SpecifyKind(at, DateTimeKind.Utc) : null);
    }

    private async Task<long> CountNewAsync(IWarehouseSession session, string prefix, CancellationToken cancellationToken)
    {
        var waiting = 0L;
        await foreach (var page in bucket.ListPagesAsync(prefix, settled.GetValueOrDefault(prefix), cancellationToken))
        {
            var known = await KnownAsync(session, page, cancellationToken);
            foreach (var item in page)
            {
                if (IsNew(item, known))
                {
                    waiting++;
                }
                else if (waiting == 0)
                {
                    settled[prefix] = item.Key;
                }
            }
        }

        return waiting;
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

    private async IAsyncEnumerable<NewObject> FindNewAsync(IWarehouseSession session, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in bucket.ListPagesAsync(prefix, null, cancellationToken))
        {
            var known = await KnownAsync(session, page, cancellationToken);
            foreach (var item in page.Where(item => IsNew(item, known)))
            {
                yield return new NewObject(new RawObject(item.Key, item.ETag, item.Size, item.LastModified), IsKnown: known.ContainsKey(item.Key));
            }
        }
    }

    // One look at the warehouse a page: a listing comes in the order of the keys, so few keys of others lie between its first and last.
    private static async Task<Dictionary<string, string>> KnownAsync(IWarehouseSession session, IReadOnlyList<StoredObject> page, CancellationToken cancellationToken)
    {
        if (page.Count == 0)
        {
            return [];
        }

        var keys = page.Select(item => item.Key).Order(StringComparer.Ordinal).ToList();
        return await RawLayer.KnownObjectsAsync(session, keys[0], keys[^1], cancellationToken);
    }

    // A folder's own object, as consoles make them, holds no data.
    private static bool IsNew(StoredObject item, Dictionary<string, string> known) =>
        !item.Key.EndsWith('/') && !(known.TryGetValue(item.Key, out var etag) && etag == item.ETag);
}
