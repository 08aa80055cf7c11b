using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Reference;

namespace FhirAspire.Simulation.Tests.Support;

/// <summary>
/// Runs tiny modules on one person and looks at the whole record. A module is written as its states, with single quotes:
/// <c>'A': {'type': 'Simple', 'direct_transition': 'B'}</c>.
/// </summary>
internal sealed class TinyRun
{
    public const long Day = SimTime.Day;

    private static readonly Lazy<ReferenceData> Data = new(ReferenceData.Own);

    private TinyRun(SimulatedPatient patient) => Patient = patient;

    public SimulatedPatient Patient { get; }

    public long Birth => Patient.Person.Birth;

    public IReadOnlyList<Encounter> Encounters => Patient.Record.Encounters;

    /// <summary>Encounters that modules have opened, in order.</summary>
    public List<Encounter> Own => [.. Encounters.Where(e => e.Code.Value.StartsWith('E'))];

    public List<Procedure> Procedures => [.. Encounters.SelectMany(e => e.Procedures.ToArray()).OrderBy(p => p.Number)];

    public List<Condition> Conditions => [.. Encounters.SelectMany(e => e.Conditions.ToArray()).OrderBy(p => p.Number)];

    public List<Medication> Medications => [.. Encounters.SelectMany(e => e.Medications.ToArray()).OrderBy(p => p.Number)];

    public List<Observation> Observations => [.. Encounters.SelectMany(e => e.Observations.ToArray()).OrderBy(p => p.Number)];

    /// <summary>Days since birth.</summary>
    public double Days(long time) => (time - Birth) / (double)Day;

    public double DayOf(string procedure) => Days(Procedures.First(p => p.Code.Value == procedure).Start);

    /// <summary>Runs modules on a person of an age.</summary>
    public static TinyRun Of(string module, int age = 30, ulong seed = 1, string gender = "F", bool untilAlive = false)
        => Of(new Dictionary<string, string> { ["test_module"] = module }, age, seed, gender, untilAlive);

    public static TinyRun Of(Dictionary<string, string> modules, int age = 30, ulong seed = 1, string gender = "F", bool untilAlive = false, string moreKeys = "")
        => new(Many(modules, age, seed, gender, untilAlive, 1, moreKeys)[0]);

    /// <summary>One module with keys of its own beside the states.</summary>
    public static TinyRun Of(string module, string moreKeys) => Of(new Dictionary<string, string> { ["test_module"] = module }, moreKeys: moreKeys);

    public static List<SimulatedPatient> Many(Dictionary<string, string> modules, int age, ulong seed, string gender, bool untilAlive, int count, string moreKeys = "")
    {
        var generator = new PatientGenerator(Load(modules, moreKeys), Data.Value, new SimulationOptions
        {
            Seed = seed,
            AsOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero),
            Gender = gender,
            MinAge = age,
            MaxAge = age,
            UntilAlive = untilAlive,
            KeepEverything = true,
        });
        return [.. Enumerable.Range(0, count).SelectMany(i => generator.Generate(i))];
    }

    public static ModuleSet Load(Dictionary<string, string> modules, string moreKeys = "") => ModuleLoader.Load(Files(modules, moreKeys));

    public static MemoryFiles Files(Dictionary<string, string> modules, string moreKeys = "") => new(modules.ToDictionary(
        m => m.Key.EndsWith(".csv", StringComparison.Ordinal) ? "modules/" + m.Key : $"modules/{m.Key}.json",
        m => m.Key.EndsWith(".csv", StringComparison.Ordinal) ? m.Value : Json(m.Key, m.Value, moreKeys)));

    public static string Json(string name, string states, string moreKeys = "") => $$"""{ "name": "{{name}}", "gmf_version": 2, {{moreKeys.Replace('\'', '"')}} "states": { {{states.Replace('\'', '"')}} } }""";

    public AttributeValue Attribute(string name) => Patient.Attribute(name);

    // Pieces of modules.
    public static string Simple(string name, string to) => $"'{name}': {{'type': 'Simple', 'direct_transition': '{to}'}},";

    public static string Initial(string to) => $"'Initial': {{'type': 'Initial', 'direct_transition': '{to}'}},";

    public const string Terminal = "'Terminal': {'type': 'Terminal'}";

    public static string Delay(string name, double quantity, string unit, string to)
        => $"'{name}': {{'type': 'Delay', 'exact': {{'quantity': {quantity}, 'unit': '{unit}'}}, 'direct_transition': '{to}'}},";

    public static string Visit(string name, string code, string to, string kind = "ambulatory")
        => $"'{name}': {{'type': 'Encounter', 'encounter_class': '{kind}', 'codes': [{Code(code)}], 'direct_transition': '{to}'}},";

    public static string Wellness(string name, string to) => $"'{name}': {{'type': 'Encounter', 'wellness': true, 'direct_transition': '{to}'}},";

    public static string End(string name, string to) => $"'{name}': {{'type': 'EncounterEnd', 'direct_transition': '{to}'}},";

    /// <summary>A procedure, to see when the module came by.</summary>
    public static string Mark(string code, string to) => $"'{code}': {{'type': 'Procedure', 'codes': [{Code(code)}], 'direct_transition': '{to}'}},";

    public static string Onset(string name, string code, string to, string more = "")
        => $"'{name}': {{'type': 'ConditionOnset', 'codes': [{Code(code)}], {more} 'direct_transition': '{to}'}},";

    public static string Set(string name, string attribute, string value, string to)
        => $"'{name}': {{'type': 'SetAttribute', 'attribute': '{attribute}', 'value': {value}, 'direct_transition': '{to}'}},";

    public static string If(string name, string condition, string yes, string no)
        => $"'{name}': {{'type': 'Simple', 'conditional_transition': [{{'condition': {condition}, 'transition': '{yes}'}}, {{'transition': '{no}'}}]}},";

    public static string Guard(string name, string condition, string to) => $"'{name}': {{'type': 'Guard', 'allow': {condition}, 'direct_transition': '{to}'}},";

    public static string Code(string code) => $"{{'system': 'SNOMED-CT', 'code': '{code}', 'display': '{code}'}}";
}
