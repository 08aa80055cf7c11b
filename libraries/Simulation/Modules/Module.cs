using FhirAspire.Simulation.Modules.States;

namespace FhirAspire.Simulation.Modules;

/// <summary>A module or submodule, ready to run.</summary>
public sealed class Module
{
    internal Module(string key, string name)
    {
        Key = key;
        Name = name;
    }

    /// <summary>Path below <c>modules/</c> without <c>.json</c>.</summary>
    public string Key { get; }

    /// <summary>The name that it gives itself.</summary>
    public string Name { get; }

    /// <summary>Whether it runs only when another module calls it.</summary>
    public bool IsSubmodule => Key.Contains('/', StringComparison.Ordinal);

    /// <summary>Number of states.</summary>
    public int StateCount => States.Length;

    internal State[] States { get; set; } = [];

    internal State Initial { get; set; } = null!;

    /// <summary>Whether encounters go to a cardiologist.</summary>
    internal bool IsCardiology { get; set; }

    /// <summary>
    /// Whether a wellness visit that the module has joined lasts until the module's EncounterEnd, with all that it records until then (<c>keeps_visit</c>, a key of ours
    /// that Synthea ignores). Synthea's visits end with their step, and what follows a procedure's duration lies after them (modules.md 7.2).
    /// </summary>
    internal bool KeepsVisit { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Key;
}
