using FhirAspire.Dbt;

namespace FhirAspire.DbtRunner;

/// <summary>The layers of the dbt project, and the names under which a run counts what it did in each.</summary>
public static class DbtLayers
{
    /// <summary>What the names of test counts begin with; dbt's status follows.</summary>
    public const string TestPrefix = "tests.";

    private const string Tests = "tests";

    /// <summary>The layers in the order in which they run.</summary>
    public static IReadOnlyList<string> All { get; } = ["staging", "intermediate", "marts", Tests];

    /// <summary>The schemas of the marts, as dbt selects their models and everything behind them.</summary>
    public static string MartsSelection => "fhir_aspire.marts+ fhir_aspire.analytics+";

    /// <summary>What takes new files in: the staging models and all that they rest on.</summary>
    public static string StagingSelection => "+fhir_aspire.base +fhir_aspire.staging";

    /// <summary>The count of a layer's rows written, as far as the database says.</summary>
    public static string RowsOf(string layer) => $"rows.{layer}";

    /// <summary>The count of a layer's milliseconds, added up over its nodes.</summary>
    public static string MillisecondsOf(string layer) => $"milliseconds.{layer}";

    /// <summary>The layer of a node: tests are their own, a model belongs to its schema.</summary>
    public static string Of(DbtNodeResult node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node.ResourceType is DbtResourceType.Test or DbtResourceType.UnitTest
            ? Tests
            : All.FirstOrDefault(layer => node.RelationName?.Contains($"\"{layer}\"", StringComparison.OrdinalIgnoreCase) == true) ?? "other";
    }
}
