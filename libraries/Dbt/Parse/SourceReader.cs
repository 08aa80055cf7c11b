using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Sources of properties files, with the overrides that other packages give them.</summary>
internal sealed class SourceReader(NodeFactory factory, Manifest manifest, GenericTests tests)
{
    private readonly List<(PropertiesEntry Entry, PropertiesFile File)> found = [];
    private readonly List<(PropertiesEntry Entry, PropertiesFile File)> overrides = [];

    private DbtSession Session => factory.Session;

    public void Read(PropertiesFile file)
    {
        foreach (var entry in file.Entries("sources"))
        {
            (entry.Data.ContainsKey("overrides") ? overrides : found).Add((entry, file));
        }
    }

    public void MakeAll()
    {
        foreach (var (entry, file) in found)
        {
            foreach (var table in entry.Data.GetList("tables") ?? [])
            {
                if (table is not DbtMap map || map.GetString("name") is null)
                {
                    throw file.Invalid($"Invalid sources config given in {file.Path} @ sources: a table of '{entry.Name}' has no name", (table as DbtMap)?.Line ?? entry.Line, Val.Repr(table), "a mapping with a 'name'");
                }

                Make(entry, map, file);
            }
        }
    }

    private void Make(PropertiesEntry entry, DbtMap table, PropertiesFile file)
    {
        var source = entry.Data;
        var sourceName = Val.Str(source.Get("name"));
        var tableName = table.GetString("name")!;
        (source, table, var patchPath) = Override(file.Project.Name, source, table);
        var package = file.Project.Name;
        var fqn = NodeFiles.Fqn(package, file.File.RelativePath, withFile: false, sourceName);
        fqn.Add(tableName);
        var node = factory.Create(DbtResourceType.Source, package, tableName, file.Path, file.Path, fqn, string.Empty, $"source.{package}.{sourceName}.{tableName}");
        node.Line = table.Line;
        node.PatchPath = patchPath;
        var quoting = source.GetMap("quoting")?.DeepCopy() ?? [];
        quoting.Update(table.GetMap("quoting") ?? []);
        var sourceMeta = source.GetMap("meta")?.DeepCopy() ?? [];
        sourceMeta.Update(source.GetMap("config")?.GetMap("meta") ?? []);
        node.Source = new SourceInfo
        {
            SourceName = sourceName,
            Identifier = table.GetString("identifier") ?? tableName,
            SourceDescription = source.GetString("description") ?? string.Empty,
            SourceMeta = sourceMeta,
            UnrenderedDatabase = Raw(entry.Raw, "database"),
            UnrenderedSchema = Raw(entry.Raw, "schema"),
            Loader = (table.GetString("loader") ?? source.GetString("loader")) ?? string.Empty,
            Quoting = new DbtMap { ["database"] = quoting.Get("database"), ["schema"] = quoting.Get("schema"), ["identifier"] = quoting.Get("identifier"), ["column"] = quoting.Get("column") },
            External = External(table.GetMap("external")),
        };
        node.Database = source.GetString("database") ?? Session.Profile.Database;
        node.Schema = source.Get("schema") is { } schema ? Val.Str(schema) : sourceName;
        node.Description = table.GetString("description") ?? string.Empty;
        node.Columns = ColumnReader.Read(table, file);
        Configure(node, source, table, file);
        node.Alias = node.Source.Identifier;
        node.RelationName = References.Relation(Session, node).Render();
        Tests(node, source, table, file);
        if (!node.IsEnabled)
        {
            manifest.AddDisabled(node);
            return;
        }

        if (manifest.Sources.TryGetValue(node.UniqueId, out var other))
        {
            throw new DbtException("DBT2201", DbtErrorKind.Compilation,
                $"dbt found two sources with the name \"{sourceName}_{tableName}\".\n\nSince these resources have the same name, dbt will be unable to find the correct resource\nwhen looking for source(\"{sourceName}\", \"{tableName}\").\n\nTo fix this, change the name of one of these resources:\n- {node.UniqueId} ({node.OriginalFilePath})\n- {other.UniqueId} ({other.OriginalFilePath})")
            {
                File = file.Path, Line = table.Line, Found = $"{sourceName}.{tableName} twice", Expected = "names that differ",
            };
        }

        manifest.Sources[node.UniqueId] = node;
    }

    private static string? Raw(DbtMap source, string key) => source.Get(key) is { } value && Val.Str(value) is { Length: > 0 } text ? text : null;

    private static DbtMap? External(DbtMap? given)
    {
        if (given is null)
        {
            return null;
        }

        var external = new DbtMap { ["location"] = null, ["file_format"] = null, ["row_format"] = null, ["tbl_properties"] = null, ["partitions"] = null };
        external.Update(given);
        return external;
    }

    private void Configure(DbtNode node, DbtMap source, DbtMap table, PropertiesFile file)
    {
        var sourceConfig = source.GetMap("config") ?? [];
        var tableConfig = table.GetMap("config") ?? [];
        var level = sourceConfig.DeepCopy();
        level.Update(tableConfig.DeepCopy());
        var (isGiven, freshness) = FreshnessRules.Combine(source, sourceConfig, table, tableConfig);
        if (isGiven)
        {
            level["freshness"] = freshness;
        }
        else
        {
            level.Remove("freshness");
        }

        var (field, query) = FreshnessRules.LoadedAt(source, sourceConfig, table, tableConfig, file);
        level["loaded_at_field"] = field;
        level["loaded_at_query"] = query;
        var meta = source.GetMap("meta")?.DeepCopy() ?? [];
        meta.Update(sourceConfig.GetMap("meta") ?? []);
        meta.Update(table.GetMap("meta") ?? []);
        meta.Update(tableConfig.GetMap("meta") ?? []);
        level["meta"] = meta;
        var tags = new[] { source.Get("tags"), sourceConfig.Get("tags"), table.Get("tags"), tableConfig.Get("tags") }.SelectMany(Val.StringList).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        level["tags"] = tags.ConvertAll(object? (tag) => tag);
        var builder = new ConfigBuilder(Session.Root, Session.Projects);
        node.Config = builder.Build(DbtResourceType.Source, node.Fqn, node.PackageName, level, []);
        node.UnrenderedConfig = builder.BuildUnrendered(DbtResourceType.Source, node.Fqn, node.PackageName, level, []);
        if (node.Config.Get("enabled") is not bool)
        {
            throw file.Invalid($"Invalid value for 'enabled' of source {node.Name}: {Val.Repr(node.Config.Get("enabled"))}", table.Line, Val.Repr(node.Config.Get("enabled")), "true or false");
        }

        node.Tags = [.. Val.StringList(node.Config.Get("tags"))];
        node.Meta = node.Config.GetMap("meta") ?? [];
        node.Source!.Freshness = node.Config.GetMap("freshness");
        node.Source.LoadedAtField = node.Config.GetString("loaded_at_field");
        node.Source.LoadedAtQuery = node.Config.GetString("loaded_at_query");
    }

    private void Tests(DbtNode node, DbtMap source, DbtMap table, PropertiesFile file)
    {
        var shared = Val.StringList(source.Get("tags")).Concat(Val.StringList(table.Get("tags"))).ToList();
        foreach (var test in GenericTests.List(table, file))
        {
            tests.ForSource(node, null, test, shared, file, table.Line);
        }

        foreach (var column in (table.GetList("columns") ?? []).OfType<DbtMap>())
        {
            var tags = shared.Concat(Val.StringList(column.Get("tags"))).Concat(Val.StringList(column.GetMap("config")?.Get("tags"))).ToList();
            foreach (var test in GenericTests.List(column, file))
            {
                tests.ForSource(node, column, test, tags, file, column.Line);
            }
        }
    }

    private (DbtMap Source, DbtMap Table, string? PatchPath) Override(string package, DbtMap source, DbtMap table)
    {
        var (entry, file) = overrides.Find(item => item.Entry.Data.GetString("overrides") == package && item.Entry.Name == Val.Str(source.Get("name")));
        if (entry is null)
        {
            return (source, table, null);
        }

        var patched = source.DeepCopy();
        foreach (var (key, value) in entry.Data.Where(item => item.Key is not ("overrides" or "tables")))
        {
            patched[key] = value;
        }

        var patch = (entry.Data.GetList("tables") ?? []).OfType<DbtMap>().FirstOrDefault(item => item.GetString("name") == table.GetString("name"));
        if (patch is null)
        {
            return (patched, table, file.Path);
        }

        var patchedTable = table.DeepCopy();
        patchedTable.Update(patch);
        return (patched, patchedTable, file.Path);
    }
}

/// <summary>Freshness of sources and tables: a table's over its source's.</summary>
internal static class FreshnessRules
{
    public static (bool IsGiven, DbtMap? Freshness) Combine(DbtMap source, DbtMap sourceConfig, DbtMap table, DbtMap tableConfig)
    {
        DbtMap? current = null;
        var isGiven = false;
        var isOff = false;
        foreach (var level in new[] { source, sourceConfig, table, tableConfig })
        {
            if (!level.TryGetValue("freshness", out var value))
            {
                continue;
            }

            isGiven = true;
            if (value is not DbtMap map)
            {
                (current, isOff) = (null, true);
                continue;
            }

            if (current is null || isOff)
            {
                current = map.DeepCopy();
                isOff = false;
                continue;
            }

            var merged = current.DeepCopy();
            foreach (var key in new[] { "warn_after", "error_after" })
            {
                if (map.Get(key) is DbtMap threshold)
                {
                    var old = merged.GetMap(key)?.DeepCopy() ?? [];
                    old.Update(threshold);
                    merged[key] = old;
                }
                else if (map.ContainsKey(key))
                {
                    merged[key] = null;
                }
            }

            if (map.ContainsKey("filter"))
            {
                merged["filter"] = map.Get("filter");
            }

            current = merged;
        }

        if (current is null)
        {
            return (isGiven, null);
        }

        var full = ConfigDefaults.FreshnessDefault();
        foreach (var key in new[] { "warn_after", "error_after" })
        {
            if (current.TryGetValue(key, out var value))
            {
                full[key] = value is DbtMap threshold ? new DbtMap { ["count"] = threshold.Get("count"), ["period"] = threshold.Get("period") } : null;
            }
        }

        full["filter"] = current.Get("filter");
        return (true, full);
    }

    public static (string? Field, string? Query) LoadedAt(DbtMap source, DbtMap sourceConfig, DbtMap table, DbtMap tableConfig, PropertiesFile file)
    {
        string? Of(DbtMap map, DbtMap config, string key) => (map.Get(key) ?? config.Get(key)) is { } value ? Val.Str(value) : null;
        var saysField = table.ContainsKey("loaded_at_field") || tableConfig.Get("loaded_at_field") is not null;
        var tableField = Of(table, tableConfig, "loaded_at_field");
        var tableQuery = Of(table, tableConfig, "loaded_at_query");
        if (tableField is not null && tableQuery is not null)
        {
            throw file.Invalid("Cannot specify both loaded_at_field and loaded_at_query at table level.", table.Line, "both", "one of them");
        }

        if (Of(source, sourceConfig, "loaded_at_field") is not null && Of(source, sourceConfig, "loaded_at_query") is not null)
        {
            throw file.Invalid("Cannot specify both loaded_at_field and loaded_at_query at source level.", source.Line, "both", "one of them");
        }

        var field = saysField ? tableField : Of(source, sourceConfig, "loaded_at_field");
        var query = tableQuery ?? (saysField ? null : Of(source, sourceConfig, "loaded_at_query"));
        return (field, query);
    }
}
