using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary><c>config</c> while the project is parsed: calls are collected.</summary>
internal sealed class ParseConfig(NodeScope scope) : JinjaObject
{
    public override string TypeName => "ParseConfigObject";

    public override bool IsCallable => true;

    public override object? Call(JinjaCall call)
    {
        DbtMap options;
        if (call.Positional is [JinjaDict dict] && call.Keywords.Length == 0)
        {
            options = (DbtMap)Host.FromTemplate(dict)!;
        }
        else if (call.Positional.Length == 0 && call.Keywords.Length > 0)
        {
            options = [];
            foreach (var (key, value) in call.Keywords)
            {
                options[key] = Host.FromTemplate(value);
            }
        }
        else
        {
            throw Host.Compilation("Invalid inline model config", "DBT3002");
        }

        foreach (var old in new[] { "pre_hook", "post_hook" })
        {
            var name = ConfigMerge.HookName(old);
            if (options.TryGetValue(old, out var hook))
            {
                if (options.ContainsKey(name))
                {
                    throw Host.Compilation($"Invalid config, has conflicting keys \"{old}\" and \"{name}\"", "DBT3002");
                }

                options.Remove(old);
                options[name] = hook;
            }
        }

        if (scope.ConfigCalls is { } collected)
        {
            Collect(collected, options);
        }

        return string.Empty;
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "set" => Host.Function(name, call => Call(new JinjaCall(call.Context, [new JinjaDict { [Host.Text(call.Get(0, "name"))] = call.Get(1, "value") }], []))),
            "get" or "require" or "meta_get" or "meta_require" => Host.Function(name, _ => string.Empty),
            "persist_relation_docs" or "persist_column_docs" => Host.Function(name, _ => false),
            _ => null,
        };
        return value is not null;
    }

    // Several calls: tags and hooks add up, the last of the others counts.
    private static void Collect(DbtMap collected, DbtMap options)
    {
        foreach (var (key, value) in options)
        {
            if (key is "tags" or "pre-hook" or "post-hook")
            {
                var list = AsList(collected.Get(key));
                if (collected.ContainsKey(key))
                {
                    list.AddRange(AsList(value));
                    collected[key] = list;
                }
                else
                {
                    collected[key] = value;
                }
            }
            else if (key is "meta" or "quoting" or "column_types" or "docs" or "contract" && value is DbtMap map && collected.Get(key) is DbtMap before)
            {
                var merged = before.DeepCopy();
                merged.Update(map);
                collected[key] = merged;
            }
            else
            {
                collected[key] = value;
            }
        }
    }

    private static List<object?> AsList(object? value) => value switch
    {
        null => [],
        List<object?> list => [.. list],
        _ => [value],
    };
}

/// <summary><c>config</c> of a node that runs: what it is configured to be.</summary>
internal sealed class RunConfig(NodeScope scope) : JinjaObject
{
    public override string TypeName => "RuntimeConfigObject";

    public override bool IsCallable => true;

    public override object? Call(JinjaCall call) => string.Empty;

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "get" => Host.Function(name, call => Get(call, null)),
            "require" => Host.Function(name, call => Require(call)),
            "meta_get" => Host.Function(name, call => Meta(Host.Text(call.Get(0, "name"))) ?? call.Get(1, "default")),
            "meta_require" => Host.Function(name, call => Meta(Host.Text(call.Get(0, "name"))) ?? throw Missing(Host.Text(call.Get(0, "name")))),
            "set" => Host.Function(name, _ => string.Empty),
            "persist_relation_docs" => Host.Function(name, _ => PersistDocs("relation")),
            "persist_column_docs" => Host.Function(name, _ => PersistDocs("columns")),
            _ => null,
        };
        return value is not null;
    }

    private object? Get(JinjaCall call, object? otherwise) =>
        TryFind(Host.Text(call.Get(0, "name")), out var value) ? value : call.Get(1, "default", otherwise);

    private object? Require(JinjaCall call)
    {
        var name = Host.Text(call.Get(0, "name"));
        return TryFind(name, out var value) ? value : throw Missing(name);
    }

    private bool TryFind(string name, out object? value)
    {
        value = null;
        if (scope.Node is not { } node)
        {
            return false;
        }

        name = ConfigMerge.HookName(name);
        if (node.Config.TryGetValue(name, out var found))
        {
            if (name == "snapshot_meta_column_names" || name != "snapshot_table_column_names")
            {
                value = Host.ToTemplate(found);
                return true;
            }
        }

        if (name == "snapshot_table_column_names" && node.ResourceType == DbtResourceType.Snapshot)
        {
            value = SnapshotNames(node);
            return true;
        }

        return ConfigDefaults.Declared(node.ResourceType).Contains(name, StringComparer.Ordinal);
    }

    // The names of the columns that a snapshot adds, those that the configuration gives over the usual ones.
    private static JinjaDict SnapshotNames(DbtNode node)
    {
        var given = node.Config.GetMap("snapshot_meta_column_names");
        var names = new JinjaDict();
        foreach (var name in new[] { "dbt_valid_to", "dbt_valid_from", "dbt_scd_id", "dbt_updated_at", "dbt_is_deleted" })
        {
            names[name] = given?.GetString(name) ?? name;
        }

        return names;
    }

    private object? Meta(string name) => scope.Node?.Config.GetMap("meta") is { } meta && meta.TryGetValue(name, out var value) ? Host.ToTemplate(value) : null;

    private bool PersistDocs(string what) => scope.Node?.Config.GetMap("persist_docs") is { } persist && Val.IsTruthy(persist.Get(what));

    private DbtException Missing(string name) => new("DBT3003", DbtErrorKind.Compilation, $"Model '{scope.Node?.UniqueId}' does not define a required config parameter '{name}'.")
    {
        Found = $"no '{name}'", Expected = $"a configuration '{name}'", Hint = scope.Node is { } node ? Text.DidYouMean(name, node.Config.Keys.OfType<string>()) : null,
    };
}
