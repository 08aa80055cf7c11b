namespace FhirAspire.Dbt.Parse;

/// <summary>Names of resource types as dbt writes them.</summary>
internal static class ResourceTypes
{
    public static string Name(this DbtResourceType type) => type switch
    {
        DbtResourceType.Model => "model",
        DbtResourceType.Analysis => "analysis",
        DbtResourceType.Test => "test",
        DbtResourceType.Snapshot => "snapshot",
        DbtResourceType.Operation => "operation",
        DbtResourceType.Seed => "seed",
        DbtResourceType.SqlOperation => "sql_operation",
        DbtResourceType.Source => "source",
        DbtResourceType.Exposure => "exposure",
        DbtResourceType.UnitTest => "unit_test",
        DbtResourceType.Group => "group",
        DbtResourceType.SemanticModel => "semantic_model",
        DbtResourceType.Metric => "metric",
        DbtResourceType.SavedQuery => "saved_query",
        _ => "macro",
    };

    public static string Plural(this DbtResourceType type) => type switch
    {
        DbtResourceType.Analysis => "analyses",
        DbtResourceType.SavedQuery => "saved_queries",
        _ => type.Name() + "s",
    };

    /// <summary>Whether it belongs to the semantic layer: described, selected and listed, never run.</summary>
    public static bool IsSemantic(this DbtResourceType type) => type is DbtResourceType.SemanticModel or DbtResourceType.Metric or DbtResourceType.SavedQuery;

    public static DbtResourceType? Parse(string name)
    {
        foreach (var type in Enum.GetValues<DbtResourceType>())
        {
            if (type.Name() == name)
            {
                return type;
            }
        }

        return null;
    }

    /// <summary>How a title begins with the name: <c>Model</c>, <c>Unit test</c>.</summary>
    public static string Title(this DbtResourceType type)
    {
        var name = type.Name();
        return char.ToUpperInvariant(name[0]) + name[1..];
    }
}
