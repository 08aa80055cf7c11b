using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Makes nodes and gives them their configuration, names and dependencies.</summary>
internal sealed class NodeFactory(DbtSession session)
{
    private readonly ConfigBuilder configs = new(session.Root, session.Projects);
    private readonly NameGenerator names = new(session);

    public DbtSession Session => session;

    /// <summary>A node as it is before its template is rendered: only what <c>dbt_project.yml</c> says.</summary>
    public DbtNode Create(DbtResourceType type, string package, string name, string path, string originalFilePath, List<string> fqn, string rawCode, string? uniqueId = null)
    {
        var node = new DbtNode
        {
            ResourceType = type,
            UniqueId = uniqueId ?? $"{type.Name()}.{package}.{name}",
            Name = name,
            PackageName = package,
            Path = path,
            OriginalFilePath = originalFilePath,
            Fqn = fqn,
            RawCode = rawCode,
            Alias = name,
            Schema = session.Profile.Schema,
            Database = session.Profile.Database,
            CreatedAt = session.StartedAt.ToUnixTimeMilliseconds() / 1000.0,
            Docs = new DbtMap { ["show"] = true, ["node_color"] = null },
            Contract = new DbtMap { ["enforced"] = false, ["alias_types"] = true, ["checksum"] = null },
            Access = type == DbtResourceType.Model ? "protected" : null,
        };
        node.Config = Finished(type, configs.Build(type, fqn, package, null, []));
        return node;
    }

    /// <summary>Database and schema of an export.</summary>
    public (string? Database, string? Schema) PlaceOf(DbtNode savedQuery, object? database) => names.Place(savedQuery, database);

    /// <summary>Renders the template to learn what it refers to and how it configures itself, then sets configuration and names.</summary>
    public void Parse(DbtNode node)
    {
        var macros = new List<DbtMacro>();
        var record = new Cache.TemplateRecord(session);
        var scope = new NodeScope(session, ScopeMode.Parse, node, node.PackageName) { ConfigCalls = node.ConfigCall, OnMacro = macros.Add, Record = record };
        try
        {
            if (session.Memory?.TryRecall(node, macros) != true)
            {
                if (!StaticParser.TryParse(session, node))
                {
                    session.Templates.Render(node.RawCode, node.OriginalFilePath, scope);
                }

                node.Template = record.Take(node, macros);
            }

            Update(node, null, scope);
        }
        catch (DbtException exception)
        {
            throw exception.With(subject: exception.Kind == DbtErrorKind.Compilation ? node.Subject : null, file: node.OriginalFilePath);
        }

        AddMacros(node, macros);
        node.OwnMacros = [.. node.DependsOnMacros];
    }

    /// <summary>Sets the configuration from all levels, and what follows from it.</summary>
    /// <param name="node">The node.</param>
    /// <param name="properties">What its properties file says.</param>
    /// <param name="scope">Renders its hooks; made when null.</param>
    public void Update(DbtNode node, DbtMap? properties, NodeScope? scope = null)
    {
        var type = node.ResourceType;
        var config = configs.Build(type, node.Fqn, node.PackageName, properties, node.ConfigCall);
        node.UnrenderedConfig = configs.BuildUnrendered(type, node.Fqn, node.PackageName, properties, node.ConfigCall);
        node.Config = Finished(type, config);
        ConfigCheck.Check(node);
        foreach (var tag in Val.StringList(node.Config.Get("tags")))
        {
            if (!node.Tags.Contains(tag, StringComparer.Ordinal))
            {
                node.Tags.Add(tag);
            }
        }

        if (node.Config.GetMap("meta") is { Count: > 0 } meta)
        {
            node.Meta = meta;
        }

        node.Group = node.Config.GetString("group") ?? node.Group;
        if (type == DbtResourceType.Model)
        {
            node.Access = node.Config.GetString("access") ?? "protected";
        }

        if (node.ResourceType == DbtResourceType.Snapshot && node.Config.GetMap("snapshot_meta_column_names") is { } columns)
        {
            var all = ConfigDefaults.SnapshotColumns();
            all.Update(columns);
            node.Config["snapshot_meta_column_names"] = all;
        }

        if (node.Config.GetMap("docs") is { } docs)
        {
            node.Docs = new DbtMap { ["show"] = docs.Get("show") ?? true, ["node_color"] = docs.Get("node_color") };
        }

        if (node.Config.GetMap("contract") is { } contract)
        {
            node.Contract = new DbtMap { ["enforced"] = contract.GetBool("enforced"), ["alias_types"] = contract.GetBool("alias_types", true), ["checksum"] = null };
        }

        names.Apply(node, config);
        if (type is not (DbtResourceType.Test or DbtResourceType.Analysis or DbtResourceType.Operation or DbtResourceType.SqlOperation) || type == DbtResourceType.Operation)
        {
            RenderHooks(node, scope);
        }
    }

    public void AddMacros(DbtNode node, IEnumerable<DbtMacro> macros)
    {
        foreach (var macro in macros)
        {
            if (!node.DependsOnMacros.Contains(macro.UniqueId, StringComparer.Ordinal))
            {
                node.DependsOnMacros.Add(macro.UniqueId);
            }
        }
    }

    private void RenderHooks(DbtNode node, NodeScope? scope)
    {
        foreach (var key in new[] { "pre-hook", "post-hook" })
        {
            foreach (var hook in (node.Config.GetList(key) ?? []).OfType<DbtMap>())
            {
                var sql = hook.GetString("sql") ?? string.Empty;
                if (!TemplateEngine.HasTemplate(sql))
                {
                    continue;
                }

                if (scope is null)
                {
                    var macros = new List<DbtMacro>();
                    var own = new NodeScope(session, ScopeMode.Parse, node, node.PackageName) { ConfigCalls = [], OnMacro = macros.Add };
                    session.Templates.Render(sql, node.OriginalFilePath, own);
                    AddMacros(node, macros);
                }
                else
                {
                    session.Templates.Render(sql, node.OriginalFilePath, scope);
                }
            }
        }
    }

    // Hooks become mappings; the two ways to say that failures are stored agree.
    private static DbtMap Finished(DbtResourceType type, DbtMap config)
    {
        foreach (var key in new[] { "pre-hook", "post-hook" })
        {
            if (config.Get(key) is List<object?> hooks)
            {
                config[key] = hooks.ConvertAll(object? (hook) => ConfigMerge.Hook(hook));
            }
        }

        if (config.Get("tags") is string tag)
        {
            config["tags"] = new List<object?> { tag };
        }

        if (type == DbtResourceType.Test)
        {
            if (config.Get("store_failures_as") is { } kind)
            {
                config["store_failures"] = kind is not "ephemeral";
            }
            else if (config.Get("store_failures") is bool isStored)
            {
                config["store_failures_as"] = isStored ? "table" : "ephemeral";
            }
        }

        return config;
    }
}
