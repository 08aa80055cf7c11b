using FhirAspire.Dbt.Compile;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Adapters;

/// <summary><c>api.Relation</c>: makes relations.</summary>
internal sealed class RelationClass(IDbtAdapter adapter) : JinjaObject
{
    public override string TypeName => "type";

    public override bool IsCallable => true;

    public override object? Call(JinjaCall call) => Create(call);

    public override bool TryGetAttribute(string name, out object? value)
    {
        switch (name)
        {
            case "Table" or "View" or "CTE" or "MaterializedView" or "External" or "DynamicTable":
                value = RelationMembers.TypeConstant(name);
                return true;
            case "create":
                value = Host.Function(name, Create);
                return true;
            case "create_from":
                value = Host.Function(name, call => call.Get(1, "relation_config") is DbtRelation relation ? relation : Create(call));
                return true;
            case "scd_args":
                value = Host.Function(name, ScdArgs);
                return true;
            case "add_ephemeral_prefix":
                value = Host.Function(name, call => "__dbt__cte__" + Host.Text(call.Get(0, "name")));
                return true;
            case "relation_max_name_length":
                value = Host.Function(name, _ => 63L);
                return true;
            case "get_default_quote_policy":
                value = Host.Function(name, _ => RelationMembers.Policy(adapter.DefaultQuote));
                return true;
            default:
                value = null;
                return false;
        }
    }

    private DbtRelation Create(JinjaCall call)
    {
        string? Text(int at, string name) => call.Get(at, name) is { } value and not JinjaUndefined ? Host.Text(value) : null;
        var quote = adapter.ProjectQuote;
        if (call.TryGetKeyword("quote_policy", out var policy) && policy is JinjaDict dict)
        {
            bool Part(string name, bool now) => dict.TryGetValue(name, out var value) && value is not null ? Host.IsTrue(value) : now;
            quote = new RelationPolicy(Part("database", quote.Database), Part("schema", quote.Schema), Part("identifier", quote.Identifier));
        }

        return new DbtRelation(new DbtRelationParts(Text(0, "database"), Text(1, "schema"), Text(2, "identifier"))
        {
            Type = Text(3, "type"),
            Quote = quote,
            NeedsAlias = adapter.NeedsSubqueryAlias,
        });
    }

    private static JinjaList ScdArgs(JinjaCall call)
    {
        var key = call.Get(0, "primary_key");
        var args = key is JinjaList list ? new JinjaList(list) : new JinjaList([key]);
        args.Add(call.Get(1, "updated_at"));
        return args;
    }
}
