using System.Globalization;
using FhirAspire.Dashboard.Marts;
using FhirAspire.Dashboard.State;
using FhirAspire.Fhir.Spool;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Telemetry;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Dashboard.Storage;

/// <summary>Measures what lies where. It lists no bucket and counts no table: sizes come from folders, from the loader's own list, and from the catalogs.</summary>
public sealed class StorageMeter(MartsLibrary marts, PipelineState state, SocketBytes sockets, IServiceProvider services, TimeProvider time, ILogger<StorageMeter> logger)
{
    // The layers as places: the intermediate models are counted with staging.
    private static readonly Dictionary<string, string> PlaceOfSchema = new(StringComparer.OrdinalIgnoreCase) { ["raw"] = "raw", ["staging"] = "staging", ["intermediate"] = "staging", ["marts"] = "marts" };
    private static readonly string Schemas = string.Join(", ", PlaceOfSchema.Keys.Select(schema => $"'{schema}'"));

    private (long?, long?)? countedAfter;

    /// <summary>Measures now. A place that cannot be measured is left out, and the log has the reason.</summary>
    public async Task<StorageSample> MeasureAsync(CancellationToken cancellationToken)
    {
        var places = new Dictionary<string, PlaceSize>(StringComparer.Ordinal);
        IReadOnlyDictionary<string, long>? tables = null;
        if (services.GetService<SpoolDirectory>() is { } spool)
        {
            places["spool"] = Folder(spool.Root);
        }

        if (services.GetService<IWarehouse>() is { } warehouse)
        {
            try
            {
                await using var session = await warehouse.OpenAsync(cancellationToken);
                await MeasureWarehouseAsync(session, places, cancellationToken);
                var ended = (state.Current.Job(JobNames.Loader)?.LastEnded?.Id, state.Current.Job(JobNames.Dbt)?.LastEnded?.Id);
                if (countedAfter != ended)
                {
                    tables = await RowsAsync(session, cancellationToken);
                    countedAfter = ended;
                }
            }
            catch (WarehouseException exception)
            {
                DashboardLog.NotSampled(logger, exception);
            }
        }

        if (marts.Current is { } current)
        {
            places["parquet"] = new PlaceSize(current.Bytes, current.Tables.Count);
        }

        return new StorageSample { At = time.GetUtcNow().UtcDateTime, Places = places, Tables = tables, Process = ProcessUse.Now(sockets) };
    }

    /// <summary>Bytes and files of a folder and all below it; 0 where it is not there yet.</summary>
    internal static PlaceSize Folder(string path)
    {
        long bytes = 0, files = 0;
        var folder = new DirectoryInfo(path);
        if (folder.Exists)
        {
            // Files go while this looks.
            foreach (var file in folder.EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.None }))
            {
                try
                {
                    bytes += file.Length;
                    files++;
                }
                catch (FileNotFoundException)
                {
                    // It has gone; so it takes no room.
                }
            }
        }

        return new PlaceSize(bytes, files);
    }

    private static async Task MeasureWarehouseAsync(IWarehouseSession session, Dictionary<string, PlaceSize> places, CancellationToken cancellationToken)
    {
        await RawLayer.EnsureAsync(session, cancellationToken);
        var seen = (await session.QueryAsync("select coalesce(sum(size), 0), count(*) from raw.load_objects", null, cancellationToken)).Rows[0];
        places["s3"] = new PlaceSize(Whole(seen[0]), Whole(seen[1]));
        foreach (var layer in await LayersAsync(session, cancellationToken))
        {
            var known = places.GetValueOrDefault(layer.Place);
            places[layer.Place] = new PlaceSize((known?.Bytes ?? 0) + layer.Bytes, (known?.Items ?? 0) + layer.Rows);
        }
    }

    private static async Task<IEnumerable<(string Place, long Bytes, long Rows)>> LayersAsync(IWarehouseSession session, CancellationToken cancellationToken)
    {
        var sql = session.Warehouse.Kind switch
        {
            WarehouseKind.DuckDb => await DuckDbSizesAsync(session, cancellationToken),
            WarehouseKind.Postgres => $"""
                select n.nspname, sum(pg_total_relation_size(c.oid)), sum(greatest(c.reltuples, 0))
                from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
                where c.relkind in ('r', 'm') and n.nspname in ({Schemas})
                group by 1
                """,
            _ => $"select lower(table_schema), sum(bytes), sum(row_count) from information_schema.tables where lower(table_schema) in ({Schemas}) group by 1",
        };
        return sql is null ? [] : (await session.QueryAsync(sql, null, cancellationToken)).Rows.Select(row => (PlaceOfSchema[(string)row[0]!], Whole(row[1]), Whole(row[2])));
    }

    // DuckDB tells no sizes, but which blocks of its file a table's segments lie in. What was changed since the last checkpoint is not among them.
    private static async Task<string?> DuckDbSizesAsync(IWarehouseSession session, CancellationToken cancellationToken)
    {
        var tables = await DuckDbTablesAsync(session, cancellationToken);
        if (tables.Count == 0)
        {
            return null;
        }

        var segments = tables.Select(table =>
            $"select '{table.Schema}' as layer, block_id, additional_block_ids from pragma_storage_info({Literal(session.Warehouse.Dialect.Quote(table))})");
        return $"""
            with segments as ({string.Join("\nunion all\n", segments)}),
            blocks as (select layer, block_id from segments where block_id >= 0 union select layer, unnest(additional_block_ids) from segments),
            bytes as (select layer, count(*) * (select block_size from pragma_database_size() where database_name = current_database()) as bytes from blocks group by 1)
            select t.schema_name, coalesce(max(b.bytes), 0), sum(t.estimated_size)
            from duckdb_tables() as t left join bytes as b on b.layer = t.schema_name
            where t.database_name = current_database() and t.schema_name in ({Schemas}) and not t.temporary
            group by 1
            """;
    }

    private static async Task<List<TableName>> DuckDbTablesAsync(IWarehouseSession session, CancellationToken cancellationToken) =>
    [
        .. (await session.QueryAsync($"select schema_name, table_name from duckdb_tables() where database_name = current_database() and schema_name in ({Schemas}) and not temporary", null, cancellationToken)).Rows
            .Select(row => new TableName((string)row[0]!, (string)row[1]!)),
    ];

    // DuckDB counts from what it knows of a table's parts; the others' catalogs have estimates, or in Snowflake the number itself.
    private static async Task<Dictionary<string, long>> RowsAsync(IWarehouseSession session, CancellationToken cancellationToken)
    {
        var sql = session.Warehouse.Kind switch
        {
            WarehouseKind.DuckDb => string.Join(" union all ", (await DuckDbTablesAsync(session, cancellationToken)).Select(table => $"select {Literal($"{table.Schema}.{table.Name}")}, count(*) from {session.Warehouse.Dialect.Quote(table)}")),
            WarehouseKind.Postgres => $"select n.nspname || '.' || c.relname, cast(greatest(c.reltuples, 0) as bigint) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace where c.relkind in ('r', 'm') and n.nspname in ({Schemas})",
            _ => $"select lower(table_schema || '.' || table_name), coalesce(row_count, 0) from information_schema.tables where lower(table_schema) in ({Schemas})",
        };
        return sql.Length == 0 ? [] : (await session.QueryAsync(sql, null, cancellationToken)).Rows.ToDictionary(row => (string)row[0]!, row => Whole(row[1]), StringComparer.OrdinalIgnoreCase);
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static long Whole(object? value) => value is System.Numerics.BigInteger big ? (long)big : Convert.ToInt64(value ?? 0L, CultureInfo.InvariantCulture);
}
