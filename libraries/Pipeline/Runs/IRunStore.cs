using FhirAspire.Pipeline.Leases;

namespace FhirAspire.Pipeline.Runs;

/// <summary>The durable memory of the jobs: runs, attempts, nodes, leases. SQLite (embedded) or PostgreSQL. Safe for several processes.</summary>
public interface IRunStore : ILeaseStore
{
    /// <summary>Creates or upgrades the store's tables, and marks runs whose process is gone as <see cref="RunStatus.Lost"/>.</summary>
    Task PrepareAsync(CancellationToken cancellationToken = default);

    /// <summary>Records a run's start and gives it its number.</summary>
    Task<long> StartAsync(JobRun run, CancellationToken cancellationToken = default);

    /// <summary>Records the start of an attempt.</summary>
    Task StartAttemptAsync(long runId, int number, DateTime startedAt, CancellationToken cancellationToken = default);

    /// <summary>Records an attempt's failure, before another follows.</summary>
    Task FailAttemptAsync(long runId, int number, DateTime finishedAt, string error, CancellationToken cancellationToken = default);

    /// <summary>Records a run's end: status, counts, summary, error, log; and ends its last attempt.</summary>
    Task FinishAsync(JobRun run, CancellationToken cancellationToken = default);

    /// <summary>Records what a run's dbt nodes did; an earlier attempt's record is replaced.</summary>
    Task AddNodesAsync(IReadOnlyCollection<NodeRun> nodes, CancellationToken cancellationToken = default);

    /// <summary>Runs that fit the filter, newest first.</summary>
    Task<IReadOnlyList<JobRun>> QueryAsync(RunFilter filter, CancellationToken cancellationToken = default);

    /// <summary>How many runs began in each hour since a time, by job; hours without runs are left out. Of a long history this is far less to read than its runs.</summary>
    /// <param name="from">The earliest start, UTC.</param>
    /// <param name="status">Of this status; null means any.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<RunHour>> HoursAsync(DateTime from, RunStatus? status = null, CancellationToken cancellationToken = default);

    /// <summary>One run with its attempts and its log; null where there is none of that number.</summary>
    Task<JobRun?> FindAsync(long runId, CancellationToken cancellationToken = default);

    /// <summary>The nodes of a run, in the order in which they began.</summary>
    Task<IReadOnlyList<NodeRun>> NodesAsync(long runId, CancellationToken cancellationToken = default);

    /// <summary>What nodes did in the newest runs that had such nodes: newest run first, in each by id.</summary>
    Task<IReadOnlyList<NodeRun>> NodeHistoryAsync(NodeFilter filter, CancellationToken cancellationToken = default);
}

/// <summary>Which nodes of which runs; null means any.</summary>
public sealed record NodeFilter
{
    /// <summary>This node.</summary>
    public string? UniqueId { get; init; }

    /// <summary>Nodes of these kinds, such as <c>model</c> or <c>test</c>.</summary>
    public IReadOnlyCollection<string>? Kinds { get; init; }

    /// <summary>Of so many runs.</summary>
    public int Runs { get; init; } = 30;
}

/// <summary>The runs of a job that began in an hour.</summary>
/// <param name="Job">The job.</param>
/// <param name="Hour">When the hour began, UTC.</param>
/// <param name="Count">How many began.</param>
/// <param name="Failed">How many of them failed or were lost.</param>
public sealed record RunHour(string Job, DateTime Hour, int Count, int Failed);

/// <summary>Which runs; null means any.</summary>
public sealed record RunFilter
{
    /// <summary>Of this job.</summary>
    public string? Job { get; init; }

    /// <summary>With this status.</summary>
    public RunStatus? Status { get; init; }

    /// <summary>Started at or after.</summary>
    public DateTime? From { get; init; }

    /// <summary>Started before.</summary>
    public DateTime? To { get; init; }

    /// <summary>With a smaller number: the next page.</summary>
    public long? Before { get; init; }

    /// <summary>At most so many.</summary>
    public int Limit { get; init; } = 50;
}
