using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Artifacts;

/// <summary>A node as <c>manifest.json</c> has it (schema manifest v12), and as templates see it.</summary>
internal static class NodeWriter
{
    /// <summary>The node for templates: values that are not there are left out.</summary>
    public static DbtMap ForTemplates(DbtNode node)
    {
        var map = Write(node);
        DropNulls(map);
        if (node.Batch is not null)
        {
            map["batch"] = node.Batch;
        }

        return map;
    }

    /// <summary>The node for <c>graph</c>: everything is there, null where nothing is said.</summary>
    public static DbtMap ForGraph(DbtNode node)
    {
        var map = Write(node);
        if (node.Batch is not null)
        {
            map["batch"] = node.Batch;
        }

        return map;
    }

    public static DbtMap Write(DbtNode node) => node.ResourceType switch
    {
        DbtResourceType.Source => Source(node),
        DbtResourceType.Exposure => Exposure(node),
        DbtResourceType.UnitTest => UnitTest(node),
        DbtResourceType.SemanticModel or DbtResourceType.Metric or DbtResourceType.SavedQuery => Semantic(node),
        _ => Node(node),
    };

    public static List<object?> Texts(IEnumerable<string> texts) => [.. texts];

    private static DbtMap Node(DbtNode node)
    {
        var map = new DbtMap
        {
            ["database"] = node.Database,
            ["schema"] = node.Schema,
            ["name"] = node.Name,
            ["resource_type"] = node.ResourceType.Name(),
            ["package_name"] = node.PackageName,
            ["path"] = node.Path,
            ["original_file_path"] = node.OriginalFilePath,
            ["unique_id"] = node.UniqueId,
            ["fqn"] = Texts(node.Fqn),
            ["alias"] = node.Alias,
            ["checksum"] = new DbtMap { ["name"] = node.ChecksumName, ["checksum"] = node.Checksum },
            ["config"] = Config(node),
            ["tags"] = Texts(node.Tags),
            ["description"] = node.Description,
            ["columns"] = Columns(node.Columns),
            ["meta"] = node.Meta,
            ["group"] = node.Group,
            ["docs"] = node.Docs,
            ["patch_path"] = node.PatchPath,
            ["build_path"] = node.BuildPath,
            ["unrendered_config"] = node.UnrenderedConfig,
            ["created_at"] = node.CreatedAt,
            ["relation_name"] = node.RelationName,
            ["raw_code"] = node.RawCode,
            ["doc_blocks"] = Texts(node.DocBlocks),
        };
        if (node.ResourceType == DbtResourceType.Seed)
        {
            map["root_path"] = node.RootPath;
            map["depends_on"] = new DbtMap { ["macros"] = Texts(node.DependsOnMacros) };
            map["defer_relation"] = null;
            return map;
        }

        map["language"] = node.Language;
        map["refs"] = new List<object?>(node.Refs.Select(Ref));
        map["sources"] = new List<object?>(node.Sources.Select(source => new List<object?> { source.Source, source.Table }));
        map["metrics"] = new List<object?>();
        map["functions"] = new List<object?>();
        map["depends_on"] = new DbtMap { ["macros"] = Texts(node.DependsOnMacros), ["nodes"] = Texts(node.DependsOnNodes) };
        map["compiled_path"] = node.CompiledPath;
        map["contract"] = node.Contract;
        if (node.IsCompiled)
        {
            map["compiled"] = true;
            map["compiled_code"] = node.CompiledCode;
            map["extra_ctes_injected"] = node.ExtraCtesInjected;
            map["extra_ctes"] = new List<object?>(node.ExtraCtes.Select(cte => new DbtMap { ["id"] = cte.Id, ["sql"] = cte.Sql }));
        }

        switch (node.ResourceType)
        {
            case DbtResourceType.Model:
                map["access"] = node.Access ?? "protected";
                map["constraints"] = new List<object?>(node.Constraints);
                map["version"] = node.Version;
                map["latest_version"] = node.LatestVersion;
                map["deprecation_date"] = node.DeprecationDate;
                map["defer_relation"] = null;
                map["primary_key"] = Texts(node.PrimaryKey);
                map["time_spine"] = node.TimeSpine;
                break;
            case DbtResourceType.Snapshot:
                map["defer_relation"] = null;
                break;
            case DbtResourceType.Operation:
                map["index"] = node.Index is { } index ? (long)index : null;
                break;
            case DbtResourceType.Test when node.Test is { } test:
                map["column_name"] = node.ColumnName;
                map["file_key_name"] = node.FileKeyName;
                map["attached_node"] = node.AttachedNode;
                map["test_metadata"] = new DbtMap { ["name"] = test.Name, ["kwargs"] = test.Kwargs, ["namespace"] = test.Namespace };
                break;
        }

        return map;
    }

    // The first batch is a time, however it was written.
    private static DbtMap Config(DbtNode node)
    {
        if (node.Config.Get("begin") is not string begin || !DateTime.TryParse(begin, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.RoundtripKind, out var time) || time.Kind != DateTimeKind.Unspecified)
        {
            return node.Config;
        }

        var config = new DbtMap();
        config.Update(node.Config);
        config["begin"] = time.ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        return config;
    }

    private static DbtMap Source(DbtNode node)
    {
        var source = node.Source!;
        return new DbtMap
        {
            ["database"] = node.Database,
            ["schema"] = node.Schema,
            ["name"] = node.Name,
            ["resource_type"] = "source",
            ["package_name"] = node.PackageName,
            ["path"] = node.Path,
            ["original_file_path"] = node.OriginalFilePath,
            ["unique_id"] = node.UniqueId,
            ["fqn"] = Texts(node.Fqn),
            ["source_name"] = source.SourceName,
            ["source_description"] = source.SourceDescription,
            ["loader"] = source.Loader,
            ["identifier"] = source.Identifier,
            ["quoting"] = source.Quoting,
            ["loaded_at_field"] = source.LoadedAtField,
            ["loaded_at_query"] = source.LoadedAtQuery,
            ["freshness"] = source.Freshness,
            ["external"] = source.External,
            ["description"] = node.Description,
            ["columns"] = Columns(node.Columns),
            ["meta"] = node.Meta,
            ["source_meta"] = source.SourceMeta,
            ["tags"] = Texts(node.Tags),
            ["config"] = node.Config,
            ["patch_path"] = node.PatchPath,
            ["unrendered_config"] = node.UnrenderedConfig,
            ["relation_name"] = node.RelationName,
            ["created_at"] = node.CreatedAt,
            ["unrendered_database"] = source.UnrenderedDatabase,
            ["unrendered_schema"] = source.UnrenderedSchema,
            ["doc_blocks"] = Texts(node.DocBlocks),
        };
    }

    private static DbtMap Exposure(DbtNode node)
    {
        var exposure = node.Exposure!;
        return new DbtMap
        {
            ["name"] = node.Name,
            ["resource_type"] = "exposure",
            ["package_name"] = node.PackageName,
            ["path"] = node.Path,
            ["original_file_path"] = node.OriginalFilePath,
            ["unique_id"] = node.UniqueId,
            ["fqn"] = Texts(node.Fqn),
            ["type"] = exposure.Type,
            ["owner"] = exposure.Owner,
            ["description"] = node.Description,
            ["label"] = exposure.Label,
            ["maturity"] = exposure.Maturity,
            ["meta"] = node.Meta,
            ["tags"] = Texts(node.Tags),
            ["config"] = node.Config,
            ["unrendered_config"] = node.UnrenderedConfig,
            ["url"] = exposure.Url,
            ["depends_on"] = new DbtMap { ["macros"] = Texts(node.DependsOnMacros), ["nodes"] = Texts(node.DependsOnNodes) },
            ["refs"] = new List<object?>(node.Refs.Select(Ref)),
            ["sources"] = new List<object?>(node.Sources.Select(source => new List<object?> { source.Source, source.Table })),
            ["metrics"] = new List<object?>(node.MetricNames.Select(name => new List<object?> { name })),
            ["created_at"] = node.CreatedAt,
        };
    }

    private static DbtMap Semantic(DbtNode node)
    {
        var map = new DbtMap
        {
            ["name"] = node.Name,
            ["resource_type"] = node.ResourceType.Name(),
            ["package_name"] = node.PackageName,
            ["path"] = node.Path,
            ["original_file_path"] = node.OriginalFilePath,
            ["unique_id"] = node.UniqueId,
            ["fqn"] = Texts(node.Fqn),
            ["description"] = node.Description.Length == 0 && node.ResourceType != DbtResourceType.Metric ? null : node.Description,
        };
        // Where names are made for an export its saved query is not read to the end.
        map.Update(node.Semantic ?? []);
        map["metadata"] = null;
        map["config"] = node.Config;
        map["unrendered_config"] = node.UnrenderedConfig;
        map["group"] = node.Group;
        map["depends_on"] = new DbtMap { ["macros"] = Texts(node.DependsOnMacros), ["nodes"] = Texts(node.DependsOnNodes) };
        map["refs"] = new List<object?>(node.Refs.Select(Ref));
        map["created_at"] = node.CreatedAt;
        if (node.ResourceType == DbtResourceType.Metric)
        {
            map["meta"] = node.Meta;
            map["sources"] = new List<object?>();
            map["metrics"] = new List<object?>();
        }

        if (node.ResourceType != DbtResourceType.SemanticModel)
        {
            map["tags"] = Texts(node.Tags);
        }

        return map;
    }

    private static DbtMap UnitTest(DbtNode node)
    {
        var unit = node.UnitTest!;
        return new DbtMap
        {
            ["model"] = unit.Model,
            ["given"] = new List<object?>(unit.Given),
            ["expect"] = unit.Expect,
            ["name"] = node.Name,
            ["resource_type"] = "unit_test",
            ["package_name"] = node.PackageName,
            ["path"] = node.Path,
            ["original_file_path"] = node.OriginalFilePath,
            ["unique_id"] = node.UniqueId,
            ["fqn"] = Texts(node.Fqn),
            ["description"] = node.Description,
            ["overrides"] = unit.Overrides,
            ["depends_on"] = new DbtMap { ["macros"] = Texts(node.DependsOnMacros), ["nodes"] = Texts(node.DependsOnNodes) },
            ["config"] = node.Config,
            ["checksum"] = node.Checksum,
            ["schema"] = node.Schema,
            ["created_at"] = node.CreatedAt,
            ["versions"] = unit.Versions,
            ["version"] = node.Version,
        };
    }

    private static DbtMap Ref(RefArgs args) => new() { ["name"] = args.Name, ["package"] = args.Package, ["version"] = args.Version is { } version && !args.IsVersionText && long.TryParse(version, out var number) ? number : args.Version };

    private static DbtMap Columns(OrderedDictionary<string, ColumnInfo> columns)
    {
        var map = new DbtMap();
        foreach (var (name, column) in columns)
        {
            var entry = new DbtMap
            {
                ["name"] = column.Name,
                ["description"] = column.Description,
                ["meta"] = column.Meta,
                ["data_type"] = column.DataType,
                ["constraints"] = new List<object?>(column.Constraints),
                ["quote"] = column.Quote,
                ["config"] = new DbtMap { ["meta"] = column.Meta, ["tags"] = Texts(column.Tags) },
                ["tags"] = Texts(column.Tags),
                ["granularity"] = column.Granularity,
                ["doc_blocks"] = new List<object?>(column.DocBlocks),
            };
            entry.Update(column.Extra);
            map[name] = entry;
        }

        return map;
    }

    private static void DropNulls(DbtMap map)
    {
        foreach (var key in map.Where(entry => entry.Value is null).Select(entry => entry.Key).ToList())
        {
            map.Remove(key);
        }
    }
}
