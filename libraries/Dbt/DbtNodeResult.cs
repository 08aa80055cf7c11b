using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt;

/// <summary>A node that begins.</summary>
/// <param name="UniqueId">Such as <c>model.project.orders</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="ResourceType">What it is.</param>
/// <param name="RelationName">The table or view it makes, if any.</param>
/// <param name="Index">Its place in the order of the run, from 1.</param>
/// <param name="Total">How many nodes the run has.</param>
public sealed record DbtNodeStarted(string UniqueId, string Name, DbtResourceType ResourceType, string? RelationName, int Index, int Total);

/// <summary>How a node ended.</summary>
public sealed class DbtNodeResult
{
    /// <summary>Such as <c>model.project.orders</c>.</summary>
    public required string UniqueId { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>What it is.</summary>
    public required DbtResourceType ResourceType { get; init; }

    /// <summary>How it ended.</summary>
    public required DbtStatus Status { get; init; }

    /// <summary>What happened, as dbt says it.</summary>
    public string? Message { get; init; }

    /// <summary>The kind of error: <c>Compilation Error</c>, <c>Runtime Error</c>, <c>Database Error</c>; null without one.</summary>
    public string? MessageKind { get; init; }

    /// <summary>For a test: what the failure calculation gave, usually the rows that fail.</summary>
    public long? Failures { get; init; }

    /// <summary>Rows that the node's statement wrote, where the database says.</summary>
    public long? RowsAffected { get; init; }

    /// <summary>Duration in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>The part of <see cref="Seconds"/> spent waiting for the database, in seconds; the rest is the engine's own share.</summary>
    public double DatabaseSeconds { get; internal set; }

    /// <summary>When it began, UTC.</summary>
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>When its compilation ended, UTC.</summary>
    public DateTimeOffset CompiledAt { get; init; }

    /// <summary>When it ended, UTC.</summary>
    public DateTimeOffset FinishedAt { get; init; }

    /// <summary>The table or view that it makes.</summary>
    public string? RelationName { get; init; }

    /// <summary>The SQL that it became; null where it was not compiled.</summary>
    public string? CompiledSql { get; init; }

    /// <summary>The error that ended it, with code, place and hint.</summary>
    public DbtException? Error { get; init; }

    /// <summary>The slot of the run that executed it, such as <c>Thread-1</c>.</summary>
    public string Thread { get; init; } = "main";

    internal DbtMap AdapterResponse { get; init; } = [];

    internal DbtMap? BatchResults { get; init; }

    /// <summary>Whether what depends on the node must not run.</summary>
    internal bool SkipsChildren { get; init; }
}
