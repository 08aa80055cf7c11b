namespace FhirAspire.Simulation.Record;

/// <summary>How a reaction showed.</summary>
public enum ReactionSeverity
{
    /// <summary>Mild.</summary>
    Mild,

    /// <summary>Moderate.</summary>
    Moderate,

    /// <summary>Severe.</summary>
    Severe,
}

/// <summary>A reaction of an allergy.</summary>
/// <param name="Code">What it is.</param>
/// <param name="Severity">How severe.</param>
public sealed record Reaction(Code Code, ReactionSeverity Severity);

/// <summary>An allergy or intolerance.</summary>
public sealed class Allergy : Entry
{
    /// <summary><c>allergy</c> or <c>intolerance</c>.</summary>
    public string AllergyType { get; internal set; } = "allergy";

    /// <summary><c>food</c>, <c>medication</c> or <c>environment</c>.</summary>
    public string Category { get; internal set; } = "";

    /// <summary>Reactions.</summary>
    public IReadOnlyList<Reaction> Reactions { get; internal set; } = [];
}
