using System.Globalization;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Semantic models, metrics and saved queries: dbt describes them in the manifest, and other programs query them (https://docs.getdbt.com/docs/build/semantic-models).</summary>
internal sealed class SemanticReader(NodeFactory factory, Manifest manifest)
{
    private static readonly string[] Types = ["simple", "ratio", "cumulative", "derived", "conversion"];

    public void Read(PropertiesFile file)
    {
        foreach (var entry in file.Entries("semantic_models"))
        {
            SemanticModel(entry, file);
        }

        foreach (var entry in file.Entries("metrics"))
        {
            Require(entry, file, "label");
            Require(entry, file, "type");
            Require(entry, file, "type_params");
            Metric(entry.Data, entry, file);
        }

        foreach (var entry in file.Entries("saved_queries"))
        {
            Require(entry, file, "query_params");
            SavedQuery(entry, file);
        }
    }

    private static void Require(PropertiesEntry entry, PropertiesFile file, string key)
    {
        if (entry.Data.Get(key) is null)
        {
            throw Invalid(entry, file, $"at path []: '{key}' is a required property", $"no '{key}'", $"a key '{key}'");
        }
    }

    private static DbtException Invalid(PropertiesEntry entry, PropertiesFile file, string why, string found, string expected) =>
        file.Invalid($"Invalid {entry.Key} config given in {file.Path} @ {entry.Key}: {Val.Repr(entry.Data)} - {why}", entry.Line, found, expected);

    private void SemanticModel(PropertiesEntry entry, PropertiesFile file)
    {
        Require(entry, file, "model");
        var data = entry.Data;
        var node = Create(DbtResourceType.SemanticModel, data, entry, file);
        var meta = node.Config.GetMap("meta") ?? [];
        List<DbtMap> Parts(string key) => [.. (data.GetList(key) ?? []).OfType<DbtMap>()];
        node.Semantic = new DbtMap
        {
            ["model"] = data.GetString("model"),
            ["node_relation"] = null,
            ["label"] = data.GetString("label"),
            ["defaults"] = data.GetMap("defaults") is { } defaults ? new DbtMap { ["agg_time_dimension"] = defaults.Get("agg_time_dimension") } : null,
            ["entities"] = new List<object?>(Parts("entities").Select(item => new DbtMap
            {
                ["name"] = item.Get("name"), ["type"] = item.Get("type"), ["description"] = item.Get("description"), ["label"] = item.Get("label"),
                ["role"] = item.Get("role"), ["expr"] = Expression(item), ["config"] = PartConfig(item, meta),
            })),
            ["measures"] = new List<object?>(Parts("measures").Select(item => new DbtMap
            {
                ["name"] = item.Get("name"), ["agg"] = item.Get("agg"), ["description"] = item.Get("description"), ["label"] = item.Get("label"),
                // What it asks for is a metric of its own below.
                ["create_metric"] = false, ["expr"] = Expression(item), ["agg_params"] = AggregationParameters(item.GetMap("agg_params")),
                ["non_additive_dimension"] = NonAdditive(item.GetMap("non_additive_dimension")), ["agg_time_dimension"] = item.Get("agg_time_dimension"), ["config"] = PartConfig(item, meta),
            })),
            ["dimensions"] = new List<object?>(Parts("dimensions").Select(item => new DbtMap
            {
                ["name"] = item.Get("name"), ["type"] = item.Get("type"), ["description"] = item.Get("description"), ["label"] = item.Get("label"),
                ["is_partition"] = item.GetBool("is_partition"), ["type_params"] = TimeParameters(item.GetMap("type_params")), ["expr"] = Expression(item),
                ["metadata"] = null, ["config"] = PartConfig(item, meta),
            })),
            ["primary_entity"] = data.GetString("primary_entity"),
        };
        ReferenceText.Add(node, data.GetString("model")!, file, entry.Line);
        Add(node);
        foreach (var measure in Parts("measures").Where(item => item.GetBool("create_metric")))
        {
            var name = Val.Str(measure.Get("name"));
            var metric = new DbtMap
            {
                ["name"] = name,
                ["label"] = measure.GetString("label") ?? name,
                ["type"] = "simple",
                ["type_params"] = new DbtMap { ["measure"] = name, ["expr"] = Expression(measure) ?? name },
                ["description"] = measure.GetString("description") ?? $"Metric created from measure {name}",
                ["config"] = new DbtMap { ["enabled"] = node.IsEnabled, ["meta"] = meta.DeepCopy() },
            };
            Metric(metric, entry with { Key = "metrics", Data = metric }, file);
        }
    }

    private void Metric(DbtMap data, PropertiesEntry entry, PropertiesFile file)
    {
        var type = (data.GetString("type") ?? string.Empty).ToLowerInvariant();
        if (!Types.Contains(type, StringComparer.Ordinal))
        {
            throw Invalid(entry, file, $"at path ['type']: {Val.Repr(data.Get("type"))} is not one of ['simple', 'ratio', 'cumulative', 'derived', 'conversion']", Val.Repr(data.Get("type")), string.Join(", ", Types));
        }

        var node = Create(DbtResourceType.Metric, data, entry, file);
        var given = data.GetMap("type_params") ?? [];
        DbtMap? cumulative = null;
        if (type == "cumulative")
        {
            var own = given.GetMap("cumulative_type_params") ?? [];
            cumulative = new DbtMap
            {
                ["window"] = Window(own.Get("window") ?? given.Get("window"), entry, file), ["grain_to_date"] = own.Get("grain_to_date") ?? given.Get("grain_to_date"),
                ["period_agg"] = own.Get("period_agg") ?? "first", ["metric"] = null,
            };
        }

        DbtMap? conversion = null;
        if (given.GetMap("conversion_type_params") is { } rates)
        {
            conversion = new DbtMap
            {
                ["base_measure"] = Measure(rates.Get("base_measure")), ["conversion_measure"] = Measure(rates.Get("conversion_measure")), ["entity"] = rates.Get("entity"),
                ["calculation"] = rates.Get("calculation") ?? "conversion_rate", ["window"] = Window(rates.Get("window"), entry, file), ["constant_properties"] = rates.Get("constant_properties"),
            };
        }

        node.Semantic = new DbtMap
        {
            ["label"] = data.GetString("label"),
            ["type"] = type,
            ["type_params"] = new DbtMap
            {
                ["measure"] = Measure(given.Get("measure")),
                ["input_measures"] = new List<object?>(),
                ["numerator"] = Input(given.Get("numerator"), entry, file),
                ["denominator"] = Input(given.Get("denominator"), entry, file),
                ["expr"] = Expression(given),
                ["window"] = Window(given.Get("window"), entry, file),
                ["grain_to_date"] = given.Get("grain_to_date"),
                ["metrics"] = new List<object?>((given.GetList("metrics") ?? []).Select(item => Input(item, entry, file))),
                ["conversion_type_params"] = conversion,
                ["cumulative_type_params"] = cumulative,
                ["metric_aggregation_params"] = null,
            },
            ["filter"] = Filter(data.Get("filter")),
            ["time_granularity"] = data.GetString("time_granularity"),
        };
        Add(node);
    }

    private void SavedQuery(PropertiesEntry entry, PropertiesFile file)
    {
        var node = Create(DbtResourceType.SavedQuery, entry.Data, entry, file);
        var query = entry.Data.GetMap("query_params") ?? [];
        var exports = new List<object?>();
        foreach (var export in (entry.Data.GetList("exports") ?? []).OfType<DbtMap>())
        {
            var config = export.GetMap("config") ?? [];
            var (database, schema) = factory.PlaceOf(node, config.Get("database"));
            exports.Add(new DbtMap
            {
                ["name"] = export.Get("name"),
                ["config"] = new DbtMap
                {
                    ["export_as"] = config.Get("export_as") ?? node.Config.Get("export_as"), ["schema_name"] = config.Get("schema") ?? config.Get("schema_name") ?? node.Config.Get("schema") ?? schema,
                    ["alias"] = config.Get("alias") ?? export.Get("name"), ["database"] = database,
                },
                ["unrendered_config"] = config,
            });
        }

        node.Semantic = new DbtMap
        {
            ["label"] = entry.Data.GetString("label"),
            ["query_params"] = new DbtMap
            {
                ["metrics"] = new List<object?>(query.GetList("metrics") ?? []), ["group_by"] = new List<object?>(query.GetList("group_by") ?? []), ["where"] = Filter(query.Get("where")),
                ["order_by"] = new List<object?>(query.GetList("order_by") ?? []), ["limit"] = query.Get("limit"),
            },
            ["exports"] = exports,
        };
        Add(node);
    }

    private DbtNode Create(DbtResourceType type, DbtMap data, PropertiesEntry entry, PropertiesFile file)
    {
        var name = Val.Str(data.Get("name"));
        var package = file.Project.Name;
        var fqn = NodeFiles.Fqn(package, file.File.RelativePath, withFile: false, name);
        var node = factory.Create(type, package, name, file.File.RelativePath, file.Path, fqn, string.Empty);
        var builder = new ConfigBuilder(factory.Session.Root, factory.Session.Projects);
        var given = data.GetMap("config")?.DeepCopy() ?? [];
        var properties = given.DeepCopy();
        foreach (var key in new[] { "meta", "group" })
        {
            if (data.Get(key) is { } value)
            {
                ConfigMerge.Merge(properties, new DbtMap { [key] = value });
            }
        }

        node.Line = entry.Line;
        node.Config = builder.Build(type, fqn, package, properties, []);
        node.UnrenderedConfig = builder.BuildUnrendered(type, fqn, package, given, []);
        // A metric has the tags of its entry alone, although its config may name others.
        var configured = type == DbtResourceType.Metric ? [] : Val.StringList(node.Config.Get("tags"));
        node.Tags = [.. Val.StringList(data.Get("tags")).Concat(configured).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        node.Meta = node.Config.GetMap("meta") ?? [];
        node.Group = node.Config.GetString("group");
        node.Description = data.GetString("description") ?? string.Empty;
        node.Schema = null;
        return node;
    }

    private void Add(DbtNode node)
    {
        if (!node.IsEnabled)
        {
            manifest.AddDisabled(node);
            return;
        }

        if (!manifest.Semantics.TryAdd(node.UniqueId, node))
        {
            throw NodeFiles.Duplicate(node, manifest.Semantics[node.UniqueId]);
        }
    }

    private static string? Expression(DbtMap item) => item.Get("expr") is { } value ? value is bool flag ? (flag ? "true" : "false") : Val.Str(value) : null;

    private static DbtMap PartConfig(DbtMap item, DbtMap meta)
    {
        var all = meta.DeepCopy();
        all.Update(item.GetMap("config")?.GetMap("meta") ?? []);
        return new DbtMap { ["meta"] = all };
    }

    private static DbtMap? AggregationParameters(DbtMap? given) => given is null ? null : new DbtMap
    {
        ["percentile"] = given.Get("percentile"), ["use_discrete_percentile"] = given.GetBool("use_discrete_percentile"), ["use_approximate_percentile"] = given.GetBool("use_approximate_percentile"),
    };

    private static DbtMap? NonAdditive(DbtMap? given) => given is null ? null : new DbtMap
    {
        ["name"] = given.Get("name"), ["window_choice"] = given.Get("window_choice") ?? "min", ["window_groupings"] = new List<object?>(given.GetList("window_groupings") ?? []),
    };

    private static DbtMap? TimeParameters(DbtMap? given) => given is null ? null : new DbtMap
    {
        ["time_granularity"] = given.Get("time_granularity"),
        ["validity_params"] = given.GetMap("validity_params") is { } validity ? new DbtMap { ["is_start"] = validity.GetBool("is_start"), ["is_end"] = validity.GetBool("is_end") } : null,
    };

    private static DbtMap? Filter(object? given) => given switch
    {
        null => null,
        List<object?> list => new DbtMap { ["where_filters"] = list.ConvertAll(object? (item) => new DbtMap { ["where_sql_template"] = Val.Str(item) }) },
        _ => new DbtMap { ["where_filters"] = new List<object?> { new DbtMap { ["where_sql_template"] = Val.Str(given) } } },
    };

    private static DbtMap? Measure(object? given) => given switch
    {
        null => null,
        DbtMap map => new DbtMap
        {
            ["name"] = map.Get("name"), ["filter"] = Filter(map.Get("filter")), ["alias"] = map.Get("alias"), ["join_to_timespine"] = map.GetBool("join_to_timespine"), ["fill_nulls_with"] = map.Get("fill_nulls_with"),
        },
        _ => new DbtMap { ["name"] = Val.Str(given), ["filter"] = null, ["alias"] = null, ["join_to_timespine"] = false, ["fill_nulls_with"] = null },
    };

    private static DbtMap? Input(object? given, PropertiesEntry entry, PropertiesFile file) => given switch
    {
        null => null,
        DbtMap map => new DbtMap
        {
            ["name"] = map.Get("name"), ["filter"] = Filter(map.Get("filter")), ["alias"] = map.Get("alias"), ["offset_window"] = Window(map.Get("offset_window"), entry, file), ["offset_to_grain"] = map.Get("offset_to_grain"),
        },
        _ => new DbtMap { ["name"] = Val.Str(given), ["filter"] = null, ["alias"] = null, ["offset_window"] = null, ["offset_to_grain"] = null },
    };

    private static DbtMap? Window(object? given, PropertiesEntry entry, PropertiesFile file)
    {
        if (given is null)
        {
            return null;
        }

        var text = Val.Str(given);
        if (text.ToLowerInvariant().Split(' ') is not [var count, var grain])
        {
            throw Invalid(entry with { Data = new DbtMap { ["window"] = text }, Key = "window" }, file, $"Invalid window ({text}) in cumulative/conversion metric. Should be of the form `<count> <granularity>`, e.g., `28 days`", text, "a count and a granularity, such as 28 days");
        }

        return long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? new DbtMap { ["count"] = number, ["granularity"] = grain.EndsWith('s') ? grain[..^1] : grain }
            : throw Invalid(entry with { Data = new DbtMap { ["window"] = text }, Key = "window" }, file, $"Invalid count ({count}) in cumulative/conversion metric window string: ({text})", count, "a whole number");
    }
}

/// <summary>Finds what metrics are made of, and what saved queries and exposures read of them.</summary>
internal sealed class SemanticResolver(DbtSession session, Manifest manifest)
{
    private readonly HashSet<DbtNode> done = [];

    public void Resolve()
    {
        foreach (var node in manifest.Semantics.Values.Where(node => node.ResourceType == DbtResourceType.SemanticModel))
        {
            if (node.DependsOnNodes is [var id, ..] && manifest.Find(id) is { } model)
            {
                node.Semantic!["node_relation"] = new DbtMap
                {
                    ["alias"] = model.Alias, ["schema_name"] = model.Schema, ["database"] = model.Database, ["relation_name"] = References.Relation(session, model).Render(),
                };
            }
        }

        foreach (var node in manifest.Semantics.Values)
        {
            if (node.ResourceType == DbtResourceType.Metric)
            {
                Metric(node, []);
            }
            else if (node.ResourceType == DbtResourceType.SavedQuery)
            {
                foreach (var name in Val.StringList(node.Semantic!.GetMap("query_params")!.Get("metrics")))
                {
                    Depend(node, Find(node, name));
                }
            }
        }

        foreach (var exposure in manifest.Exposures.Values)
        {
            foreach (var name in exposure.MetricNames)
            {
                Depend(exposure, Find(exposure, name));
            }
        }
    }

    private void Metric(DbtNode node, List<DbtNode> path)
    {
        if (path.Contains(node))
        {
            throw new DbtException("DBT2004", DbtErrorKind.Plain, $"Found a cycle: {string.Join(" --> ", path.Select(item => item.UniqueId))}")
            {
                File = node.OriginalFilePath, Line = node.Line, Found = string.Join(" -> ", path.Append(node).Select(item => item.Name)), Expected = "metrics of which none is made of itself", Hint = "remove one of these metrics from another's type_params",
            };
        }

        if (!done.Add(node))
        {
            return;
        }

        var parameters = node.Semantic!.GetMap("type_params")!;
        var measures = (List<object?>)parameters.Get("input_measures")!;
        var conversion = parameters.GetMap("conversion_type_params");
        foreach (var measure in new[] { parameters.GetMap("measure"), conversion?.GetMap("base_measure"), conversion?.GetMap("conversion_measure") }.OfType<DbtMap>())
        {
            Take(measures, measure);
            Depend(node, Owner(node, Val.Str(measure.Get("name"))));
        }

        foreach (var input in new[] { parameters.GetMap("numerator"), parameters.GetMap("denominator") }.OfType<DbtMap>().Concat(parameters.GetList("metrics")!.OfType<DbtMap>()))
        {
            var metric = Find(node, Val.Str(input.Get("name")));
            Metric(metric, [.. path, node]);
            foreach (var measure in metric.Semantic!.GetMap("type_params")!.GetList("input_measures")!)
            {
                Take(measures, measure);
            }

            Depend(node, metric);
        }
    }

    private DbtNode Owner(DbtNode metric, string measure)
    {
        var models = manifest.Semantics.Values.Where(node => node.ResourceType == DbtResourceType.SemanticModel).ToList();
        static IEnumerable<string> Names(DbtNode node) => node.Semantic!.GetList("measures")!.OfType<DbtMap>().Select(item => Val.Str(item.Get("name")));
        return models.Find(node => Names(node).Contains(measure, StringComparer.Ordinal)) ?? throw new DbtException("DBT2009", DbtErrorKind.Parsing, $"A semantic model having a measure `{measure}` does not exist but was referenced.")
        {
            File = metric.OriginalFilePath, Line = metric.Line, Found = measure, Expected = "a measure of a semantic model", Hint = Text.DidYouMean(measure, models.SelectMany(Names)),
        };
    }

    private DbtNode Find(DbtNode node, string name)
    {
        var metrics = manifest.Semantics.Values.Where(item => item.ResourceType == DbtResourceType.Metric).ToList();
        return metrics.Find(item => item.Name == name && item.PackageName == node.PackageName) ?? metrics.Find(item => item.Name == name)
            ?? throw new DbtException("DBT2010", DbtErrorKind.Compilation, $"{node.ResourceType.Title()} '{node.UniqueId}' ({node.OriginalFilePath}) depends on a metric named '{name}' which was not found")
            {
                File = node.OriginalFilePath, Line = node.Line, Found = name, Expected = "a metric of this name", Hint = Text.DidYouMean(name, metrics.Select(item => item.Name)),
            };
    }

    private static void Take(List<object?> measures, object? measure)
    {
        if (!measures.Exists(item => Val.Equals(item, measure)))
        {
            measures.Add(measure);
        }
    }

    private static void Depend(DbtNode node, DbtNode on)
    {
        if (!node.DependsOnNodes.Contains(on.UniqueId, StringComparer.Ordinal))
        {
            node.DependsOnNodes.Add(on.UniqueId);
        }
    }
}
