using FhirAspire.Dbt.Compile;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Adapters;

/// <summary>The methods of a relation.</summary>
internal static class RelationMembers
{
    public static string TypeConstant(string name) => name switch
    {
        "Table" => "table",
        "View" => "view",
        "CTE" => "cte",
        "MaterializedView" => "materialized_view",
        "DynamicTable" => "dynamic_table",
        _ => "external",
    };

    public static JinjaDict Policy(RelationPolicy policy) => new() { ["database"] = policy.Database, ["schema"] = policy.Schema, ["identifier"] = policy.Identifier };

    public static JinjaFunction? Method(DbtRelation relation, string name) => name switch
    {
        "render" => Host.Function(name, _ => relation.Render()),
        "include" => Host.Function(name, call => relation.With(parts => parts with { Include = Change(parts.Include, call) })),
        "quote" => Host.Function(name, call => relation.With(parts => parts with { Quote = Change(parts.Quote, call) })),
        "quoted" => Host.Function(name, call => $"\"{Host.Text(call.Get(0, "identifier"))}\""),
        "incorporate" => Host.Function(name, call => Incorporate(relation, call)),
        "replace_path" => Host.Function(name, call => relation.With(parts => ReplacePath(parts, call.Keywords))),
        "without_identifier" => Host.Function(name, _ => relation.With(parts => parts with { Identifier = null, Include = parts.Include with { Identifier = false } })),
        "information_schema" => Host.Function(name, call => relation.With(parts => parts with { InformationSchemaView = call.Get(0, "view_name") is { } view ? Host.Text(view) : string.Empty })),
        "information_schema_only" => Host.Function(name, _ => relation.With(parts => parts with { InformationSchemaView = string.Empty })),
        "replace" => Host.Function(name, call => relation.With(parts => call.TryGetKeyword("information_schema_view", out var view) ? parts with { InformationSchemaView = Host.Text(view) } : ReplacePath(parts, call.Keywords))),
        "matches" => Host.Function(name, call => Matches(relation, call)),
        "get" => Host.Function(name, call => relation.TryGetAttribute(Host.Text(call.Get(0, "key")), out var value) ? value : call.Get(1, "default")),
        "add_ephemeral_prefix" => Host.Function(name, call => "__dbt__cte__" + Host.Text(call.Get(0, "name"))),
        "relation_max_name_length" => Host.Function(name, _ => 63L),
        "render_limited" => Host.Function(name, _ => relation.With(parts => parts with { Filter = null }).Str()),
        _ => null,
    };

    private static RelationPolicy Change(RelationPolicy policy, JinjaCall call)
    {
        bool Part(int at, string name, bool now) => call.TryGet(at, name, out var value) && value is not null ? Host.IsTrue(value) : now;
        return new RelationPolicy(Part(0, "database", policy.Database), Part(1, "schema", policy.Schema), Part(2, "identifier", policy.Identifier));
    }

    private static DbtRelation Incorporate(DbtRelation relation, JinjaCall call)
    {
        var parts = relation.Parts;
        foreach (var (key, value) in call.Keywords)
        {
            switch (key)
            {
                case "path" when value is JinjaDict path:
                    parts = ReplacePath(parts, [.. path]);
                    break;
                case "type":
                    parts = parts with { Type = value is null ? null : Host.Text(value) };
                    break;
                case "limit":
                    parts = parts with { Limit = value is long limit ? (int)limit : null };
                    break;
                case "quote_policy" when value is JinjaDict policy:
                    parts = parts with { Quote = FromDict(parts.Quote, policy) };
                    break;
                case "include_policy" when value is JinjaDict policy:
                    parts = parts with { Include = FromDict(parts.Include, policy) };
                    break;
            }
        }

        return new DbtRelation(parts);
    }

    private static RelationPolicy FromDict(RelationPolicy policy, JinjaDict dict)
    {
        bool Part(string name, bool now) => dict.TryGetValue(name, out var value) && value is not null ? Host.IsTrue(value) : now;
        return new RelationPolicy(Part("database", policy.Database), Part("schema", policy.Schema), Part("identifier", policy.Identifier));
    }

    private static DbtRelationParts ReplacePath(DbtRelationParts parts, IEnumerable<KeyValuePair<string, object?>> changes)
    {
        foreach (var (key, value) in changes)
        {
            var text = value is null ? null : Host.Text(value);
            parts = key switch
            {
                "database" => parts with { Database = text },
                "schema" => parts with { Schema = text },
                "identifier" => parts with { Identifier = text },
                _ => parts,
            };
        }

        return parts;
    }

    private static bool Matches(DbtRelation relation, JinjaCall call)
    {
        bool Same(int at, string name, string? own) => !call.TryGet(at, name, out var value) || value is null || string.Equals(Host.Text(value), own, StringComparison.Ordinal);
        return Same(0, "database", relation.Database) && Same(1, "schema", relation.Schema) && Same(2, "identifier", relation.Identifier);
    }
}
