using System.Text.Json;
using System.Text.Json.Nodes;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>Compares <c>manifest.json</c>, <c>catalog.json</c> and <c>sources.json</c>, in the normal form that the pack's README describes.</summary>
internal static class ArtifactComparison
{
    private static readonly string[] Sections = ["nodes", "sources", "exposures", "unit_tests", "groups", "macros", "docs", "disabled", "selectors", "parent_map", "child_map"];

    private static readonly string[] Dropped =
    [
        "created_at", "root_path", "build_path", "compiled", "compiled_path", "compiled_code", "extra_ctes", "extra_ctes_injected", "deferred", "config_call_dict", "unrendered_config_call_dict", "doc_blocks", "metrics",
        "functions", "database", "unrendered_database", "unrendered_schema", "time_spine", "defer_relation",
    ];

    private static readonly string[] OwnPackages = ["dbt", "dbt_duckdb", "dbt_postgres", "dbt_snowflake"];

    public static void CompareManifest(string expectedPath, string workspace, List<string> differences)
    {
        if (!File.Exists(expectedPath))
        {
            return;
        }

        var own = Read(Path.Combine(workspace, "target", "manifest.json"));
        if (own is null)
        {
            differences.Add("no manifest.json");
            return;
        }

        var normal = new JsonObject();
        foreach (var section in Sections.Where(own.ContainsKey))
        {
            normal[section] = Section(section, own[section]!.AsObject());
        }

        Compare("manifest", Sorted(Clean(Read(expectedPath)!)), Sorted(Clean(normal)), differences);
    }

    public static void CompareCatalog(string expectedPath, string workspace, List<string> differences)
    {
        if (!File.Exists(expectedPath))
        {
            return;
        }

        var own = Read(Path.Combine(workspace, "target", "catalog.json"));
        if (own is null)
        {
            differences.Add("no catalog.json");
            return;
        }

        var normal = new JsonObject();
        foreach (var section in new[] { "nodes", "sources" })
        {
            normal[section] = new JsonObject(own[section]!.AsObject().Select(entry =>
            {
                var metadata = entry.Value!["metadata"]!;
                return KeyValuePair.Create(entry.Key, (JsonNode?)new JsonObject
                {
                    ["type"] = metadata["type"]?.DeepClone(), ["schema"] = metadata["schema"]?.DeepClone(), ["name"] = metadata["name"]?.DeepClone(), ["comment"] = metadata["comment"]?.DeepClone(),
                    ["columns"] = new JsonObject(entry.Value["columns"]!.AsObject().Select(column => KeyValuePair.Create(column.Key, (JsonNode?)new JsonObject
                    {
                        ["type"] = column.Value!["type"]?.DeepClone(), ["index"] = column.Value["index"]?.DeepClone(), ["comment"] = column.Value["comment"]?.DeepClone(),
                    }))),
                });
            }));
        }

        Compare("catalog", Sorted(Clean(Read(expectedPath)!)), Sorted(Clean(normal)), differences);
    }

    public static void CompareSources(JsonElement result, string workspace, List<string> differences)
    {
        if (!result.TryGetProperty("sources", out var expected))
        {
            return;
        }

        var own = Read(Path.Combine(workspace, "target", "sources.json"));
        if (own is null)
        {
            differences.Add("no sources.json");
            return;
        }

        var wanted = JsonNode.Parse(expected.GetRawText())!.AsObject();
        var normal = new JsonObject(own["results"]!.AsArray().Where(item => item!["criteria"] is not null).Select(item => KeyValuePair.Create(item!["unique_id"]!.ToString(), (JsonNode?)new JsonObject
        {
            ["status"] = item["status"]?.DeepClone(), ["criteria"] = item["criteria"]?.DeepClone(), ["max_loaded_at"] = item["max_loaded_at"]?.DeepClone(),
        })));
        foreach (var (id, source) in wanted)
        {
            if (source is JsonObject && normal[id] is JsonObject ownFields)
            {
                // The pack has no time where it depends on the time of the run; the two ways to write UTC are one time.
                ownFields["max_loaded_at"] = source["max_loaded_at"] is { } time && ownFields["max_loaded_at"] is { } ownTime && DateTimeOffset.TryParse(time.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var a)
                    && DateTimeOffset.TryParse(ownTime.ToString(), System.Globalization.CultureInfo.InvariantCulture, out var b) && a == b ? time.DeepClone() : source["max_loaded_at"] is null ? null : ownFields["max_loaded_at"]?.DeepClone();
            }
        }

        Compare("sources", Sorted(Clean(wanted)), Sorted(Clean(normal)), differences);
    }

    /// <summary>The same value with the keys of all its objects in order.</summary>
    public static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => KeyValuePair.Create(entry.Key, Sorted(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };

    private static JsonObject Section(string section, JsonObject map)
    {
        var normal = new JsonObject();
        foreach (var (id, entry) in map)
        {
            if (section is "macros" or "docs" && IsOwn(id))
            {
                continue;
            }

            normal[id] = section switch
            {
                "disabled" => entry!.AsArray().Count,
                "parent_map" or "child_map" => SortedTexts(entry!.AsArray()),
                "selectors" => entry?.DeepClone(),
                "docs" => entry!["block_contents"]?.DeepClone(),
                "macros" => Without(Node(entry!.AsObject()), "path", "resource_type", "unique_id", "macro_sql"),
                _ => Node(entry!.AsObject()),
            };
        }

        return normal;
    }

    private static JsonObject Node(JsonObject node)
    {
        var keepsCode = node.ContainsKey("test_metadata") && node["test_metadata"] is not null;
        var normal = new JsonObject(node.Where(entry => !Array.Exists(Dropped, key => key == entry.Key) && (entry.Key != "raw_code" || keepsCode)).Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone())));
        foreach (var key in new[] { "refs", "sources" })
        {
            if (normal[key] is JsonArray list)
            {
                normal[key] = new JsonArray([.. list.Select(item => Sorted(Clean(item?.DeepClone()))).OrderBy(item => item!.ToJsonString(), StringComparer.Ordinal)]);
            }
        }

        if (normal["depends_on"] is JsonObject depends)
        {
            foreach (var key in new[] { "nodes", "macros" })
            {
                if (depends[key] is JsonArray list)
                {
                    depends[key] = SortedTexts(list);
                }
            }
        }

        return normal;
    }

    private static JsonObject Without(JsonObject node, params string[] keys)
    {
        foreach (var key in keys)
        {
            node.Remove(key);
        }

        return node;
    }

    private static JsonArray SortedTexts(JsonArray list) => new([.. list.Select(item => item!.ToString()).Where(id => !id.StartsWith("macro.", StringComparison.Ordinal) || !IsOwn(id)).Order(StringComparer.Ordinal).Select(id => (JsonNode)id)]);

    private static bool IsOwn(string id) => OwnPackages.Contains(id.Split('.').ElementAtOrDefault(id.StartsWith("macro.", StringComparison.Ordinal) || id.StartsWith("doc.", StringComparison.Ordinal) ? 1 : 0), StringComparer.Ordinal);

    // Without nulls and what is empty, at every depth.
    private static JsonNode? Clean(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                var cleaned = new JsonObject(map.Select(entry => KeyValuePair.Create(entry.Key, Clean(entry.Value))).Where(entry => !IsEmpty(entry.Value)));
                return cleaned;
            case JsonArray list:
                return new JsonArray([.. list.Select(Clean)]);
            default:
                return node?.DeepClone();
        }
    }

    private static bool IsEmpty(JsonNode? node) => node switch
    {
        null => true,
        JsonObject map => map.Count == 0,
        JsonArray list => list.Count == 0,
        JsonValue value => value.TryGetValue<string>(out var text) && text.Length == 0,
        _ => false,
    };

    private static void Compare(string path, JsonNode? expected, JsonNode? found, List<string> differences)
    {
        if (expected is JsonObject wanted && found is JsonObject own)
        {
            foreach (var key in wanted.Select(entry => entry.Key).Union(own.Select(entry => entry.Key), StringComparer.Ordinal).Where(key => key != "unrendered_config"))
            {
                Compare($"{path}/{key}", wanted[key], own[key], differences);
            }
        }
        else if (!Same(expected, found))
        {
            differences.Add($"{path} is {found?.ToJsonString() ?? "not there"}, dbt's is {expected?.ToJsonString() ?? "not there"}");
        }
    }

    private static bool Same(JsonNode? a, JsonNode? b) => JsonNode.DeepEquals(a, b) || (a is JsonValue && b is JsonValue && double.TryParse(a.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var x) && double.TryParse(b.ToJsonString(), System.Globalization.CultureInfo.InvariantCulture, out var y) && x.Equals(y));

    private static JsonObject? Read(string path) => File.Exists(path) ? JsonNode.Parse(File.ReadAllBytes(path))!.AsObject() : null;
}
