using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Lifecycle;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules.Loading;

/// <summary>What all module files of a load share.</summary>
internal sealed class LoadContext
{
    public LoadContext()
    {
        Slots = new Slots(Attributes);
        Known = new KnownCodes(Codes);
        foreach (var name in VitalSigns.Names)
        {
            Vitals.Key(name);
        }
    }

    public AttributeTable Attributes { get; } = new();

    public CodeTable Codes { get; } = new();

    public NameTable Symptoms { get; } = new();

    public NameTable Vitals { get; } = new();

    public NameTable PriorStates { get; } = new();

    public HashSet<int> ObservedCodes { get; } = [];

    public Slots Slots { get; }

    public KnownCodes Known { get; }

    public List<ModuleIssue> Issues { get; } = [];

    public Dictionary<string, Module> Modules { get; } = new(StringComparer.Ordinal);

    /// <summary>Lookup tables by file name; null when the file is missing.</summary>
    public required Func<string, string?> LookupTable { get; init; }
}
