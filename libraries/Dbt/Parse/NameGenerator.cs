using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Parse;

/// <summary>Database, schema and alias of a node, by the macros <c>generate_database_name</c>, <c>generate_schema_name</c>, <c>generate_alias_name</c>.</summary>
internal sealed class NameGenerator(DbtSession session)
{
    private readonly Dictionary<(string Component, string Package), DbtMacro> chosen = [];

    public void Apply(DbtNode node, DbtMap config)
    {
        node.Database = Generate("database", node, config.Get("database"));
        node.Schema = Generate("schema", node, config.Get("schema"));
        node.Alias = Generate("alias", node, config.Get("alias")) ?? node.Name;
        if (node.ResourceType == DbtResourceType.Snapshot)
        {
            // The older names of snapshots go as they stand.
            node.Database = config.GetString("target_database") is { Length: > 0 } database ? database : node.Database;
            node.Schema = config.GetString("target_schema") is { Length: > 0 } schema ? schema : node.Schema;
        }

        node.RelationName = node.IsRelational && !node.IsEphemeral ? References.Relation(session, node).Render() : null;
    }

    /// <summary>Where a node that is no relation puts what it makes, unless it says so itself.</summary>
    public (string? Database, string? Schema) Place(DbtNode node, object? database) => (Generate("database", node, database), Generate("schema", node, null));

    private string? Generate(string component, DbtNode node, object? custom)
    {
        var macro = Choose(component, node.PackageName);
        if (session.Macros.InternalPackages.Contains(macro.PackageName, StringComparer.Ordinal) && IsBuiltIn(component))
        {
            return Default(component, node, custom is null ? null : Val.Str(custom));
        }

        var scope = new NodeScope(session, ScopeMode.Names, null, session.Root.Name) { Operation = macro };
        var result = session.Templates.Start(scope.Callable(macro), [Host.ToTemplate(custom), new NodeObject(node)]);
        return result switch
        {
            null => null,
            string text => text.Trim(),
            _ => Host.Text(result).Trim(),
        };
    }

    // The root project's macro counts for every package; a package's own only for its own nodes, and only when the root has none.
    private DbtMacro Choose(string component, string package)
    {
        if (chosen.TryGetValue((component, package), out var macro))
        {
            return macro;
        }

        var name = $"generate_{component}_name";
        macro = session.Macros.FindIn(session.Root.Name, name)
            ?? (package != session.Root.Name ? session.Macros.FindIn(package, name) : null)
            ?? session.Macros.FindIn("dbt", name)
            ?? throw new DbtException("DBT9003", DbtErrorKind.Internal, $"No macro with name {name} found");
        chosen[(component, package)] = macro;
        return macro;
    }

    // A project may replace what dbt's macro dispatches to.
    private bool IsBuiltIn(string component) =>
        session.Macros.Dispatch($"generate_{component}_name", "dbt", session.Root.Name) is { } macro && session.Macros.InternalPackages.Contains(macro.PackageName, StringComparer.Ordinal);

    private string Default(string component, DbtNode node, string? custom) => component switch
    {
        "database" => custom ?? session.Profile.Database,
        "schema" => custom is null ? session.Profile.Schema : $"{session.Profile.Schema}_{custom.Trim()}",
        _ => custom is { Length: > 0 } ? custom.Trim() : node.Version is null ? node.Name : $"{node.Name}_v{Val.Str(node.Version).Replace('.', '_')}",
    };
}

/// <summary>A node for the macros that generate names: attributes as a parsed node has them.</summary>
internal sealed class NodeObject(DbtNode node) : JinjaObject
{
    private JinjaDict? dict;

    public override string TypeName => "ModelNode";

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        if (name == "version")
        {
            value = Host.ToTemplate(node.Version);
            return true;
        }

        dict ??= (JinjaDict)Host.ToTemplate(Artifacts.NodeWriter.Write(node))!;
        if (dict.TryGetValue(name, out value))
        {
            value = name == "config" && value is JinjaDict config ? new ConfigView(config) : value;
            return true;
        }

        value = name switch
        {
            "identifier" => node.Identifier,
            "to_dict" => Host.Function(name, _ => Host.ToTemplate(Artifacts.NodeWriter.Write(node))),
            "search_name" => node.SearchName,
            "is_versioned" => node.IsVersioned,
            "is_relational" => node.IsRelational,
            "is_ephemeral" or "is_ephemeral_model" => node.IsEphemeral,
            "get" => Host.Function(name, call => TryGetAttribute(Host.Text(call.Get(0, "key")), out var found) ? found : call.Get(1, "default")),
            _ => null,
        };
        return value is not null;
    }
}

/// <summary>A node's configuration as an object: what it does not have is none.</summary>
internal sealed class ConfigView(JinjaDict config) : DictView(config)
{
    public override string TypeName => "NodeConfig";

    public override bool TryGetItem(object? key, out object? value)
    {
        _ = base.TryGetItem(key, out value);
        return true;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        if (!base.TryGetAttribute(name, out value))
        {
            _ = Dict.TryGetValue(name, out value);
        }

        return true;
    }
}
