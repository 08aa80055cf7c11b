namespace FhirAspire.Warehouse.DuckDb;

internal sealed class DuckDbDialect : SqlDialect
{
    public static readonly DuckDbDialect Instance = new();

    public override string JsonType => "json";

    /// <summary>
    /// No index: in a table that has one a checkpoint writes the last row group anew until it is full, and 2,048 bundles are gigabytes. Without one, each checkpoint
    /// closes a small row group; ranges of keys are found by the row groups' least and greatest keys.
    /// </summary>
    public override string DocumentKey => "not null";

    public override string Parameter(int number) => $"${number}";
}
