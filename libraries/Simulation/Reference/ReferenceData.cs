using System.Text.Json;
using FhirAspire.Simulation.Costs;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Immunizations;
using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Lifecycle;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Providers;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Reference;

/// <summary>
/// Facts about the world: places, names, providers, payers, prices, growth, schedules. One layout of files (that of Synthea's resources),
/// two sources: Synthea's own files (folder, zip, jar) and the compact set that comes with this library.
/// Only rows of the simulated state are kept.
/// </summary>
public sealed class ReferenceData
{
    private readonly IFileSource files;
    private readonly Lazy<NameData> names;
    private readonly Lazy<GrowthData> growth;
    private readonly Lazy<Dictionary<string, double>> disabilityWeights;
    private readonly Lazy<(string State, string Abbreviation)[]> states;

    private ReferenceData(IFileSource files)
    {
        this.files = files;
        names = new(() => NameData.Parse(Text("names.yml"), "names.yml"));
        growth = new(() => GrowthReader.Read(files));
        disabilityWeights = new(ReadDisabilityWeights);
        states = new(ReadStates);
    }

    /// <summary>The compact data set of this library; sources of facts are in <c>OwnData/README.md</c>.</summary>
    public static ReferenceData Own() => new(FileSources.OwnData());

    /// <summary>Data in Synthea's layout.</summary>
    /// <exception cref="SimulationException">A file that is needed is missing.</exception>
    public static ReferenceData From(IFileSource files)
    {
        ArgumentNullException.ThrowIfNull(files);
        foreach (var path in new[] { "geography/demographics.csv", "names.yml", "providers/hospitals.csv", "payers/insurance_plans.csv", "costs/procedures.csv" })
        {
            if (!files.Paths.Contains(path, StringComparer.Ordinal))
            {
                throw new SimulationException("SIM004", files.Name, $"the file '{path}' is missing; expected data in the layout of a Synthea jar");
            }
        }

        return new ReferenceData(files);
    }

    internal NameData Names => names.Value;

    internal GrowthData Growth => growth.Value;

    internal Dictionary<string, double> DisabilityWeights => disabilityWeights.Value;

    internal IFileSource Files => files;

    /// <summary>Full names of the states that the data knows.</summary>
    public IReadOnlyList<string> States => [.. states.Value.Select(s => s.State)];

    internal string StateName(string state) => FindState(state).State;

    internal string StateAbbreviation(string state) => FindState(state).Abbreviation;

    internal Atlas Atlas(string state, string? city) => GeographyReader.Read(files, StateName(state), StateAbbreviation(state), city);

    internal Dictionary<string, CountyNeeds> CountyNeeds(string abbreviation) => GeographyReader.ReadNeeds(files, abbreviation);

    internal ProviderDirectory Providers(string abbreviation) => ProviderReader.Read(files, abbreviation, Names);

    internal PriceList Prices(string abbreviation) => PriceReader.Read(files, abbreviation);

    internal (List<InsurancePlan> Plans, InsurancePlan None, IReadOnlyList<Payer> Payers) Insurance(string state, string abbreviation)
        => InsuranceReader.Read(files, state, abbreviation);

    internal string Text(string path) => files.ReadText(path) ?? throw new SimulationException("SIM004", path, $"the file is missing in {files.Name}");

    internal IReadOnlyList<ScheduledVaccine> Vaccines(CodeTable codes)
    {
        using var document = JsonDocument.Parse(Text("immunization_schedule.json"));
        var vaccines = new List<ScheduledVaccine>();
        foreach (var entry in document.RootElement.EnumerateObject())
        {
            var code = entry.Value.GetProperty("code");
            vaccines.Add(new ScheduledVaccine(
                [codes.Intern(CodeSystems.Cvx, code.GetProperty("code").GetString()!, code.GetProperty("display").GetString()!)],
                [.. entry.Value.GetProperty("at_months").EnumerateArray().Select(m => (int)m.GetDouble())],
                entry.Value.TryGetProperty("first_available", out var year) ? (int)year.GetDouble() : 0));
        }

        return vaccines;
    }

    /// <summary>Birthplaces abroad by language: "city,region,country".</summary>
    internal Dictionary<string, string[]> ForeignBirthplaces()
    {
        using var document = JsonDocument.Parse(Text("geography/foreign_birthplace.json"));
        return document.RootElement.EnumerateObject().ToDictionary(
            p => p.Name, p => p.Value.EnumerateArray().Select(v => v.GetString()!).ToArray(), StringComparer.Ordinal);
    }

    internal CovidData Covid(CodeTable codes, string? doseRates) => CovidReader.Read(files, codes, doseRates);

    internal PressureDrug[] PressureDrugs(CodeTable codes)
    {
        using var table = CsvTable.Open(files, "htn_drugs.csv");
        var drugs = new List<PressureDrug>();
        while (table.Read())
        {
            drugs.Add(new PressureDrug(
                codes.Key(table["RxNorm"]),
                table.Number("Systolic Impact Minimum"),
                table.Number("Systolic Impact Maximum"),
                table.Number("Diastolic Impact Minimum"),
                table.Number("Diastolic Impact Maximum")));
        }

        return [.. drugs];
    }

    private Dictionary<string, double> ReadDisabilityWeights()
    {
        using var table = CsvTable.Open(files, "gbd_disability_weights.csv");
        var weights = new Dictionary<string, double>(StringComparer.Ordinal);
        while (table.Read())
        {
            weights[table["CODE"]] = table.Number("LOW");
        }

        return weights;
    }

    private (string State, string Abbreviation)[] ReadStates()
    {
        using var table = CsvTable.Open(files, "geography/timezones.csv");
        var found = new List<(string State, string Abbreviation)>();
        while (table.Read())
        {
            found.Add((table["STATE"], table["ST"]));
        }

        return [.. found];
    }

    private (string State, string Abbreviation) FindState(string state)
    {
        foreach (var known in states.Value)
        {
            if (known.State.Equals(state, StringComparison.OrdinalIgnoreCase) || known.Abbreviation.Equals(state, StringComparison.OrdinalIgnoreCase))
            {
                return known;
            }
        }

        var hint = Suggestion.For(state, states.Value.Select(s => s.State));
        throw new SimulationException("SIM030", $"state '{state}'", $"{files.Name} knows no such state{(hint is null ? "" : "; " + hint)}; expected one of {string.Join(", ", States)}");
    }
}
