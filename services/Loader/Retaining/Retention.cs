using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;
using Microsoft.Extensions.Options;

namespace FhirAspire.Loader.Retaining;

/// <summary>Removes what is older than the options say: runs, and objects of which every row is in the warehouse. Never what waits, and never what is in quarantine.</summary>
public sealed class Retention(ObjectBucket bucket, IWarehouse warehouse, OperationsStore store, IOptions<RetentionOptions> options, TimeProvider time, ILogger<Retention> logger)
{
    /// <summary>Removes what is due.</summary>
    /// <returns>Objects and runs removed.</returns>
    public async Task<(int Objects, int Runs)> ApplyAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var runs = await store.RemoveBeforeAsync((now - options.Value.Runs).UtcDateTime, cancellationToken);
        var objects = options.Value.Objects is { } age ? await RemoveObjectsAsync(now - age, cancellationToken) : 0;
        LoaderLog.Removed(logger, objects, runs);
        return (objects, runs);
    }

    private async Task<int> RemoveObjectsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        await using var session = await warehouse.OpenAsync(cancellationToken);
        await RawLayer.EnsureAsync(session, cancellationToken);
        var dialect = warehouse.Dialect;
        var removed = 0;
        await foreach (var page in bucket.ListPagesAsync(ObjectKeys.Patients, null, cancellationToken))
        {
            var old = page.Where(item => item.LastModified < before && !item.Key.EndsWith('/')).ToList();
            if (old.Count == 0)
            {
                continue;
            }

            // Loaded is what is known in this state, whole: another ETag is another content, an error is a reason to keep it.
            var loaded = new Dictionary<string, string>(StringComparer.Ordinal);
            var keys = old.Select(item => item.Key).Order(StringComparer.Ordinal).ToList();
            await foreach (var row in session.StreamAsync(
                $"select file_key, etag from raw.load_objects where error_count = 0 and {dialect.BinaryOrder("file_key")} between {dialect.Parameter(1)} and {dialect.Parameter(2)}", [keys[0], keys[^1]], cancellationToken))
            {
                loaded[(string)row[0]!] = (string)row[1]!;
            }

            var due = old.Where(item => loaded.GetValueOrDefault(item.Key) == item.ETag).Select(item => item.Key).ToList();
            await bucket.DeleteAsync(due, cancellationToken);
            removed += due.Count;
        }

        return removed;
    }
}
