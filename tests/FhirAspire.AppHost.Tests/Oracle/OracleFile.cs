using System.Text.Json;

namespace FhirAspire.AppHost.Tests.Oracle;

/// <summary>What oracle.json says: which columns of which table must equal Synthea's own CSV, after which rule, in how many rows.</summary>
internal sealed record OracleFile(Dictionary<string, Dictionary<string, string>> Maps, List<OracleTable> Tables)
{
    public static OracleFile Read(string path) => JsonSerializer.Deserialize<OracleFile>(File.ReadAllBytes(path), JsonSerializerOptions.Web)!;
}

internal sealed record OracleTable(string Name, string Csv, string Model, List<string> Key, List<OracleFilter>? CsvFilterAny, double MinRowMatch, double MaxExtraRows, List<OracleColumn> Columns);

internal sealed record OracleFilter(string Column, [property: System.Text.Json.Serialization.JsonPropertyName("equals")] string? Value, bool? IsNull);

internal sealed record OracleColumn(string Name, string Type, string Verdict, string Rule, string? RuleArg, double Tolerance, double RelTolerance, string? Nulls, double? MinMatch)
{
    public bool IsStrict => Verdict is "exact" or "normalised";
}
