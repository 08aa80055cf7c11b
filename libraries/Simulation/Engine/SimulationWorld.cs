using FhirAspire.Simulation.Costs;
using FhirAspire.Simulation.Immunizations;
using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Lifecycle;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Providers;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Reference;

namespace FhirAspire.Simulation.Engine;

/// <summary>What all lives of a run share; immutable.</summary>
internal sealed class SimulationWorld
{
    /// <summary>Federal poverty level of one person that incomes are measured by, dollars a year.</summary>
    public const double PovertyLevel = 17_550;

    private readonly Dictionary<string, double> disabilityWeights;
    private readonly Dictionary<string, CountyNeeds> needs;

    public SimulationWorld(ModuleSet modules, ReferenceData reference, string state, Func<string, bool>? moduleFilter)
    {
        Modules = modules;
        TopLevel = moduleFilter is null ? modules.TopLevel : [.. modules.TopLevel.Where(m => moduleFilter(m.Key))];
        lock (modules.Codes)
        {
            Known = new KnownCodes(modules.Codes);
            Slots = new Slots(modules.Attributes);
            Vaccines = reference.Vaccines(modules.Codes);
            Covid = reference.Covid(modules.Codes, modules.CovidDoseRates);
            PressureDrugs = reference.PressureDrugs(modules.Codes);
        }

        StateName = reference.StateName(state);
        StateAbbreviation = reference.StateAbbreviation(state);
        Prices = reference.Prices(StateAbbreviation);
        Providers = reference.Providers(StateAbbreviation);
        (Plans, NoInsurance, Payers) = reference.Insurance(StateName, StateAbbreviation);
        Growth = reference.Growth;
        Names = reference.Names;
        disabilityWeights = reference.DisabilityWeights;
        needs = reference.CountyNeeds(StateAbbreviation);
    }

    public ModuleSet Modules { get; }

    public IReadOnlyList<Module> TopLevel { get; }

    public Slots Slots { get; }

    public KnownCodes Known { get; }

    public string StateName { get; }

    public string StateAbbreviation { get; }

    public PriceList Prices { get; }

    public ProviderDirectory Providers { get; }

    public List<InsurancePlan> Plans { get; }

    public InsurancePlan NoInsurance { get; }

    public IReadOnlyList<Payer> Payers { get; }

    public IReadOnlyList<ScheduledVaccine> Vaccines { get; }

    public CovidData Covid { get; }

    public PressureDrug[] PressureDrugs { get; }

    public GrowthData Growth { get; }

    public NameData Names { get; }

    public CountyNeeds NeedsOf(string countyFips) => needs.TryGetValue(countyFips, out var found) ? found : CountyNeeds.UnitedStates;

    public bool HasDisabilityWeight(Code code) => disabilityWeights.ContainsKey(code.Value);

    /// <summary>The weight of a condition: the low estimate, which the quality of life of real Synthea patients fits.</summary>
    public double DisabilityWeight(Code code) => disabilityWeights[code.Value];

    public int CodeKey(string code) => Modules.Codes.Find(code);
}
