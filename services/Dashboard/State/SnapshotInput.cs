using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.State;

/// <summary>What a snapshot is made of; gathered by the collector, so that the making is a pure function.</summary>
public sealed record SnapshotInput
{
    /// <summary>Now, UTC.</summary>
    public required DateTime Now { get; init; }

    /// <summary>When the host started, UTC.</summary>
    public required DateTime HostStartedAt { get; init; }

    /// <summary>The runs of the last day.</summary>
    public required RunWindow Runs { get; init; }

    /// <summary>The jobs of this process by name.</summary>
    public required IReadOnlyDictionary<string, LiveJob> Live { get; init; }

    /// <summary>The paused jobs of other processes, and by whom.</summary>
    public IReadOnlyDictionary<string, string?> PausedElsewhere { get; init; } = new Dictionary<string, string?>();

    /// <summary>The spool's waiting folders; null where the spool is not on this machine.</summary>
    public Backlog? Spool { get; init; }

    /// <summary>Open errors of the quarantine; null where it was not read.</summary>
    public long? Quarantined { get; init; }

    /// <summary>When the newest of them was found, UTC.</summary>
    public DateTime? QuarantinedAt { get; init; }

    /// <summary>Rows of the marts' tables, by the published files; null while there are none.</summary>
    public long? MartRows { get; init; }

    /// <summary>Rows of the marts' tables over the last hour, oldest first, as they were sampled.</summary>
    public IReadOnlyList<(DateTime At, long Rows)> MartRowsBefore { get; init; } = [];

    /// <summary>The run whose marts are published.</summary>
    public long? MartsRun { get; init; }

    /// <summary>Nodes of the newest ended dbt run by layer: done, and failed.</summary>
    public IReadOnlyDictionary<string, LayerResult> Layers { get; init; } = new Dictionary<string, LayerResult>();

    /// <summary>Age of the marts' data that is called late.</summary>
    public TimeSpan LateAfter { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>What could not be read.</summary>
    public string? Trouble { get; init; }
}

/// <summary>A job of this process.</summary>
/// <param name="Options">Its schedule.</param>
/// <param name="IsRunning">Whether a run goes on.</param>
/// <param name="IsPaused">Whether it is paused.</param>
/// <param name="PausedBy">By whom and when, where that is known.</param>
/// <param name="Progress">How far the run is.</param>
public sealed record LiveJob(JobOptions Options, bool IsRunning, bool IsPaused, string? PausedBy, JobProgress? Progress);

/// <summary>What waits.</summary>
/// <param name="Items">How many.</param>
/// <param name="Oldest">Since when the oldest waits, UTC.</param>
public sealed record Backlog(long Items, DateTime? Oldest);

/// <summary>A layer's part of a dbt run.</summary>
/// <param name="Nodes">Nodes that ran.</param>
/// <param name="Failed">Of these, those that failed.</param>
/// <param name="Rows">Rows that they wrote.</param>
/// <param name="Seconds">Seconds that they took, added up.</param>
public sealed record LayerResult(int Nodes, int Failed, long Rows, double Seconds);
