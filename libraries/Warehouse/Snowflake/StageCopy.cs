using System.Globalization;
using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Warehouse.Snowflake;

/// <summary>
/// Loads objects from the external stage over the bucket: the account reads them itself. New ones go by COPY into <c>raw.fhir_bundles</c>, whose load history
/// (64 days) is a second guard beside <c>raw.load_objects</c>; changed ones, and packs, whose files may be there already, by COPY into a table of the session and MERGE.
/// </summary>
public static class StageCopy
{
    /// <summary>The longest list of files that COPY takes (https://docs.snowflake.com/en/sql-reference/sql/copy-into-table).</summary>
    public const int MostFiles = 1000;

    /// <summary>What the keys of packs end with (without <c>.gz</c> as well): lines with the key, the ETag and the document of a file each.</summary>
    public const string PackEnding = ".pack.ndjson.gz";

    private const string Incoming = "raw.fhir_bundles_incoming";

    /// <summary>Loads objects, at most <see cref="MostFiles"/> a statement, all of them in one transaction.</summary>
    /// <param name="session">A session of a <see cref="SnowflakeWarehouse"/>.</param>
    /// <param name="identity">Who loads.</param>
    /// <param name="items">The objects; whether each was seen before with other content.</param>
    /// <param name="prefixOf">Where an object's watermark is kept.</param>
    /// <param name="now">Now.</param>
    /// <param name="cancellationToken">Rolls back.</param>
    /// <returns>Rows and errors of each object.</returns>
    public static async Task<IReadOnlyList<StagedObject>> LoadAsync(
        IWarehouseSession session, LoadIdentity identity, IReadOnlyList<(RawObject Object, bool IsKnown)> items, Func<string, string> prefixOf, DateTimeOffset now, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(prefixOf);
        var options = ((SnowflakeWarehouse)session.Warehouse).Options;
        var packs = items.Where(item => IsPack(item.Object.Key)).ToList();
        var changed = items.Except(packs).Where(item => item.IsKnown).Select(item => item.Object).ToList();
        var added = items.Except(packs).Where(item => !item.IsKnown).Select(item => item.Object).ToList();
        if (changed.Count + packs.Count > 0)
        {
            // A statement that makes a table commits, so it comes before the transaction.
            await session.ExecuteAsync($"create or replace temporary table {Incoming} like raw.fhir_bundles", null, cancellationToken).ConfigureAwait(false);
        }

        var loadedAt = now.UtcDateTime;
        var batch = await RawBatch.BeginAsync(session, identity, now, cancellationToken).ConfigureAwait(false);
        await using (batch.ConfigureAwait(false))
        {
            var done = new List<StagedObject>();
            foreach (var chunk in added.Chunk(MostFiles))
            {
                done.AddRange(await CopyAsync(session, options, "raw.fhir_bundles", chunk, loadedAt, force: false, cancellationToken).ConfigureAwait(false));
            }

            foreach (var chunk in changed.Chunk(MostFiles))
            {
                done.AddRange(await CopyAsync(session, options, Incoming, chunk, loadedAt, force: true, cancellationToken).ConfigureAwait(false));
            }

            foreach (var chunk in packs.Chunk(MostFiles))
            {
                var known = chunk.Where(item => item.IsKnown).Select(item => item.Object.Key).ToHashSet(StringComparer.Ordinal);
                var copied = await CopyAsync(session, options, Incoming, [.. chunk.Select(item => item.Object)], loadedAt, force: true, cancellationToken).ConfigureAwait(false);
                done.AddRange(copied.Select(item => item with { IsChanged = known.Contains(item.Object.Key) }));
            }

            foreach (var item in done.Where(item => item.IsChanged))
            {
                // What can't be read anew keeps the rows of before.
                await batch.ReplaceAsync(item.Object.Key, keepRows: true, cancellationToken).ConfigureAwait(false);
                if (item.Errors.Count == 0 && !IsPack(item.Object.Key))
                {
                    await RemoveVanishedLinesAsync(session, item, cancellationToken).ConfigureAwait(false);
                }
            }

            if (changed.Count + packs.Count > 0)
            {
                await session.ExecuteAsync(MergeSql, null, cancellationToken).ConfigureAwait(false);
            }

            foreach (var item in done)
            {
                batch.Complete(item.Object, prefixOf(item.Object.Key), item.Rows, item.Errors);
            }

            await batch.CommitAsync(cancellationToken).ConfigureAwait(false);
            return done;
        }
    }

    /// <summary>The COPY of some files into a table.</summary>
    /// <param name="options">Stage and format.</param>
    /// <param name="table">Where to.</param>
    /// <param name="keys">Keys of objects, at most <see cref="MostFiles"/>.</param>
    /// <param name="loadedAt">When, UTC.</param>
    /// <param name="force">Whether files that the load history knows are loaded too.</param>
    internal static string CopySql(SnowflakeOptions options, string table, IEnumerable<string> keys, DateTime loadedAt, bool force)
    {
        keys = [.. keys];
        var isPack = keys.All(IsPack);
        var files = string.Join(", ", keys.Select(key => SnowflakeWarehouse.Literal(key.StartsWith(options.StagePrefix, StringComparison.Ordinal) ? key[options.StagePrefix.Length..] : key)));
        return $"""
            copy into {table} (file_key, bundle_data, loaded_at, s3_last_modified, record_count, etag)
            from (
                select
                    {(isPack ? "get_path($1, 'file_key')::varchar" : "metadata$filename || case when metadata$filename like '%.ndjson' or metadata$filename like '%.ndjson.gz' then '#' || metadata$file_row_number else '' end")},
                    {(isPack ? "get_path($1, 'document')" : "$1")},
                    '{loadedAt.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture)} +00:00'::timestamp_tz,
                    metadata$file_last_modified,
                    coalesce(array_size(get_path($1, '{(isPack ? "document.entry" : "entry")}')), 1),
                    {(isPack ? "get_path($1, 'etag')::varchar" : "metadata$file_content_key")}
                from @{options.Stage}
            )
            files = ({files})
            file_format = (format_name = '{options.FileFormat}')
            on_error = skip_file
            {(force ? "force = true" : "load_uncertain_files = true")}
            """;
    }

    internal const string MergeSql = $"""
        merge into raw.fhir_bundles as old
        using (select * from {Incoming} qualify row_number() over (partition by file_key order by s3_last_modified desc, etag desc) = 1) as new on old.file_key = new.file_key
        when matched then update set bundle_data = new.bundle_data, loaded_at = new.loaded_at, s3_last_modified = new.s3_last_modified, record_count = new.record_count, etag = new.etag
        when not matched then insert (file_key, bundle_data, loaded_at, s3_last_modified, record_count, etag)
            values (new.file_key, new.bundle_data, new.loaded_at, new.s3_last_modified, new.record_count, new.etag)
        """;

    private static bool IsPack(string key) => key.EndsWith(PackEnding, StringComparison.Ordinal) || key.EndsWith(PackEnding[..^3], StringComparison.Ordinal);

    private static async Task<List<StagedObject>> CopyAsync(IWarehouseSession session, SnowflakeOptions options, string table, RawObject[] items, DateTime loadedAt, bool force, CancellationToken cancellationToken)
    {
        var result = await session.QueryAsync(CopySql(options, table, items.Select(item => item.Key), loadedAt, force), null, cancellationToken).ConfigureAwait(false);
        var at = result.Columns.Select((column, i) => (column.Name, i)).ToDictionary(pair => pair.Name, pair => pair.i, StringComparer.OrdinalIgnoreCase);
        var said = new Dictionary<string, object?[]>(StringComparer.Ordinal);
        // Without a file to load, the answer is one sentence.
        foreach (var row in at.ContainsKey("file") ? result.Rows : [])
        {
            var file = Convert.ToString(row[at["file"]], CultureInfo.InvariantCulture)!;
            var key = items.FirstOrDefault(item => file.EndsWith(item.Key, StringComparison.Ordinal) || item.Key.EndsWith('/' + file, StringComparison.Ordinal) || item.Key == options.StagePrefix + file)?.Key ?? file;
            said[key] = row;
        }

        var done = new List<StagedObject>(items.Length);
        foreach (var item in items)
        {
            done.Add(said.TryGetValue(item.Key, out var row)
                ? Describe(item, row, at, force)
                // The load history knows it: its rows are there, from a run whose end was never heard of.
                : new StagedObject(item, await CountAsync(session, item.Key, cancellationToken).ConfigureAwait(false), [], force));
        }

        return done;
    }

    private static StagedObject Describe(RawObject item, object?[] row, Dictionary<string, int> at, bool isChanged)
    {
        object? Field(string name) => at.TryGetValue(name, out var i) ? row[i] : null;
        var rows = Convert.ToInt64(Field("rows_loaded") ?? 0L, CultureInfo.InvariantCulture);
        if (string.Equals(Field("status") as string, "LOADED", StringComparison.OrdinalIgnoreCase))
        {
            return new StagedObject(item, rows, [], isChanged);
        }

        var reason = $"{Field("first_error") ?? "the stage could not be read"}; found by COPY, expected a FHIR document";
        return new StagedObject(item, rows, [new RawError(item.Key, item.ETag, $"line {Field("first_error_line") ?? 1}, character {Field("first_error_character") ?? 1}", "LOD2003", reason)], isChanged);
    }

    private static async Task<long> CountAsync(IWarehouseSession session, string key, CancellationToken cancellationToken)
    {
        var dialect = session.Warehouse.Dialect;
        var count = await session.QueryAsync($"select count(*) from raw.fhir_bundles where file_key = {dialect.Parameter(1)} or {RawLayer.IsLine(dialect, 2)}", [key, .. RawLayer.LineRange(key)], cancellationToken).ConfigureAwait(false);
        return Convert.ToInt64(count.Scalar, CultureInfo.InvariantCulture);
    }

    // A file that has become shorter leaves lines behind that no new line replaces.
    private static Task<long> RemoveVanishedLinesAsync(IWarehouseSession session, StagedObject item, CancellationToken cancellationToken)
    {
        var dialect = session.Warehouse.Dialect;
        return session.ExecuteAsync(
            $"delete from raw.fhir_bundles where (file_key = {dialect.Parameter(1)} or {RawLayer.IsLine(dialect, 2)}) and file_key not in (select file_key from {Incoming})",
            [item.Object.Key, .. RawLayer.LineRange(item.Object.Key)], cancellationToken);
    }
}

/// <summary>What became of an object of the stage.</summary>
/// <param name="Object">The object.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Errors">Why it could not be loaded.</param>
/// <param name="IsChanged">Whether it took the place of other content.</param>
public sealed record StagedObject(RawObject Object, long Rows, IReadOnlyList<RawError> Errors, bool IsChanged);
