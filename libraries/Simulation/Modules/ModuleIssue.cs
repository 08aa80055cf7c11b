namespace FhirAspire.Simulation.Modules;

/// <summary>A fault of a module file.</summary>
/// <param name="File">Path of the file in its source.</param>
/// <param name="State">The state, if the fault lies in one.</param>
/// <param name="Key">The field, e.g. <c>distribution.kind</c>.</param>
/// <param name="Found">What stands there.</param>
/// <param name="Expected">What should.</param>
/// <param name="Hint">How to mend it, e.g. a name that is alike.</param>
/// <param name="IsWarning">Whether the module runs all the same.</param>
public sealed record ModuleIssue(string File, string? State, string? Key, string Found, string Expected, string? Hint = null, bool IsWarning = false)
{
    /// <summary>One line for people.</summary>
    public override string ToString()
    {
        var place = File + (State is null ? "" : $", state '{State}'") + (Key is null ? "" : $", {Key}");
        return $"{(IsWarning ? "warning" : "error")} {place}: found {Found}; expected {Expected}{(Hint is null ? "" : $"; {Hint}")}";
    }
}
