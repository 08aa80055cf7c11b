namespace FhirAspire.Warehouse.Raw;

/// <summary>
/// One transaction of a load: the rows of some objects, what is known of these objects, their errors, and the watermark. The caller streams the
/// objects' rows through <see cref="AddRowsAsync"/>, describes each object with <see cref="Complete"/>, and commits.
/// </summary>
public sealed class RawBatch : IAsyncDisposable
{
    private const int KeysInStatement = 500;

    private readonly IWarehouseSession session;
    private readonly LoadIdentity identity;
    private readonly DateTime loadedAt;
    private readonly List<object?[]> objects = [];
    private readonly List<object?[]> errors = [];
    private readonly List<string> replaced = [];
    private readonly Dictionary<string, (DateTime LastModified, string LastKey)> watermarks = new(StringComparer.Ordinal);

    private RawBatch(IWarehouseSession session, LoadIdentity identity, DateTimeOffset now)
    {
        this.session = session;
        this.identity = identity;
        loadedAt = now.UtcDateTime;
    }

    /// <summary>Begins the transaction.</summary>
    public static async Task<RawBatch> BeginAsync(IWarehouseSession session, LoadIdentity identity, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        await session.BeginAsync(cancellationToken).ConfigureAwait(false);
        return new RawBatch(session, identity, now);
    }

    /// <summary>Prepares an object that was seen before with other content: its rows go, its errors are over.</summary>
    /// <param name="key">The object.</param>
    /// <param name="keepRows">Whether its rows stay, because the new content gives none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task ReplaceAsync(string key, bool keepRows = false, CancellationToken cancellationToken = default)
    {
        var dialect = session.Warehouse.Dialect;
        replaced.Add(key);
        if (!keepRows)
        {
            await session.ExecuteAsync($"delete from raw.fhir_bundles where file_key = {dialect.Parameter(1)}", [key], cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync($"delete from raw.fhir_bundles where {RawLayer.IsLine(dialect, 1)}", RawLayer.LineRange(key), cancellationToken).ConfigureAwait(false);
        }

        await session.ExecuteAsync($"delete from raw.load_objects where file_key = {dialect.Parameter(1)}", [key], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes rows by their own keys: of files in a pack that are there already.</summary>
    public async Task RemoveRowsAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var chunk in keys.Chunk(KeysInStatement))
        {
            await session.ExecuteAsync($"delete from raw.fhir_bundles where file_key in ({Parameters(chunk.Length)})", chunk, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Whether any of these rows stands there twice, now that the batch has added its own; never where the database has a key that forbids it.</summary>
    public async Task<bool> HasTwiceAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(keys);
        foreach (var chunk in keys.Chunk(KeysInStatement))
        {
            var count = await session.QueryAsync($"select count(*) from raw.fhir_bundles where file_key in ({Parameters(chunk.Length)})", chunk, cancellationToken).ConfigureAwait(false);
            if (Convert.ToInt64(count.Scalar, System.Globalization.CultureInfo.InvariantCulture) > chunk.Length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Adds rows. Call it once, with the rows of all of the batch's objects.</summary>
    public Task<long> AddRowsAsync(IAsyncEnumerable<(RawObject Object, RawRow Row)> rows, CancellationToken cancellationToken = default) =>
        session.BulkLoadAsync(RawLayer.Bundles, RawLayer.BundleColumns, Values(rows), cancellationToken);

    /// <summary>Describes an object whose rows have been added.</summary>
    /// <param name="item">The object.</param>
    /// <param name="prefix">Where its watermark is kept.</param>
    /// <param name="rowCount">Rows added.</param>
    /// <param name="objectErrors">What of it could not be loaded.</param>
    public void Complete(RawObject item, string prefix, long rowCount, IReadOnlyCollection<RawError> objectErrors)
    {
        ArgumentNullException.ThrowIfNull(item);
        ArgumentNullException.ThrowIfNull(objectErrors);
        var lastModified = item.LastModified.UtcDateTime;
        objects.Add([item.Key, item.ETag, item.Size, lastModified, rowCount, (long)objectErrors.Count, identity.RunId, loadedAt]);
        errors.AddRange(objectErrors.Select(error => new object?[] { error.FileKey, error.ETag, error.Place, error.Code, error.Reason, loadedAt, identity.RunId, null }));
        var (lastSeen, lastKey) = watermarks.GetValueOrDefault(prefix, (DateTime.MinValue, ""));
        watermarks[prefix] = (lastModified > lastSeen ? lastModified : lastSeen, string.CompareOrdinal(item.Key, lastKey) > 0 ? item.Key : lastKey);
    }

    /// <summary>Writes what is known of the objects, moves the watermarks, and commits.</summary>
    /// <exception cref="WarehouseException"><c>WH3001</c>: a later holder of the lease has written; this one must stop.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken = default)
    {
        // Errors of earlier contents of these objects are over, whatever became of the new content.
        foreach (var key in replaced)
        {
            await RawQuarantine.ResolveAsync(session, key, loadedAt, cancellationToken).ConfigureAwait(false);
        }

        await session.BulkLoadAsync(RawLayer.Objects, RawLayer.ObjectColumns, objects.ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false);
        if (errors.Count > 0)
        {
            await session.BulkLoadAsync(RawLayer.Errors, RawLayer.ErrorColumns, errors.ToAsyncEnumerable(), cancellationToken).ConfigureAwait(false);
        }

        foreach (var (prefix, mark) in watermarks)
        {
            await MoveWatermarkAsync(prefix, mark.LastModified, mark.LastKey, cancellationToken).ConfigureAwait(false);
        }

        await session.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Rolls back what was not committed.</summary>
    public async ValueTask DisposeAsync() => await session.RollbackAsync().ConfigureAwait(false);

    private string Parameters(int count) => string.Join(", ", Enumerable.Range(1, count).Select(session.Warehouse.Dialect.Parameter));

    private async IAsyncEnumerable<object?[]> Values(IAsyncEnumerable<(RawObject Object, RawRow Row)> rows)
    {
        await foreach (var (item, row) in rows.ConfigureAwait(false))
        {
            yield return [row.FileKey, row.Utf8, loadedAt, item.LastModified.UtcDateTime, (long)row.RecordCount, row.ETag ?? item.ETag];
        }
    }

    private async Task MoveWatermarkAsync(string prefix, DateTime lastModified, string lastKey, CancellationToken cancellationToken)
    {
        var dialect = session.Warehouse.Dialect;
        var existing = await session.QueryAsync($"select fence, last_modified, last_key from raw.load_watermark where prefix = {dialect.Parameter(1)}", [prefix], cancellationToken).ConfigureAwait(false);
        if (existing.Rows is [var row])
        {
            if (Convert.ToInt64(row[0]) > identity.Fence)
            {
                throw new WarehouseException("WH3001", $"raw.load_watermark of '{prefix}' was moved under fence {row[0]}, this load holds {identity.Fence}: another process has taken over", isTransient: false);
            }

            lastModified = (DateTime)row[1]! > lastModified ? (DateTime)row[1]! : lastModified;
            lastKey = string.CompareOrdinal((string)row[2]!, lastKey) > 0 ? (string)row[2]! : lastKey;
            // The fence again, under the row's lock: between the look and this a later holder may have committed.
            var moved = await session.ExecuteAsync(
                $"update raw.load_watermark set last_modified = {dialect.Parameter(1)}, last_key = {dialect.Parameter(2)}, fence = {dialect.Parameter(3)}, run_id = {dialect.Parameter(4)}, updated_at = {dialect.Parameter(5)} where prefix = {dialect.Parameter(6)} and fence <= {dialect.Parameter(7)}",
                [lastModified, lastKey, identity.Fence, identity.RunId, loadedAt, prefix, identity.Fence], cancellationToken).ConfigureAwait(false);
            if (moved == 0)
            {
                throw new WarehouseException("WH3001", $"raw.load_watermark of '{prefix}' was moved under a greater fence than {identity.Fence}: another process has taken over", isTransient: false);
            }

            return;
        }

        await session.ExecuteAsync(
            $"insert into raw.load_watermark (prefix, last_modified, last_key, fence, run_id, updated_at) values ({string.Join(", ", Enumerable.Range(1, 6).Select(dialect.Parameter))})",
            [prefix, lastModified, lastKey, identity.Fence, identity.RunId, loadedAt], cancellationToken).ConfigureAwait(false);
    }
}
