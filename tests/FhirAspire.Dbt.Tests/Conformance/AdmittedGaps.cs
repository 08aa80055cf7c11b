namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>Cases that do not pass yet, each with its reason.</summary>
internal static class AdmittedGaps
{
    public static readonly IReadOnlyDictionary<string, string> Reasons = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["009-relations-api"] = "some members of relations and columns print otherwise; a table made by an operation becomes a view",
        ["013-ephemeral-nested"] = "the order of injected CTEs of nested ephemeral models",
        ["018-microbatch"] = "DuckDB's version: date_trunc of a date gives a timestamp since 1.5",
        ["019-seed-types"] = "show does not list the tests of a selected seed",
        ["026-hooks"] = "an on-run-end hook compiles otherwise",
        ["028-store-failures"] = "relation_name of a test that stores its failures by the flag alone",
        ["031-unit-tests"] = "compiled text of unit tests",
        ["032-unit-tests-incremental"] = "an unmocked incremental input; compiled text of unit tests",
        ["036-docs-catalog"] = "docs generate without relations compiles nothing",
        ["046-fail-fast-threads"] = "a test behind a failed one is not compiled",
        ["054-cross-db-macros"] = "DuckDB's version: date_trunc of a date gives a timestamp since 1.5",
        ["055-empty-and-sample"] = "introspection during --empty",
    };
}
