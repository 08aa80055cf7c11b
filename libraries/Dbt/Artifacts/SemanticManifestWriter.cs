using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Artifacts;

/// <summary>Writes <c>semantic_manifest.json</c>, which programs that query metrics read: what is in the manifest of semantic models, metrics and saved queries, in fewer words, and the time spines.</summary>
internal static class SemanticManifestWriter
{
    // Of dbt-semantic-interfaces, which gives the file its shape in dbt 1.11.
    private static readonly DbtMap ShapeVersion = new() { ["major_version"] = "0", ["minor_version"] = "9", ["patch_version"] = "2" };

    public static void Write(DbtSession session)
    {
        var path = Path.Combine(session.TargetFolder, "semantic_manifest.json");
        Directory.CreateDirectory(session.TargetFolder);
        File.WriteAllText(path, PythonJson.Write(ToMap(session)));
    }

    public static DbtMap ToMap(DbtSession session)
    {
        var manifest = session.Manifest;
        TimeSpines.Require(manifest);
        return new DbtMap
        {
            ["semantic_models"] = All(manifest, DbtResourceType.SemanticModel, SemanticModel),
            ["metrics"] = All(manifest, DbtResourceType.Metric, Metric),
            ["project_configuration"] = new DbtMap
            {
                ["time_spine_table_configurations"] = LegacySpines(manifest),
                ["metadata"] = null,
                ["dsi_package_version"] = ShapeVersion,
                ["time_spines"] = new List<object?>(TimeSpines.Declared(manifest).Select(Spine)),
            },
            ["saved_queries"] = All(manifest, DbtResourceType.SavedQuery, SavedQuery),
        };
    }

    private static List<object?> All(Manifest manifest, DbtResourceType type, Func<DbtMap, DbtMap> write) =>
        [.. manifest.Semantics.Values.Where(node => node.ResourceType == type).Select(node => write(NodeWriter.Write(node)))];

    private static DbtMap SemanticModel(DbtMap node)
    {
        var map = Pick(node, "name", "defaults", "description", "node_relation", "primary_entity");
        map["entities"] = Parts(node.GetList("entities"), "name", "description", "type", "role", "expr", "metadata", "label", "config");
        map["measures"] = Parts(node.GetList("measures"), "name", "agg", "description", "create_metric", "expr", "agg_params", "metadata", "non_additive_dimension", "agg_time_dimension", "label", "config");
        map["dimensions"] = Parts(node.GetList("dimensions"), "name", "description", "type", "is_partition", "type_params", "expr", "metadata", "label", "config");
        map.Update(Pick(node, "label", "metadata"));
        map["config"] = Meta(node);
        return map;
    }

    private static DbtMap Metric(DbtMap node)
    {
        var given = node.GetMap("type_params")!;
        var parameters = Pick(given, "measure", "numerator", "denominator", "expr", "window", "grain_to_date", "metrics");
        parameters["metrics"] = new List<object?>((given.GetList("metrics") ?? []).OfType<DbtMap>().Select(InputInLowerCase));
        parameters["conversion_type_params"] = given.GetMap("conversion_type_params") is { } conversion
            ? Pick(conversion, "base_measure", "base_metric", "conversion_measure", "conversion_metric", "entity", "calculation", "window", "constant_properties")
            : null;
        parameters["cumulative_type_params"] = given.GetMap("cumulative_type_params") is { } cumulative ? InLowerCase(Pick(cumulative, "window", "grain_to_date", "period_agg", "metric"), "grain_to_date") : null;
        parameters.Update(Pick(given, "input_measures", "metric_aggregation_params"));
        parameters["join_to_timespine"] = false;
        parameters["fill_nulls_with"] = null;

        var map = Pick(node, "name", "description", "type");
        map["type_params"] = parameters;
        map.Update(Pick(node, "filter", "metadata", "label"));
        map["config"] = Meta(node);
        map["time_granularity"] = node.Get("time_granularity");
        return map;
    }

    private static DbtMap SavedQuery(DbtMap node)
    {
        var map = Pick(node, "name");
        map["query_params"] = Pick(node.GetMap("query_params")!, "metrics", "group_by", "order_by", "limit", "where");
        map.Update(Pick(node, "description", "metadata", "label"));
        map["exports"] = new List<object?>((node.GetList("exports") ?? []).OfType<DbtMap>().Select(export => new DbtMap { ["name"] = export.Get("name"), ["config"] = Pick(export.GetMap("config")!, "export_as", "schema_name", "alias") }));
        map["tags"] = node.Get("tags");
        return map;
    }

    private static List<object?> LegacySpines(Manifest manifest) =>
        TimeSpines.HasSemanticModels(manifest) && TimeSpines.Undeclared(manifest) is { } node
            ? [new DbtMap { ["location"] = node.RelationName, ["column_name"] = "date_day", ["grain"] = "day" }]
            : [];

    private static DbtMap Spine(DbtNode node) => new()
    {
        ["node_relation"] = new DbtMap { ["alias"] = node.Alias, ["schema_name"] = node.Schema, ["database"] = node.Database, ["relation_name"] = node.RelationName },
        ["primary_column"] = new DbtMap { ["name"] = node.TimeSpine!.Get("standard_granularity_column"), ["time_granularity"] = TimeSpines.GranularityOf(node) },
        ["custom_granularities"] = node.TimeSpine!.Get("custom_granularities"),
    };

    private static List<object?> Parts(List<object?>? items, params string[] keys) => [.. (items ?? []).OfType<DbtMap>().Select(item => Pick(item, keys))];

    private static DbtMap Meta(DbtMap node) => new() { ["meta"] = node.GetMap("config")?.Get("meta") ?? new DbtMap() };

    private static DbtMap InputInLowerCase(DbtMap input) => InLowerCase(Pick(input, "name", "filter", "alias", "offset_window", "offset_to_grain"), "offset_to_grain");

    private static DbtMap InLowerCase(DbtMap map, string key)
    {
        map[key] = map.GetString(key)?.ToLowerInvariant();
        return map;
    }

    private static DbtMap Pick(DbtMap map, params string[] keys)
    {
        var picked = new DbtMap();
        foreach (var key in keys)
        {
            picked[key] = map.Get(key);
        }

        return picked;
    }
}
