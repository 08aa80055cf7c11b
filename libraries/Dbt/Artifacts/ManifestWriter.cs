using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Artifacts;

/// <summary>Writes <c>manifest.json</c> (schema v12), and what belongs to it.</summary>
internal static class ManifestWriter
{
    public static void Write(DbtSession session)
    {
        JsonValues.WriteFile(Path.Combine(session.TargetFolder, "manifest.json"), ToMap(session));
        SemanticManifestWriter.Write(session);
    }

    public static DbtMap ToMap(DbtSession session)
    {
        var manifest = session.Manifest;
        manifest.BuildParentAndChildMaps();
        var disabled = new DbtMap();
        foreach (var (id, nodes) in manifest.Disabled)
        {
            disabled[id] = new List<object?>(nodes.Select(WithoutDeferral));
        }

        return new DbtMap
        {
            ["metadata"] = ManifestMetadata(session),
            ["nodes"] = Nodes(manifest.Nodes),
            ["sources"] = Nodes(manifest.Sources),
            ["macros"] = new DbtMap(manifest.Macros.Select(entry => KeyValuePair.Create<object, object?>(entry.Key, Macro(entry.Value)))),
            ["docs"] = new DbtMap(manifest.Docs.Select(entry => KeyValuePair.Create<object, object?>(entry.Key, Doc(entry.Value)))),
            ["exposures"] = Nodes(manifest.Exposures),
            ["metrics"] = Semantics(manifest, DbtResourceType.Metric),
            ["groups"] = new DbtMap(manifest.Groups.Select(entry => KeyValuePair.Create<object, object?>(entry.Key, Group(entry.Value)))),
            ["selectors"] = manifest.Selectors,
            ["disabled"] = disabled,
            ["parent_map"] = Edges(manifest.ParentMap),
            ["child_map"] = Edges(manifest.ChildMap),
            ["group_map"] = GroupMap(manifest),
            ["saved_queries"] = Semantics(manifest, DbtResourceType.SavedQuery),
            ["semantic_models"] = Semantics(manifest, DbtResourceType.SemanticModel),
            ["unit_tests"] = Nodes(manifest.UnitTests),
            ["functions"] = new DbtMap(),
        };
    }

    private static DbtMap ManifestMetadata(DbtSession session)
    {
        var map = Metadata(session, "https://schemas.getdbt.com/dbt/manifest/v12.json");
        var quoting = session.Adapter.ProjectQuote;
        map["project_name"] = session.Root.Name;
        map["project_id"] = Text.Md5(session.Root.Name);
        map["user_id"] = null;
        map["send_anonymous_usage_stats"] = false;
        map["adapter_type"] = session.Profile.Type;
        map["quoting"] = new DbtMap { ["database"] = quoting.Database, ["schema"] = quoting.Schema, ["identifier"] = quoting.Identifier, ["column"] = null };
        map["run_started_at"] = map["invocation_started_at"];
        return map;
    }

    public static DbtMap Metadata(DbtSession session, string schema) => new()
    {
        ["dbt_schema_version"] = schema,
        ["dbt_version"] = DbtSession.Version,
        ["generated_at"] = Time(session.Invocation.TimeProvider.GetUtcNow()),
        ["invocation_id"] = session.InvocationId,
        ["invocation_started_at"] = Time(session.StartedAt),
        ["env"] = InvocationArgs.MetadataVariables(session.EnvironmentVariables),
    };

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", System.Globalization.CultureInfo.InvariantCulture);

    public static DbtMap Macro(DbtMacro macro) => new()
    {
        ["name"] = macro.Name,
        ["resource_type"] = "macro",
        ["package_name"] = macro.PackageName,
        ["path"] = macro.OriginalFilePath,
        ["original_file_path"] = macro.OriginalFilePath,
        ["unique_id"] = macro.UniqueId,
        ["macro_sql"] = macro.MacroSql,
        ["depends_on"] = new DbtMap { ["macros"] = NodeWriter.Texts(macro.DependsOnMacros) },
        ["description"] = macro.Description,
        ["meta"] = macro.Meta,
        ["docs"] = macro.Docs,
        ["config"] = new DbtMap { ["meta"] = macro.Meta, ["docs"] = macro.Docs },
        ["patch_path"] = macro.PatchPath,
        ["arguments"] = new List<object?>(macro.Arguments),
        ["created_at"] = 0.0,
        ["supported_languages"] = macro.SupportedLanguages is { } languages ? NodeWriter.Texts(languages) : null,
    };

    public static DbtMap Group(DbtGroup group) => new()
    {
        ["name"] = group.Name,
        ["resource_type"] = "group",
        ["package_name"] = group.PackageName,
        ["path"] = group.Path,
        ["original_file_path"] = group.OriginalFilePath,
        ["unique_id"] = group.UniqueId,
        ["owner"] = group.Owner,
        ["description"] = group.Description,
        ["config"] = group.Config,
    };

    private static DbtMap Doc(DocBlock doc) => new()
    {
        ["name"] = doc.Name,
        ["resource_type"] = "doc",
        ["package_name"] = doc.PackageName,
        ["path"] = doc.Path,
        ["original_file_path"] = doc.OriginalFilePath,
        ["unique_id"] = doc.UniqueId,
        ["block_contents"] = doc.Contents,
    };

    private static DbtMap Nodes(OrderedDictionary<string, DbtNode> nodes) => new(nodes.Select(entry => KeyValuePair.Create<object, object?>(entry.Key, WithoutDeferral(entry.Value))));

    // What a node is deferred to belongs to the run, so dbt leaves it out of the file.
    private static DbtMap WithoutDeferral(DbtNode node)
    {
        var map = NodeWriter.Write(node);
        map.Remove("defer_relation");
        return map;
    }

    private static DbtMap Semantics(Manifest manifest, DbtResourceType type) =>
        new(manifest.Semantics.Where(entry => entry.Value.ResourceType == type).Select(entry => KeyValuePair.Create<object, object?>(entry.Key, NodeWriter.Write(entry.Value))));

    private static DbtMap Edges(Dictionary<string, List<string>> edges) => new(edges.Select(entry => KeyValuePair.Create<object, object?>(entry.Key, NodeWriter.Texts(entry.Value.Order(StringComparer.Ordinal)))));

    private static DbtMap GroupMap(Manifest manifest)
    {
        var map = new DbtMap();
        foreach (var group in manifest.Groups.Values)
        {
            map[group.Name] = NodeWriter.Texts(manifest.Nodes.Values.Where(node => node.Group == group.Name).Select(node => node.UniqueId));
        }

        return map;
    }
}
