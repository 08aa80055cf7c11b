using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules;

/// <summary>All modules of a run, linked to each other. Immutable once loaded; safe for many threads.</summary>
public sealed class ModuleSet
{
    internal ModuleSet(IReadOnlyList<Module> modules, AttributeTable attributes, CodeTable codes, NameTable symptoms, NameTable vitalSigns, NameTable priorStates, HashSet<int> observedCodes)
    {
        Modules = modules;
        TopLevel = [.. modules.Where(m => !m.IsSubmodule).OrderBy(m => m.Key, StringComparer.Ordinal)];
        Attributes = attributes;
        Codes = codes;
        Symptoms = symptoms;
        VitalSigns = vitalSigns;
        PriorStates = priorStates;
        ObservedCodes = observedCodes;
        byKey = modules.ToDictionary(m => m.Key, StringComparer.Ordinal);
    }

    private readonly Dictionary<string, Module> byKey;

    /// <summary>All modules and submodules, in the order of their keys.</summary>
    public IReadOnlyList<Module> Modules { get; }

    /// <summary>Modules that run for every patient, in the order in which they run.</summary>
    public IReadOnlyList<Module> TopLevel { get; }

    /// <summary>What is odd about the files without being wrong.</summary>
    public IReadOnlyList<ModuleIssue> Warnings { get; internal init; } = [];

    /// <summary>Table of COVID-19 vaccinations by day and age that came with the modules, if any.</summary>
    internal string? CovidDoseRates { get; init; }

    internal AttributeTable Attributes { get; }

    internal CodeTable Codes { get; }

    internal NameTable Symptoms { get; }

    internal NameTable VitalSigns { get; }

    /// <summary>Names of states that some condition or reason looks back at.</summary>
    internal NameTable PriorStates { get; }

    /// <summary>Codes whose latest observation some condition asks for.</summary>
    internal HashSet<int> ObservedCodes { get; }

    /// <summary>A module by its key; null when there is none.</summary>
    public Module? Find(string key) => byKey.GetValueOrDefault(key);

    internal Code Code(string system, string value, string display) => Codes.Intern(system, value, display);
}
