namespace FhirAspire.Warehouse.DuckDb;

internal sealed class DuckDbDialect : SqlDialect
{
    public static readonly DuckDbDialect Instance = new();

    public override string JsonType => "json";

    public override string Parameter(int number) => $"${number}";
}
