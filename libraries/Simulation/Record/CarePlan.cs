namespace FhirAspire.Simulation.Record;

/// <summary>A goal of a care plan.</summary>
/// <param name="Text">The goal in words, if given.</param>
/// <param name="Addresses">Attributes or states whose conditions the goal addresses.</param>
/// <param name="Observation">Code whose observation tells whether the goal is met, if given.</param>
/// <param name="Operator">Comparison with <paramref name="Value"/>.</param>
/// <param name="Value">Target value.</param>
public sealed record Goal(string? Text, IReadOnlyList<string> Addresses, Code? Observation, string? Operator, double? Value);

/// <summary>A care plan.</summary>
public sealed class CarePlan : Entry
{
    /// <summary>Why, if known.</summary>
    public Code? Reason { get; internal set; }

    /// <summary>The condition that is the reason, if it is one of this record.</summary>
    public Entry? ReasonEntry { get; internal set; }

    /// <summary>Why it was stopped, if it was.</summary>
    public Code? StopReason { get; internal set; }

    /// <summary>What is to be done.</summary>
    public IReadOnlyList<Code> Activities { get; internal set; } = [];

    /// <summary>What is to be reached.</summary>
    public IReadOnlyList<Goal> Goals { get; internal set; } = [];
}
