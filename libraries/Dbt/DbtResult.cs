using FhirAspire.Dbt.Run;

namespace FhirAspire.Dbt;

/// <summary>What a command gave.</summary>
public sealed class DbtResult
{
    /// <summary>dbt's exit code: 0 done, 1 a node failed, 2 the command could not be carried out, 130 cancelled.</summary>
    public required int ExitCode { get; init; }

    /// <summary>The nodes in the order in which they ended.</summary>
    public IReadOnlyList<DbtNodeResult> Nodes { get; init; } = [];

    /// <summary>The error that stopped the command, if one did.</summary>
    public DbtException? Error { get; init; }

    /// <summary>Warnings, by dbt's names.</summary>
    public IReadOnlyList<DbtWarning> Warnings { get; init; } = [];

    /// <summary>Duration of the whole command in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Id of the run, as the artifacts have it.</summary>
    public string? InvocationId { get; init; }

    /// <summary>The lines that <c>ls</c> found.</summary>
    public IReadOnlyList<string> List { get; init; } = [];
}
