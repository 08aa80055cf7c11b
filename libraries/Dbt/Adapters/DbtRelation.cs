using FhirAspire.Dbt.Compile;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Adapters;

/// <summary>Which of database, schema and identifier a policy holds for.</summary>
internal readonly record struct RelationPolicy(bool Database, bool Schema, bool Identifier)
{
    public static readonly RelationPolicy All = new(true, true, true);
}

/// <summary>The part of a relation's rows that a microbatch or a sample reads.</summary>
internal sealed record EventTimeFilter(string Field, string? Start, string? End);

/// <summary>A table, view or query in the database, as templates see it (https://docs.getdbt.com/reference/dbt-classes#relation).</summary>
internal sealed record DbtRelationParts(string? Database, string? Schema, string? Identifier)
{
    public string? Type { get; init; }

    public RelationPolicy Quote { get; init; } = RelationPolicy.All;

    public RelationPolicy Include { get; init; } = RelationPolicy.All;

    public int? Limit { get; init; }

    public EventTimeFilter? Filter { get; init; }

    /// <summary>Whether a subquery needs an alias in this database.</summary>
    public bool NeedsAlias { get; init; }

    /// <summary>What stands for a table outside of the database, such as a function that reads a file.</summary>
    public string? External { get; init; }

    /// <summary>The view of an information schema that stands after the database.</summary>
    public string? InformationSchemaView { get; init; }

    public string? RenderedCte { get; init; }
}

/// <inheritdoc cref="DbtRelationParts"/>
internal sealed class DbtRelation(DbtRelationParts parts) : JinjaObject
{
    private string? rendered;

    public DbtRelationParts Parts { get; } = parts;

    public string? Database => Parts.Database;

    public string? Schema => Parts.Schema;

    public string? Identifier => Parts.Identifier;

    public string? Type => Parts.Type;

    public override string TypeName => "Relation";

    /// <summary>The name with the parts and quotes that the policies say.</summary>
    public string Render() => rendered ??= RenderName();

    public override string Str()
    {
        var text = Render();
        if (Parts.Limit is { } limit)
        {
            text = limit == 0 ? $"(select * from {text} where false limit 0){Alias("limit")}" : $"(select * from {text} limit {limit}){Alias("limit")}";
        }

        if (Parts.Filter is { } filter)
        {
            var condition = filter switch
            {
                { Start: not null, End: not null } => $"{filter.Field} >= '{filter.Start}' and {filter.Field} < '{filter.End}'",
                { Start: not null } => $"{filter.Field} >= '{filter.Start}'",
                { End: not null } => $"{filter.Field} < '{filter.End}'",
                _ => null,
            };
            text = condition is null ? text : $"(select * from {text} where {condition}){Alias("et_filter")}";
        }

        return text;
    }

    public override string Repr() => $"<Relation {Str()}>";

    public override bool ValueEquals(object? other) => other is DbtRelation relation && relation.Parts with { Limit = null, Filter = null } is var a
        && a.Database == Database && a.Schema == Schema && a.Identifier == Identifier && a.Type == Type && a.Quote == Parts.Quote && a.Include == Parts.Include;

    public override int ValueHash() => HashCode.Combine(Render());

    public DbtRelation With(Func<DbtRelationParts, DbtRelationParts> change) => new(change(Parts));

    // A relation is a mapping of its members in dbt.
    public override bool IsMapping => true;

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        switch (name)
        {
            case "database":
                value = Database;
                return true;
            case "schema":
                value = Schema;
                return true;
            case "identifier" or "name" or "table":
                value = Identifier;
                return true;
            case "type":
                value = Type;
                return true;
            case "is_table":
                value = Type == "table";
                return true;
            case "is_view":
                value = Type == "view";
                return true;
            case "is_cte":
                value = Type == "cte";
                return true;
            case "is_materialized_view":
                value = Type == "materialized_view";
                return true;
            case "is_pointer" or "is_function" or "is_iceberg_format" or "is_dynamic_table":
                value = false;
                return true;
            case "Table" or "View" or "CTE" or "MaterializedView" or "External" or "DynamicTable":
                value = RelationMembers.TypeConstant(name);
                return true;
            case "path":
                value = new JinjaDict { ["database"] = Database, ["schema"] = Schema, ["identifier"] = Identifier };
                return true;
            case "quote_policy":
                value = RelationMembers.Policy(Parts.Quote);
                return true;
            case "include_policy":
                value = RelationMembers.Policy(Parts.Include);
                return true;
            case "quote_character":
                value = "\"";
                return true;
            case "limit":
                value = Parts.Limit is { } limit ? (long)limit : null;
                return true;
            case "dbt_created":
                value = false;
                return true;
            case "can_be_renamed":
                value = Type is "table" or "view" or "materialized_view";
                return true;
            case "metadata":
                // Packages tell relations from other values by this.
                value = new JinjaDict { ["type"] = "dbt.adapters.base.relation.BaseRelation" };
                return true;
            case "can_be_replaced":
                value = Type is "table" or "view";
                return true;
            default:
                value = RelationMembers.Method(this, name);
                return value is not null;
        }
    }

    private string RenderName()
    {
        if (Parts.External is not null)
        {
            return Parts.External;
        }

        var names = new List<string>(4);
        void Add(bool isIncluded, bool isQuoted, string? part)
        {
            if (isIncluded && part is not null)
            {
                names.Add(isQuoted ? $"\"{part}\"" : part);
            }
        }

        Add(Parts.Include.Database, Parts.Quote.Database, Database);
        if (Parts.InformationSchemaView is not null)
        {
            names.Add("INFORMATION_SCHEMA");
            if (Parts.InformationSchemaView.Length > 0)
            {
                names.Add(Parts.InformationSchemaView);
            }

            return string.Join('.', names);
        }

        Add(Parts.Include.Schema, Parts.Quote.Schema, Schema);
        Add(Parts.Include.Identifier, Parts.Quote.Identifier, Identifier);
        return string.Join('.', names);
    }

    private string Alias(string what) => Parts.NeedsAlias ? $" _dbt_{what}_subq_{Identifier}" : string.Empty;
}
