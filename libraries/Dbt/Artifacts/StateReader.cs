using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Artifacts;

/// <summary>Reads artifacts of an earlier run.</summary>
internal static class StateReader
{
    public static PreviousState Read(string folder, string? currentTarget)
    {
        var manifestPath = Path.Combine(folder, "manifest.json");
        return new PreviousState
        {
            Manifest = File.Exists(manifestPath) ? ReadManifest(manifestPath) : null,
            Results = ReadResults(Path.Combine(folder, "run_results.json")),
            Sources = ReadSources(Path.Combine(folder, "sources.json")),
            CurrentSources = currentTarget is null ? null : ReadSources(Path.Combine(currentTarget, "sources.json")),
        };
    }

    public static DbtMap ReadMap(string path)
    {
        try
        {
            return JsonValues.Parse(File.ReadAllBytes(path)) as DbtMap ?? throw new System.Text.Json.JsonException("no object");
        }
        catch (System.Text.Json.JsonException exception)
        {
            throw new DbtException("DBT6001", DbtErrorKind.Runtime, $"The artifact {Path.GetFileName(path)} cannot be read: {exception.Message}", exception) { File = path, Expected = "JSON as dbt writes it", Hint = "run the command again that writes it" };
        }
    }

    public static Dictionary<string, string>? ReadResults(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var results = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var result in (ReadMap(path).GetList("results") ?? []).OfType<DbtMap>())
        {
            results[Val.Str(result.Get("unique_id"))] = Val.Str(result.Get("status"));
        }

        return results;
    }

    private static Dictionary<string, DateTimeOffset?>? ReadSources(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var sources = new Dictionary<string, DateTimeOffset?>(StringComparer.Ordinal);
        foreach (var result in (ReadMap(path).GetList("results") ?? []).OfType<DbtMap>())
        {
            sources[Val.Str(result.Get("unique_id"))] = result.GetString("max_loaded_at") is { } text && DateTimeOffset.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time) ? time : null;
        }

        return sources;
    }

    public static Manifest ReadManifest(string path)
    {
        var map = ReadMap(path);
        var metadata = map.GetMap("metadata") ?? [];
        var manifest = new Manifest { ProjectName = metadata.GetString("project_name") ?? string.Empty, AdapterType = metadata.GetString("adapter_type") ?? string.Empty };
        foreach (var (section, target) in new[] { ("nodes", manifest.Nodes), ("sources", manifest.Sources), ("exposures", manifest.Exposures), ("unit_tests", manifest.UnitTests), ("semantic_models", manifest.Semantics), ("metrics", manifest.Semantics), ("saved_queries", manifest.Semantics) })
        {
            foreach (var (id, value) in map.GetMap(section) ?? [])
            {
                if (value is DbtMap node && Node(node) is { } read)
                {
                    target[Val.Str(id)] = read;
                }
            }
        }

        foreach (var (id, value) in map.GetMap("macros") ?? [])
        {
            if (value is DbtMap macro)
            {
                manifest.Macros[Val.Str(id)] = new DbtMacro
                {
                    UniqueId = Val.Str(id), Name = Val.Str(macro.Get("name")), PackageName = Val.Str(macro.Get("package_name")), OriginalFilePath = Val.Str(macro.Get("original_file_path")),
                    MacroSql = Val.Str(macro.Get("macro_sql")), Template = string.Empty,
                };
            }
        }

        return manifest;
    }

    private static DbtNode? Node(DbtMap map)
    {
        if (ResourceTypes.Parse(Val.Str(map.Get("resource_type"))) is not { } type)
        {
            return null;
        }

        var checksum = map.Get("checksum");
        var node = new DbtNode
        {
            ResourceType = type,
            UniqueId = Val.Str(map.Get("unique_id")),
            Name = Val.Str(map.Get("name")),
            PackageName = Val.Str(map.Get("package_name")),
            Path = Val.Str(map.Get("path")),
            OriginalFilePath = Val.Str(map.Get("original_file_path")),
            Fqn = Val.StringList(map.Get("fqn")),
            Alias = map.GetString("alias") ?? map.GetString("identifier") ?? string.Empty,
            Schema = map.GetString("schema"),
            Database = map.GetString("database"),
            RawCode = map.GetString("raw_code") ?? string.Empty,
            Checksum = checksum is DbtMap sum ? sum.GetString("checksum") ?? string.Empty : checksum as string ?? string.Empty,
            ChecksumName = checksum is DbtMap named ? named.GetString("name") ?? string.Empty : "sha256",
            Config = map.GetMap("config") ?? [],
            UnrenderedConfig = map.GetMap("unrendered_config") ?? [],
            Description = map.GetString("description") ?? string.Empty,
            RelationName = map.GetString("relation_name"),
            Contract = map.GetMap("contract") ?? [],
            DependsOnNodes = Val.StringList(map.GetMap("depends_on")?.Get("nodes")),
            DependsOnMacros = Val.StringList(map.GetMap("depends_on")?.Get("macros")),
            Tags = Val.StringList(map.Get("tags")),
            Version = map.Get("version"),
            LatestVersion = map.Get("latest_version"),
        };
        foreach (var (name, value) in map.GetMap("columns") ?? [])
        {
            if (value is DbtMap column)
            {
                node.Columns[Val.Str(name)] = new ColumnInfo { Name = Val.Str(column.Get("name")), Description = column.GetString("description") ?? string.Empty, DataType = column.GetString("data_type") };
            }
        }

        if (type == DbtResourceType.Source)
        {
            node.Source = new SourceInfo
            {
                SourceName = Val.Str(map.Get("source_name")), Identifier = Val.Str(map.Get("identifier")), Quoting = map.GetMap("quoting") ?? [], Freshness = map.GetMap("freshness"), External = map.GetMap("external"),
            };
        }

        if (type.IsSemantic())
        {
            node.Semantic = map;
        }

        if (type == DbtResourceType.Exposure)
        {
            node.Exposure = new ExposureInfo { Type = Val.Str(map.Get("type")), Owner = map.GetMap("owner") ?? [], Label = map.GetString("label"), Maturity = map.GetString("maturity"), Url = map.GetString("url") };
        }

        if (map.GetMap("test_metadata") is { } test)
        {
            node.Test = new TestMetadata(Val.Str(test.Get("name")), test.GetString("namespace"), test.GetMap("kwargs") ?? []);
        }

        return node;
    }
}
