using System.Globalization;

namespace FhirAspire.Warehouse.Raw;

/// <summary>The tables of schema <c>raw</c>: what has been loaded, from which objects, how far, and what could not be.</summary>
public static class RawLayer
{
    /// <summary>The documents.</summary>
    public static readonly TableName Bundles = new("raw", "fhir_bundles");

    /// <summary>The objects that have been seen, loaded or quarantined, each with its ETag.</summary>
    public static readonly TableName Objects = new("raw", "load_objects");

    /// <summary>How far each prefix is loaded, and the fence of its last writer.</summary>
    public static readonly TableName Watermark = new("raw", "load_watermark");

    /// <summary>What could not be loaded.</summary>
    public static readonly TableName Errors = new("raw", "load_errors");

    internal static readonly BulkColumn[] BundleColumns =
    [
        new("file_key", BulkType.Text), new("bundle_data", BulkType.Json), new("loaded_at", BulkType.Timestamp),
        new("s3_last_modified", BulkType.Timestamp), new("record_count", BulkType.BigInt), new("etag", BulkType.Text),
    ];

    internal static readonly BulkColumn[] ObjectColumns =
    [
        new("file_key", BulkType.Text), new("etag", BulkType.Text), new("size", BulkType.BigInt), new("s3_last_modified", BulkType.Timestamp),
        new("row_count", BulkType.BigInt), new("error_count", BulkType.BigInt), new("run_id", BulkType.BigInt), new("loaded_at", BulkType.Timestamp),
    ];

    internal static readonly BulkColumn[] ErrorColumns =
    [
        new("file_key", BulkType.Text), new("etag", BulkType.Text), new("place", BulkType.Text), new("code", BulkType.Text), new("reason", BulkType.Text),
        new("occurred_at", BulkType.Timestamp), new("run_id", BulkType.BigInt), new("resolved_at", BulkType.Timestamp),
    ];

    private static readonly SemaphoreSlim Creating = new(1, 1);

    /// <summary>Creates the schema and its tables where they are not there yet.</summary>
    public static async Task EnsureAsync(IWarehouseSession session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        // Even "if not exists" asks for the right to create; a loader that only writes has it not, nor needs it.
        var there = await session.QueryAsync("select count(*) from information_schema.tables where lower(table_schema) = 'raw' and lower(table_name) in ('fhir_bundles', 'load_objects', 'load_watermark', 'load_errors')", null, cancellationToken).ConfigureAwait(false);
        if (Convert.ToInt64(there.Scalar, CultureInfo.InvariantCulture) >= 4)
        {
            return;
        }

        // At a first start loader, meter and dashboard come at the same moment, and DuckDB refuses the second of two that create one thing; it is one process.
        await Creating.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await CreateAsync(session, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Creating.Release();
        }
    }

    private static async Task CreateAsync(IWarehouseSession session, CancellationToken cancellationToken)
    {
        var dialect = session.Warehouse.Dialect;
        var (text, key, json, timestamp) = (dialect.TextType, dialect.KeyType, dialect.JsonType, dialect.TimestampType);
        await session.ExecuteAsync($"""
            {dialect.LockForSchema}
            create schema if not exists raw;
            create table if not exists raw.fhir_bundles (
                file_key {key} {dialect.DocumentKey}, bundle_data {json} not null, loaded_at {timestamp} not null,
                s3_last_modified {timestamp} not null, record_count bigint not null, etag {text} not null);
            create table if not exists raw.load_objects (
                file_key {key} primary key, etag {text} not null, size bigint not null, s3_last_modified {timestamp} not null,
                row_count bigint not null, error_count bigint not null, run_id bigint not null, loaded_at {timestamp} not null);
            create table if not exists raw.load_watermark (
                prefix {text} primary key, last_modified {timestamp} not null, last_key {text} not null,
                fence bigint not null, run_id bigint not null, updated_at {timestamp} not null);
            create table if not exists raw.load_errors (
                file_key {text} not null, etag {text} not null, place {text} not null, code {text} not null, reason {text} not null,
                occurred_at {timestamp} not null, run_id bigint not null, resolved_at {timestamp})
            """, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The ETags of the objects seen between two keys, both ends included.</summary>
    public static async Task<Dictionary<string, string>> KnownObjectsAsync(IWarehouseSession session, string first, string last, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        var dialect = session.Warehouse.Dialect;
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var row in session.StreamAsync(
            $"select file_key, etag from raw.load_objects where {dialect.BinaryOrder("file_key")} between {dialect.Parameter(1)} and {dialect.Parameter(2)}",
            [first, last], cancellationToken).ConfigureAwait(false))
        {
            known[(string)row[0]!] = (string)row[1]!;
        }

        return known;
    }

    /// <summary>
    /// A condition for the rows of an NDJSON object's lines, whose keys are the object's, '#' and the number of the line. An object whose own key begins so is none of them.
    /// Takes the parameters that <see cref="LineRange"/> gives, from number <paramref name="first"/> on.
    /// </summary>
    internal static string IsLine(SqlDialect dialect, int first)
    {
        var key = dialect.BinaryOrder("file_key");
        string Between(int from) => $"{key} >= {dialect.Parameter(from)} and {key} < {dialect.Parameter(from + 1)}";
        return $"({Between(first)} and file_key not in (select file_key from raw.load_objects where {Between(first + 2)}))";
    }

    /// <summary>The parameters of <see cref="IsLine"/>: '$' is the character behind '#'.</summary>
    internal static object[] LineRange(string key) => [key + "#", key + "$", key + "#", key + "$"];

    /// <summary>The errors that no later load has resolved, newest first.</summary>
    public static Task<QueryResult> OpenErrorsAsync(IWarehouseSession session, int limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        return session.QueryAsync(
            $"select file_key, code, place, reason, occurred_at, run_id from raw.load_errors where resolved_at is null order by occurred_at desc, file_key limit {limit}", null, cancellationToken);
    }
}
