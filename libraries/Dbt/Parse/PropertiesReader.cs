using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Puts what properties files say onto the nodes, and makes the nodes that stand in them alone.</summary>
internal sealed class PropertiesReader(NodeFactory factory, Manifest manifest, GenericTests tests, UnitTestReader unitTests, SourceReader sources)
{
    private readonly SemanticReader semantics = new(factory, manifest);
    private static readonly string[] ModelKeys = ["models", "seeds", "snapshots", "analyses"];

    private DbtSession Session => factory.Session;

    public void Read(PropertiesFile file)
    {
        foreach (var entry in file.Entries("models"))
        {
            Normalize(entry, file);
            if (entry.Data.GetList("versions") is { Count: > 0 } versions)
            {
                Versions(entry, versions, file);
            }
            else if (Val.IsTruthy(entry.Data.Get("latest_version")))
            {
                throw LatestVersion(entry, entry.Data.Get("latest_version"), [], file);
            }
            else
            {
                Patch(entry, DbtResourceType.Model, file);
                tests.AddFor(entry, file, null);
            }
        }

        foreach (var entry in file.Entries("seeds"))
        {
            Normalize(entry, file);
            Patch(entry, DbtResourceType.Seed, file);
            tests.AddFor(entry, file, null);
        }

        var snapshots = file.Entries("snapshots").ToList();
        foreach (var entry in snapshots.Where(entry => entry.Data.ContainsKey("relation")))
        {
            YamlSnapshot(entry, file);
        }

        foreach (var entry in snapshots)
        {
            Normalize(entry, file);
            Patch(entry, DbtResourceType.Snapshot, file);
            tests.AddFor(entry, file, null);
        }

        sources.Read(file);
        foreach (var entry in file.Entries("macros"))
        {
            Macro(entry, file);
        }

        foreach (var entry in file.Entries("data_tests").Concat(file.Entries("tests")))
        {
            SingularTest(entry, file);
        }

        foreach (var entry in file.Entries("analyses"))
        {
            Normalize(entry, file);
            Patch(entry, DbtResourceType.Analysis, file);
        }

        foreach (var entry in file.Entries("exposures"))
        {
            Exposure(entry, file);
        }

        semantics.Read(file);
        foreach (var entry in file.Entries("groups"))
        {
            Group(entry, file);
        }

        foreach (var entry in file.Entries("unit_tests"))
        {
            unitTests.Add(entry, file);
        }
    }

    // What may stand at the top or under config goes under config; never both.
    private static void Normalize(PropertiesEntry entry, PropertiesFile file)
    {
        var data = entry.Data;
        foreach (var key in new[] { "meta", "docs", "group", "contract", "access" })
        {
            if (!data.TryGetValue(key, out var value))
            {
                continue;
            }

            var config = data.GetMap("config");
            if (config?.ContainsKey(key) == true)
            {
                throw new DbtException("DBT2302", DbtErrorKind.Parsing, $"In {file.Path}: found {key} dictionary in 'config' dictionary and as top-level key.\n                    Remove the top-level key and define it under 'config' dictionary only.")
                {
                    File = file.Path, Line = entry.Line, Found = $"'{key}' twice", Expected = $"'{key}' under 'config' alone", Hint = $"move the top-level '{key}' under 'config'",
                };
            }

            data.Remove(key);
            data.GetOrAddMap("config")[key] = value;
        }

    }

    private void Patch(PropertiesEntry entry, DbtResourceType type, PropertiesFile file)
    {
        var name = entry.Name;
        var candidates = type == DbtResourceType.Analysis
            ? manifest.Nodes.Values.Where(node => node.ResourceType == type && node.Name == name)
            : manifest.Lookup.Named(name);
        var node = candidates.FirstOrDefault(item => item.PackageName == file.Project.Name && !item.IsVersioned) ?? candidates.FirstOrDefault(item => !item.IsVersioned);
        if (node is not null && node.ResourceType != type)
        {
            Session.Log.Warn("WrongResourceSchemaFile", $"'{name}' is a {node.ResourceType.Name()} node, but it is specified in the {entry.Key} section of {file.Path}.\nTo fix this error, place the `{name}` specification under the {node.ResourceType.Plural()} key instead.", file.Path, entry.Line);
            return;
        }

        if (node is not null)
        {
            Apply(node, entry, entry.Data, file);
            return;
        }

        var disabled = manifest.Disabled.Values.SelectMany(list => list).Where(item => item.Name == name && item.ResourceType == type && item.PackageName == file.Project.Name).ToList();
        if (disabled.Count > 0)
        {
            foreach (var item in disabled)
            {
                Apply(item, entry, entry.Data, file);
                if (item.IsEnabled)
                {
                    Move(item);
                }
            }

            return;
        }

        Session.Log.Warn("NoNodeForYamlKey", $"Did not find matching node for patch with name '{name}' in the '{entry.Key}' section of file '{file.Path}'", file.Path, entry.Line);
    }

    private void Apply(DbtNode node, PropertiesEntry entry, DbtMap data, PropertiesFile file)
    {
        if (node.PatchPath is { } patched)
        {
            var other = patched[(patched.IndexOf("://", StringComparison.Ordinal) + 3)..];
            throw new DbtException("DBT2303", DbtErrorKind.Compilation, $"dbt found two schema.yml entries for the same resource named {node.Name}. Resources and their associated columns may only be described a single time. To fix this, remove the resource entry for {node.Name} in one of these files:\n - {other}\n{file.Path}")
            {
                File = file.Path, Line = entry.Line, Found = $"{node.Name} in {other} and {file.Path}", Expected = "one entry", Hint = $"merge both entries of '{node.Name}'",
            };
        }

        node.PatchPath = $"{file.Project.Name}://{file.Path}";
        node.Description = data.GetString("description") ?? string.Empty;
        node.Columns = ColumnReader.Read(data, file);
        if (node.ResourceType == DbtResourceType.Model)
        {
            node.DeprecationDate = Dates.Iso(data.Get("deprecation_date"));
            node.TimeSpine = TimeSpines.Read(node, data, file, entry.Line);
        }

        if (data.GetMap("config") is { Count: > 0 } config)
        {
            var wasEnabled = node.IsEnabled;
            factory.Update(node, config);
            if (wasEnabled && !node.IsEnabled)
            {
                manifest.Nodes.Remove(node.UniqueId);
                manifest.AddDisabled(node);
                manifest.ForgetLookup();
            }
        }

        if (node.ResourceType == DbtResourceType.Model)
        {
            Contracts.Apply(node, data, file);
        }
    }

    private void Move(DbtNode node)
    {
        if (manifest.Disabled.TryGetValue(node.UniqueId, out var list))
        {
            list.Remove(node);
            if (list.Count == 0)
            {
                manifest.Disabled.Remove(node.UniqueId);
            }
        }

        manifest.Nodes[node.UniqueId] = node;
        manifest.ForgetLookup();
    }

    private static DbtException LatestVersion(PropertiesEntry entry, object? latest, List<object?> versions, PropertiesFile file) =>
        file.Invalid($"latest_version: {Val.Str(latest)} is not one of model '{entry.Name}' versions: {Val.Repr(versions)} ", entry.Line, Val.Str(latest), versions.Count == 0 ? "a list 'versions' that has it" : string.Join(", ", versions.Select(Val.Str)));

    private void Versions(PropertiesEntry entry, List<object?> versions, PropertiesFile file)
    {
        var all = versions.Select(item => item as DbtMap ?? throw file.Invalid($"Invalid version of {entry.Name}: {Val.Repr(item)}", entry.Line, Val.Repr(item), "a mapping with a key 'v'")).ToList();
        foreach (var version in all.Where(version => !version.ContainsKey("v")))
        {
            throw file.Invalid($"A version of {entry.Name} has no key 'v'", version.Line, string.Join(", ", version.Keys), "a key 'v'");
        }

        if (all.GroupBy(version => Val.Str(version.Get("v")), StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw file.Invalid($"Found duplicate version: '{twice.Key}' for model {entry.Name}", entry.Line, twice.Key, "versions that differ");
        }

        var latest = entry.Data.Get("latest_version") ?? all.Select(version => version.Get("v")).Aggregate((a, b) => VersionOrder.Compare(a, b) >= 0 ? a : b);
        if (all.TrueForAll(version => Val.Str(version.Get("v")) != Val.Str(latest)))
        {
            throw LatestVersion(entry, latest, all.ConvertAll(version => version.Get("v")), file);
        }

        foreach (var version in all)
        {
            Version(entry, version, latest, file);
        }

        manifest.ForgetLookup();
        foreach (var version in all)
        {
            tests.AddFor(entry, file, version);
        }
    }

    private void Version(PropertiesEntry entry, DbtMap version, object? latest, PropertiesFile file)
    {
        var number = Val.Str(version.Get("v"));
        var fileName = version.GetString("defined_in") ?? $"{entry.Name}_v{number}";
        DbtNode? Find(string name) => manifest.Nodes.Values.FirstOrDefault(item => item.ResourceType == DbtResourceType.Model && item.Name == name && item.PackageName == file.Project.Name && !item.IsVersioned);
        var node = Find(fileName) ?? (number == Val.Str(latest) ? Find(entry.Name) : null);
        var isDisabled = false;
        if (node is null)
        {
            node = manifest.Disabled.Values.SelectMany(list => list).FirstOrDefault(item => item.Name == fileName && item.ResourceType == DbtResourceType.Model);
            isDisabled = node is not null;
        }

        if (node is null)
        {
            Session.Log.Warn("NoNodeForYamlKey", $"Did not find matching node for patch with name '{fileName}' in the '{entry.Key}' section of file '{file.Path}'", file.Path, version.Line);
            return;
        }

        if (isDisabled)
        {
            manifest.Disabled.Remove(node.UniqueId);
        }
        else
        {
            manifest.Nodes.Remove(node.UniqueId);
        }

        node.UniqueId = $"model.{file.Project.Name}.{entry.Name}.v{number}";
        node.Name = entry.Name;
        node.Fqn[^1] = entry.Name;
        node.Fqn.Add($"v{number}");
        node.Version = version.Get("v");
        node.LatestVersion = latest;
        var data = new DbtMap { Line = version.Line };
        data["name"] = entry.Name;
        data["description"] = version.GetString("description") is { Length: > 0 } own ? own : entry.Data.GetString("description");
        data["columns"] = VersionColumns(entry.Data, version, file);
        data["constraints"] = version.Get("constraints") ?? entry.Data.Get("constraints");
        data["deprecation_date"] = version.Get("deprecation_date");
        var config = entry.Data.GetMap("config")?.DeepCopy() ?? [];
        ConfigMergeDeep(config, version.GetMap("config") ?? []);
        foreach (var key in new[] { "access", "docs" })
        {
            if (version.TryGetValue(key, out var value))
            {
                config[key] = value;
            }
        }

        data["config"] = config;
        node.PatchPath = null;
        node.Alias = node.Name;
        if (config.Count == 0)
        {
            // The alias depends on the version, so names are made anew even when nothing else is said.
            factory.Update(node, null);
        }

        Apply(node, entry, data, file);
        if (node.IsEnabled)
        {
            if (manifest.Nodes.TryGetValue(node.UniqueId, out var other))
            {
                throw NodeFiles.Duplicate(node, other);
            }

            manifest.Nodes[node.UniqueId] = node;
        }
        else
        {
            manifest.AddDisabled(node);
        }
    }

    private static void ConfigMergeDeep(DbtMap target, DbtMap source)
    {
        foreach (var (key, value) in source)
        {
            if (value is DbtMap map && target.Get(key) is DbtMap inner)
            {
                ConfigMergeDeep(inner, map);
            }
            else
            {
                target[key] = Val.DeepCopy(value);
            }
        }
    }

    /// <summary>The columns of a version: those of the model that it includes, and its own.</summary>
    public static List<object?> VersionColumns(DbtMap model, DbtMap version, PropertiesFile file)
    {
        var shared = ColumnReader.ListOf(model, file).ToList();
        if (version.GetList("columns") is not { } list)
        {
            return [.. shared];
        }

        var own = list.OfType<DbtMap>().Where(column => column.ContainsKey("name")).ToList();
        var rule = list.OfType<DbtMap>().FirstOrDefault(column => column.ContainsKey("include") || column.ContainsKey("exclude"));
        var included = shared.Where(column =>
        {
            var name = Val.Str(column.Get("name"));
            if (own.Exists(other => Val.Str(other.Get("name")) == name) || (rule is not null && Val.StringList(rule.Get("exclude")).Contains(name, StringComparer.Ordinal)))
            {
                return false;
            }

            return rule is null || rule.Get("include") is null or "all" or "*" || Val.StringList(rule.Get("include")).Contains(name, StringComparer.Ordinal);
        });
        return [.. included, .. own];
    }

    private void YamlSnapshot(PropertiesEntry entry, PropertiesFile file)
    {
        var relation = Val.Str(entry.Data.Get("relation"));
        var fqn = NodeFiles.Fqn(file.Project.Name, file.File.RelativePath, withFile: false, entry.Name);
        var node = factory.Create(DbtResourceType.Snapshot, file.Project.Name, entry.Name, $"{file.File.RelativePath}/{entry.Name}.sql", file.Path, fqn, $"select * from {{{{ {relation} }}}}");
        node.Checksum = file.File.Checksum;
        node.Line = entry.Line;
        ReferenceText.Add(node, relation, file, entry.Line);
        factory.Update(node, null);
        manifest.Nodes[node.UniqueId] = node;
        manifest.ForgetLookup();
    }

    private void Macro(PropertiesEntry entry, PropertiesFile file)
    {
        if (!manifest.Macros.TryGetValue($"macro.{file.Project.Name}.{entry.Name}", out var macro))
        {
            Session.Log.Warn("MacroNotFoundForPatch", $"Found patch for macro \"{entry.Name}\" which was not found", file.Path, entry.Line);
            return;
        }

        if (macro.PatchPath is { } patched)
        {
            throw new DbtException("DBT2303", DbtErrorKind.Compilation, $"dbt found two schema.yml entries for the same macro in package {file.Project.Name} named {macro.Name}. Macros may only be described a single time.")
            {
                File = file.Path, Line = entry.Line, Found = $"{patched} and {file.Path}", Expected = "one entry",
            };
        }

        macro.PatchPath = $"{file.Project.Name}://{file.Path}";
        macro.Description = entry.Data.GetString("description") ?? string.Empty;
        macro.Meta = entry.Data.GetMap("meta") ?? entry.Data.GetMap("config")?.GetMap("meta") ?? [];
        macro.Docs = new DbtMap { ["show"] = entry.Data.GetMap("docs")?.Get("show") ?? entry.Data.GetMap("config")?.GetMap("docs")?.Get("show") ?? true, ["node_color"] = null };
        macro.Arguments = [.. (entry.Data.GetList("arguments") ?? []).OfType<DbtMap>().Select(argument => new DbtMap { ["name"] = argument.Get("name"), ["type"] = argument.Get("type"), ["description"] = argument.GetString("description") ?? string.Empty })];
    }

    private void SingularTest(PropertiesEntry entry, PropertiesFile file)
    {
        var node = manifest.Nodes.Values.FirstOrDefault(item => item.ResourceType == DbtResourceType.Test && item.Test is null && item.Name == entry.Name && item.PackageName == file.Project.Name);
        if (node is null)
        {
            if (manifest.Disabled.Values.SelectMany(list => list).All(item => item.Name != entry.Name || item.ResourceType != DbtResourceType.Test))
            {
                Session.Log.Warn("NoNodeForYamlKey", $"Did not find matching node for patch with name '{entry.Name}' in the '{entry.Key}' section of file '{file.Path}'", file.Path, entry.Line);
            }

            return;
        }

        if (entry.Data.GetMap("config") is { Count: > 0 } config)
        {
            factory.Update(node, config);
            if (!node.IsEnabled)
            {
                manifest.Nodes.Remove(node.UniqueId);
                manifest.AddDisabled(node);
            }
        }

        node.PatchPath = $"{file.Project.Name}://{file.Path}";
        node.Description = entry.Data.GetString("description") ?? string.Empty;
    }

    private void Exposure(PropertiesEntry entry, PropertiesFile file)
    {
        var data = entry.Data;
        var name = entry.Name;
        if (data.GetMap("owner") is not { } owner || (owner.Get("name") is null && owner.Get("email") is null))
        {
            throw file.Invalid($"Invalid exposures config given in {file.Path} @ exposures: {Val.Repr(data)} - Exposure owner must have at least one of 'name' or 'email'.", entry.Line, "no owner", "owner: {name: ..., email: ...}");
        }

        if (data.GetString("type") is not ("dashboard" or "notebook" or "analysis" or "ml" or "application"))
        {
            throw file.Invalid($"Invalid exposures config given in {file.Path} @ exposures: {Val.Repr(data)} - at path ['type']: {Val.Repr(data.Get("type"))} is not one of ['dashboard', 'notebook', 'analysis', 'ml', 'application']", entry.Line, Val.Repr(data.Get("type")), "dashboard, notebook, analysis, ml or application");
        }

        var fqn = NodeFiles.Fqn(file.Project.Name, file.File.RelativePath, withFile: false, name);
        var node = factory.Create(DbtResourceType.Exposure, file.Project.Name, name, file.File.RelativePath, file.Path, fqn, string.Empty);
        node.Line = entry.Line;
        var builder = new ConfigBuilder(Session.Root, Session.Projects);
        var config = data.GetMap("config")?.DeepCopy() ?? [];
        var properties = config.DeepCopy();
        foreach (var key in new[] { "tags", "meta" })
        {
            if (data.Get(key) is { } value)
            {
                ConfigMerge.Merge(properties, new DbtMap { [key] = value });
            }
        }

        node.Config = builder.Build(DbtResourceType.Exposure, fqn, file.Project.Name, properties, []);
        node.UnrenderedConfig = builder.BuildUnrendered(DbtResourceType.Exposure, fqn, file.Project.Name, config, []);
        node.Tags = [.. Val.StringList(node.Config.Get("tags")).Distinct(StringComparer.Ordinal)];
        node.Config["tags"] = node.Tags.ConvertAll(object? (tag) => tag);
        node.Meta = node.Config.GetMap("meta") ?? [];
        node.Description = data.GetString("description") ?? string.Empty;
        node.Schema = null;
        node.Exposure = new ExposureInfo
        {
            Type = data.GetString("type")!,
            Owner = new DbtMap { ["email"] = owner.Get("email"), ["name"] = owner.Get("name") },
            Label = data.GetString("label"),
            Maturity = data.GetString("maturity"),
            Url = data.GetString("url"),
        };
        foreach (var reference in data.GetList("depends_on") ?? [])
        {
            ReferenceText.Add(node, Val.Str(reference), file, entry.Line);
        }

        if (!node.IsEnabled)
        {
            manifest.AddDisabled(node);
            return;
        }

        if (manifest.Exposures.TryGetValue(node.UniqueId, out var other))
        {
            throw NodeFiles.Duplicate(node, other);
        }

        manifest.Exposures[node.UniqueId] = node;
    }

    private void Group(PropertiesEntry entry, PropertiesFile file)
    {
        if (entry.Data.GetMap("owner") is not { } owner || (owner.Get("name") is null && owner.Get("email") is null))
        {
            throw file.Invalid($"Invalid groups config given in {file.Path} @ groups: {Val.Repr(entry.Data)} - Group owner must have at least one of 'name' or 'email'.", entry.Line, "no owner", "owner: {name: ..., email: ...}");
        }

        var group = new DbtGroup
        {
            UniqueId = $"group.{file.Project.Name}.{entry.Name}",
            Name = entry.Name,
            PackageName = file.Project.Name,
            Path = file.File.RelativePath,
            OriginalFilePath = file.Path,
            Owner = new DbtMap { ["email"] = owner.Get("email"), ["name"] = owner.Get("name") },
            Description = entry.Data.GetString("description"),
            Config = new ConfigBuilder(Session.Root, Session.Projects).BuildGroup(NodeFiles.Fqn(file.Project.Name, file.File.RelativePath, withFile: false, entry.Name), file.Project.Name, entry.Data.GetMap("config") ?? []),
        };
        foreach (var (key, value) in owner)
        {
            group.Owner.TryAdd(key, value);
        }

        manifest.Groups[group.UniqueId] = group;
    }
}
