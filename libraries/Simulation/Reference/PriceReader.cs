using FhirAspire.Simulation.Costs;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Reference;

/// <summary>Reads <c>costs/</c>.</summary>
internal static class PriceReader
{
    // In the order of CostKind.
    private static readonly string?[] Tables = ["encounters", "procedures", "medications", "immunizations", null, "devices", "supplies"];
    private static readonly string?[] Adjustments = [null, "procedures", "medications", null, "labs", "devices", "supplies"];

    public static PriceList Read(IFileSource files, string state)
    {
        var kinds = Enum.GetValues<CostKind>();
        var prices = new Dictionary<string, PriceRange>[kinds.Length];
        var factors = new double[kinds.Length];
        for (var i = 0; i < kinds.Length; i++)
        {
            prices[i] = Tables[i] is { } name ? ReadPrices(files, $"costs/{name}.csv") : [];
            factors[i] = Adjustments[i] is { } adjustment ? ReadFactor(files, $"costs/{adjustment}_adjustments.csv", state) : 1;
        }

        return new PriceList(prices, factors, ReadEncounterFactors(files, state), ReadFactor(files, "costs/dialysis_adjustments.csv", state));
    }

    private static Dictionary<string, PriceRange> ReadPrices(IFileSource files, string path)
    {
        var prices = new Dictionary<string, PriceRange>(StringComparer.Ordinal);
        using var table = CsvTable.Open(files, path);
        while (table.Read())
        {
            prices[table["CODE"]] = new PriceRange(table.Number("MIN"), table.Number("MODE"), table.Number("MAX"));
        }

        return prices;
    }

    private static double ReadFactor(IFileSource files, string path, string state)
    {
        using var table = CsvTable.TryOpen(files, path);
        while (table?.Read() == true)
        {
            if (table["STATE"] == state)
            {
                return table.Number("ADJ_FACTOR");
            }
        }

        return 1;
    }

    private static double[] ReadEncounterFactors(IFileSource files, string state)
    {
        var classes = Enum.GetValues<EncounterClass>();
        var factors = new double[classes.Length];
        Array.Fill(factors, 1);
        using var table = CsvTable.TryOpen(files, "costs/encounters_adjustments.csv");
        while (table?.Read() == true)
        {
            if (table["STATE"] == state && Enum.TryParse<EncounterClass>(table["ENCOUNTER"], ignoreCase: true, out var kind))
            {
                factors[(int)kind] = table.Number("ADJ_FACTOR");
            }
        }

        return factors;
    }
}
