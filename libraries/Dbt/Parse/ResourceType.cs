namespace FhirAspire.Dbt;

/// <summary>What a node of a dbt project is.</summary>
public enum DbtResourceType
{
    /// <summary>A model.</summary>
    Model,

    /// <summary>An analysis: compiled, never run.</summary>
    Analysis,

    /// <summary>A data test, generic or singular.</summary>
    Test,

    /// <summary>A snapshot.</summary>
    Snapshot,

    /// <summary>A hook of <c>on-run-start</c> or <c>on-run-end</c>.</summary>
    Operation,

    /// <summary>A CSV file.</summary>
    Seed,

    /// <summary>A query given on the command line.</summary>
    SqlOperation,

    /// <summary>A table of a source.</summary>
    Source,

    /// <summary>An exposure.</summary>
    Exposure,

    /// <summary>A unit test.</summary>
    UnitTest,

    /// <summary>A group.</summary>
    Group,

    /// <summary>A macro.</summary>
    Macro,

    /// <summary>A semantic model.</summary>
    SemanticModel,

    /// <summary>A metric.</summary>
    Metric,

    /// <summary>A saved query.</summary>
    SavedQuery,
}
