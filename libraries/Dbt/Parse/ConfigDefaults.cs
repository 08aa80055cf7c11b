using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>What a node's configuration is when nothing is said (https://docs.getdbt.com/reference/configs-and-properties).</summary>
internal static class ConfigDefaults
{
    private static readonly string[] Common = ["enabled", "alias", "schema", "database", "tags", "meta", "group", "static_analysis"];

    private static readonly string[] NodeKeys =
    [
        .. Common, "materialized", "incremental_strategy", "batch_size", "lookback", "begin", "persist_docs", "post-hook", "pre-hook", "quoting", "column_types", "full_refresh", "unique_key",
        "on_schema_change", "on_configuration_change", "grants", "packages", "docs", "contract", "event_time", "concurrent_batches",
    ];

    private static readonly Dictionary<DbtResourceType, string[]> Keys = new()
    {
        [DbtResourceType.Model] = [.. NodeKeys, "access", "freshness"],
        [DbtResourceType.Seed] = [.. NodeKeys, "delimiter", "quote_columns"],
        [DbtResourceType.Snapshot] = [.. NodeKeys, "strategy", "target_schema", "target_database", "updated_at", "check_cols", "snapshot_meta_column_names", "dbt_valid_to_current"],
        [DbtResourceType.Test] = [.. Common, "materialized", "severity", "store_failures", "store_failures_as", "where", "limit", "fail_calc", "warn_if", "error_if", "sql_header"],
        [DbtResourceType.Source] = ["enabled", "event_time", "freshness", "loaded_at_field", "loaded_at_query", "meta", "tags"],
        [DbtResourceType.Exposure] = ["enabled", "tags", "meta"],
        [DbtResourceType.SemanticModel] = ["enabled", "group", "meta"],
        [DbtResourceType.Metric] = ["enabled", "group", "meta"],
        [DbtResourceType.SavedQuery] = ["enabled", "group", "meta", "export_as", "schema", "cache"],
        [DbtResourceType.UnitTest] = ["tags", "meta", "enabled"],
    };

    /// <summary>The keys that a type declares: they are there, null where nothing is said.</summary>
    public static string[] Declared(DbtResourceType type) => Keys.TryGetValue(type, out var keys) ? keys : NodeKeys;

    public static DbtMap Create(DbtResourceType type)
    {
        switch (type)
        {
            case DbtResourceType.Source:
                return new DbtMap { ["enabled"] = true, ["event_time"] = null, ["freshness"] = FreshnessDefault(), ["loaded_at_field"] = null, ["loaded_at_query"] = null, ["meta"] = new DbtMap(), ["tags"] = new List<object?>(), ["static_analysis"] = null };
            case DbtResourceType.Exposure:
                return new DbtMap { ["enabled"] = true, ["tags"] = new List<object?>(), ["meta"] = new DbtMap() };
            case DbtResourceType.SemanticModel or DbtResourceType.Metric:
                return new DbtMap { ["enabled"] = true, ["group"] = null, ["meta"] = new DbtMap() };
            case DbtResourceType.SavedQuery:
                return new DbtMap { ["enabled"] = true, ["group"] = null, ["meta"] = new DbtMap(), ["export_as"] = null, ["schema"] = null, ["cache"] = new DbtMap { ["enabled"] = false } };
            case DbtResourceType.UnitTest:
                return new DbtMap { ["tags"] = new List<object?>(), ["meta"] = new DbtMap(), ["enabled"] = true, ["static_analysis"] = null };
            case DbtResourceType.Test:
                return new DbtMap
                {
                    ["enabled"] = true, ["alias"] = null, ["schema"] = "dbt_test__audit", ["database"] = null, ["tags"] = new List<object?>(), ["meta"] = new DbtMap(), ["group"] = null, ["static_analysis"] = null,
                    ["materialized"] = "test", ["severity"] = "ERROR", ["store_failures"] = null, ["store_failures_as"] = null, ["where"] = null, ["limit"] = null,
                    ["fail_calc"] = "count(*)", ["warn_if"] = "!= 0", ["error_if"] = "!= 0",
                };
        }

        var map = new DbtMap
        {
            ["enabled"] = true, ["alias"] = null, ["schema"] = null, ["database"] = null, ["tags"] = new List<object?>(), ["meta"] = new DbtMap(), ["group"] = null, ["static_analysis"] = null,
            ["materialized"] = type switch { DbtResourceType.Seed => "seed", DbtResourceType.Snapshot => "snapshot", _ => "view" },
            ["incremental_strategy"] = null, ["batch_size"] = null, ["lookback"] = 1L, ["begin"] = null, ["persist_docs"] = new DbtMap(), ["post-hook"] = new List<object?>(), ["pre-hook"] = new List<object?>(),
            ["quoting"] = new DbtMap(), ["column_types"] = new DbtMap(), ["full_refresh"] = null, ["unique_key"] = null, ["on_schema_change"] = "ignore", ["on_configuration_change"] = "apply",
            ["grants"] = new DbtMap(), ["packages"] = new List<object?>(), ["docs"] = new DbtMap { ["show"] = true, ["node_color"] = null }, ["contract"] = new DbtMap { ["enforced"] = false, ["alias_types"] = true },
            ["event_time"] = null, ["concurrent_batches"] = null,
        };
        switch (type)
        {
            case DbtResourceType.Model:
                map["access"] = "protected";
                map["freshness"] = null;
                break;
            case DbtResourceType.Seed:
                map["delimiter"] = ",";
                map["quote_columns"] = null;
                break;
            case DbtResourceType.Snapshot:
                map["strategy"] = null;
                map["target_schema"] = null;
                map["target_database"] = null;
                map["updated_at"] = null;
                map["check_cols"] = null;
                map["snapshot_meta_column_names"] = SnapshotColumns();
                map["dbt_valid_to_current"] = null;
                break;
        }

        return map;
    }

    public static DbtMap SnapshotColumns() => new() { ["dbt_valid_to"] = null, ["dbt_valid_from"] = null, ["dbt_scd_id"] = null, ["dbt_updated_at"] = null, ["dbt_is_deleted"] = null };

    public static DbtMap FreshnessDefault() => new()
    {
        ["warn_after"] = new DbtMap { ["count"] = null, ["period"] = null },
        ["error_after"] = new DbtMap { ["count"] = null, ["period"] = null },
        ["filter"] = null,
    };
}
