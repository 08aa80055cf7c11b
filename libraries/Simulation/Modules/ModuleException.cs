namespace FhirAspire.Simulation.Modules;

/// <summary>Module files that cannot be run, with all their faults.</summary>
public sealed class ModuleException : SimulationException
{
    internal ModuleException(string source, IReadOnlyList<ModuleIssue> issues)
        : base("SIM010", source, string.Join(Environment.NewLine, issues.Select(i => i.ToString())))
        => Issues = issues;

    internal ModuleException(string code, string place, string message)
        : base(code, place, message)
        => Issues = [];

    /// <summary>The faults; empty for one that shows only while running.</summary>
    public IReadOnlyList<ModuleIssue> Issues { get; }
}
