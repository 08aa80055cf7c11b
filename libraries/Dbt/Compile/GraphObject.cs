using FhirAspire.Dbt.Artifacts;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>
/// <c>graph</c>: all nodes as dicts, made when asked for. It is one mutable dict for the whole run: packages keep what they know between nodes under keys of their own.
/// </summary>
internal sealed class GraphObject(DbtSession session) : JinjaObject
{
    private static readonly string[] Parts = ["exposures", "functions", "groups", "metrics", "nodes", "sources", "semantic_models", "saved_queries"];

    public override string TypeName => "dict";

    public override bool IsMapping => true;

    public override int? Length => Keys().Count;

    public override bool? Contains(object? value) => value is string name && TryGetItem(name, out _);

    public override IEnumerable<object?> Iterate() => Keys();

    public override string Repr() => $"<graph with {string.Join(", ", Keys())}>";

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        if (key is not string name)
        {
            return false;
        }

        lock (session.GraphEntries)
        {
            if (session.GraphEntries.TryGet(name, out value))
            {
                return true;
            }
        }

        value = name switch
        {
            "nodes" => session.Templates.Graph(session, name, manifest => manifest.Nodes.Values),
            "sources" => session.Templates.Graph(session, name, manifest => manifest.Sources.Values),
            "exposures" => session.Templates.Graph(session, name, manifest => manifest.Exposures.Values),
            "unit_tests" => session.Templates.Graph(session, name, manifest => manifest.UnitTests.Values),
            "groups" => new JinjaDict(session.Manifest.Groups.Values.Select(group => KeyValuePair.Create(group.UniqueId, Host.ToTemplate(ManifestWriter.Group(group))))),
            "metrics" => session.Templates.Graph(session, name, manifest => manifest.Semantics.Values.Where(node => node.ResourceType == DbtResourceType.Metric)),
            "semantic_models" => session.Templates.Graph(session, name, manifest => manifest.Semantics.Values.Where(node => node.ResourceType == DbtResourceType.SemanticModel)),
            "saved_queries" => session.Templates.Graph(session, name, manifest => manifest.Semantics.Values.Where(node => node.ResourceType == DbtResourceType.SavedQuery)),
            "functions" => new JinjaDict(),
            _ => null,
        };
        return value is not null;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "get" => Host.Function(name, call => TryGetItem(call.Get(0, "key"), out var found) ? found : call.Get(1, "default")),
            "keys" => Host.Function(name, _ => new JinjaList(Keys())),
            "values" => Host.Function(name, _ => new JinjaList(Keys().Select(Part))),
            "items" => Host.Function(name, _ => new JinjaList(Keys().Select(key => (object?)new JinjaTuple(key, Part(key))))),
            "setdefault" => Host.Function(name, SetDefault),
            "update" => Host.Function(name, Update),
            "pop" => Host.Function(name, Pop),
            _ => null,
        };
        return value is not null;
    }

    private List<object?> Keys()
    {
        lock (session.GraphEntries)
        {
            return [.. Parts, .. session.GraphEntries.Keys.Where(key => !Parts.Contains(key as string, StringComparer.Ordinal))];
        }
    }

    private object? Part(object? key) => TryGetItem(key, out var value) ? value : null;

    private object? SetDefault(JinjaCall call)
    {
        var key = call.Get(0, "key");
        lock (session.GraphEntries)
        {
            if (TryGetItem(key, out var value))
            {
                return value;
            }

            value = call.Get(1, "default");
            session.GraphEntries.Set(key, value);
            return value;
        }
    }

    private object? Update(JinjaCall call)
    {
        lock (session.GraphEntries)
        {
            foreach (var (key, value) in (call.Get(0, "other") as JinjaDict)?.Entries ?? [])
            {
                session.GraphEntries.Set(key, value);
            }

            foreach (var (key, value) in call.Keywords)
            {
                session.GraphEntries.Set(key, value);
            }
        }

        return null;
    }

    private object? Pop(JinjaCall call)
    {
        var key = call.Get(0, "key");
        lock (session.GraphEntries)
        {
            if (!session.GraphEntries.TryGet(key, out var value))
            {
                return call.TryGet(1, "default", out var otherwise) ? otherwise : throw Host.Runtime($"KeyError: {Host.Repr(key)}");
            }

            session.GraphEntries.Remove(key);
            return value;
        }
    }
}
