using System.Globalization;
using FhirAspire.Pipeline.Leases;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace FhirAspire.Pipeline.Runs;

/// <summary>The run history in SQLite or PostgreSQL, through EF Core.</summary>
public sealed class RunStore : IRunStore
{
    // Any number that nobody else takes in this database.
    private const long MigrationLock = 0x4648_4952_4153_5052;

    private readonly PooledDbContextFactory<RunDbContext> contexts;
    private readonly RunStoreOptions options;
    private readonly TimeProvider time;

    /// <summary>Creates the store; nothing is opened until <see cref="PrepareAsync"/>.</summary>
    public RunStore(RunStoreOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.time = time;
        contexts = RunDbContext.FactoryOf(options);
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <inheritdoc/>
    public async Task PrepareAsync(CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        if (options.Provider == RunStoreProvider.Sqlite)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.ConnectionString))!);
            await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode = WAL", cancellationToken).ConfigureAwait(false);
        }

        await MigrateAsync(context, cancellationToken).ConfigureAwait(false);

        // A run goes on only under its job's lease; one whose lease is gone ended with its process.
        await ReleaseOfEndedProcessesAsync(context, cancellationToken).ConfigureAwait(false);
        var now = Now;
        await context.Runs
            .Where(run => (run.Status == RunStatus.Running || run.Status == RunStatus.Queued)
                && !context.Leases.Any(lease => (lease.Name == run.Job || lease.Name.StartsWith(run.Job + "@")) && lease.Fence == run.Fence && lease.Owner == run.Owner && lease.ExpiresAt > now))
            .ExecuteUpdateAsync(set => set
                .SetProperty(run => run.Status, RunStatus.Lost)
                .SetProperty(run => run.FinishedAt, now)
                .SetProperty(run => run.Error, "the process ended during the run"), cancellationToken).ConfigureAwait(false);
    }

    // Processes that start together on a new server migrate one after the other: the lock ends with its connection, whatever happens.
    private async Task MigrateAsync(RunDbContext context, CancellationToken cancellationToken)
    {
        if (options.Provider == RunStoreProvider.Sqlite)
        {
            await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await context.Database.ExecuteSqlAsync($"select pg_advisory_lock({MigrationLock})", cancellationToken).ConfigureAwait(false);
            try
            {
                await context.Database.MigrateAsync(cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                await context.Database.ExecuteSqlAsync($"select pg_advisory_unlock({MigrationLock})", CancellationToken.None).ConfigureAwait(false);
            }
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }
    }

    // A file is on this machine, and its users are processes of it: what one of them held when it was killed need not wait for the lease's end.
    private async Task ReleaseOfEndedProcessesAsync(RunDbContext context, CancellationToken cancellationToken)
    {
        if (options.Provider != RunStoreProvider.Sqlite)
        {
            return;
        }

        foreach (var held in await context.Leases.AsNoTracking().Where(lease => lease.Owner != null).ToListAsync(cancellationToken).ConfigureAwait(false))
        {
            if (ProcessOwner.IsGone(held.Owner!))
            {
                await context.Leases.Where(lease => lease.Name == held.Name && lease.Owner == held.Owner && lease.Fence == held.Fence)
                    .ExecuteUpdateAsync(set => set.SetProperty(lease => lease.Owner, (string?)null), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public async Task<long> StartAsync(JobRun run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        // Whoever holds the job's lease now has taken it from runs that never recorded their end.
        var now = Now;
        await context.Runs
            .Where(earlier => earlier.Job == run.Job && earlier.Status == RunStatus.Running && earlier.Fence < run.Fence
                && !context.Leases.Any(lease => lease.Name.StartsWith(run.Job + "@") && lease.Fence == earlier.Fence && lease.Owner == earlier.Owner && lease.ExpiresAt > now))
            .ExecuteUpdateAsync(set => set
                .SetProperty(earlier => earlier.Status, RunStatus.Lost)
                .SetProperty(earlier => earlier.FinishedAt, now)
                .SetProperty(earlier => earlier.Error, "its end was not recorded"), cancellationToken).ConfigureAwait(false);
        context.Runs.Add(run);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return run.Id;
    }

    /// <inheritdoc/>
    public async Task StartAttemptAsync(long runId, int number, DateTime startedAt, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        context.Attempts.Add(new JobAttempt { RunId = runId, Number = number, StartedAt = startedAt });
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task FailAttemptAsync(long runId, int number, DateTime finishedAt, string error, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await context.Attempts.Where(attempt => attempt.RunId == runId && attempt.Number == number)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.FinishedAt, finishedAt).SetProperty(a => a.Error, error), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task FinishAsync(JobRun run, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(run);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await context.Runs.Where(r => r.Id == run.Id).ExecuteUpdateAsync(set => set
            .SetProperty(r => r.Status, run.Status)
            .SetProperty(r => r.FinishedAt, run.FinishedAt)
            .SetProperty(r => r.Attempts, run.Attempts)
            .SetProperty(r => r.Summary, run.Summary)
            .SetProperty(r => r.Counts, run.Counts)
            .SetProperty(r => r.ErrorCode, run.ErrorCode)
            .SetProperty(r => r.Error, run.Error), cancellationToken).ConfigureAwait(false);
        await context.Attempts.Where(attempt => attempt.RunId == run.Id && attempt.FinishedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.FinishedAt, run.FinishedAt).SetProperty(a => a.Error, run.Error), cancellationToken).ConfigureAwait(false);
        if (run.Log is { } log)
        {
            // PostgreSQL's text holds no U+0000.
            context.Logs.Add(new RunLogRow { RunId = run.Id, Text = log.Replace('\0', '\uFFFD') });
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task AddNodesAsync(IReadOnlyCollection<NodeRun> nodes, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        foreach (var runId in nodes.Select(node => node.RunId).Distinct())
        {
            // A second attempt of a run takes the place of the first.
            await context.Nodes.Where(node => node.RunId == runId).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        }

        context.Nodes.AddRange(nodes);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JobRun>> QueryAsync(RunFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        var runs = context.Runs.AsNoTracking();
        runs = filter.Job is { } job ? runs.Where(run => run.Job == job) : runs;
        runs = filter.Status is { } status ? runs.Where(run => run.Status == status) : runs;
        runs = filter.From is { } from ? runs.Where(run => run.StartedAt >= from) : runs;
        runs = filter.To is { } to ? runs.Where(run => run.StartedAt < to) : runs;
        runs = filter.Before is { } before ? runs.Where(run => run.Id < before) : runs;
        return await runs.OrderByDescending(run => run.Id).Take(filter.Limit).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RunHour>> HoursAsync(DateTime from, RunStatus? status = null, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        // Instants are texts in SQLite, so that the hour is how they begin.
        var hour = context.Database.IsSqlite() ? "substr(\"StartedAt\", 1, 13)" : "to_char(\"StartedAt\" at time zone 'UTC', 'YYYY-MM-DD HH24')";
        var sql = $$"""
            select "Job", {{hour}} as "Hour", cast(count(*) as integer) as "Count", cast(sum(case when "Status" in ('{{RunStatus.Failed}}', '{{RunStatus.Lost}}') then 1 else 0 end) as integer) as "Failed"
            from job_runs where "StartedAt" >= {0} and ({1} = '' or "Status" = {1}) group by 1, 2
            """;
        var rows = await context.Database.SqlQueryRaw<HourRow>(sql, from, status?.ToString() ?? "").ToListAsync(cancellationToken).ConfigureAwait(false);
        return [.. rows.Select(row => new RunHour(row.Job, DateTime.ParseExact(row.Hour, "yyyy-MM-dd HH", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal), row.Count, row.Failed))];
    }

    /// <inheritdoc/>
    public async Task<JobRun?> FindAsync(long runId, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        var found = await context.Runs.AsNoTracking()
            .Include(run => run.AttemptLog.OrderBy(attempt => attempt.Number))
            .SingleOrDefaultAsync(run => run.Id == runId, cancellationToken).ConfigureAwait(false);
        if (found is not null)
        {
            found.Log = await context.Logs.Where(log => log.RunId == runId).Select(log => log.Text).SingleOrDefaultAsync(cancellationToken).ConfigureAwait(false);
        }

        return found;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NodeRun>> NodesAsync(long runId, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await context.Nodes.AsNoTracking().Where(node => node.RunId == runId)
            .OrderBy(node => node.StartedAt).ThenBy(node => node.UniqueId).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<NodeRun>> NodeHistoryAsync(NodeFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        var nodes = context.Nodes.AsNoTracking();
        nodes = filter.UniqueId is { } id ? nodes.Where(node => node.UniqueId == id) : nodes;
        nodes = filter.Kinds is { } kinds ? nodes.Where(node => kinds.Contains(node.Kind)) : nodes;
        var runs = nodes.Select(node => node.RunId).Distinct().OrderByDescending(run => run).Take(filter.Runs);
        return await nodes.Where(node => runs.Contains(node.RunId))
            .OrderByDescending(node => node.RunId).ThenBy(node => node.UniqueId).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<Lease?> AcquireAsync(string name, string owner, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            var now = Now;
            var taken = await context.Leases
                .Where(lease => lease.Name == name && (lease.Owner == null || lease.ExpiresAt <= now))
                .ExecuteUpdateAsync(set => set
                    .SetProperty(lease => lease.Owner, owner)
                    .SetProperty(lease => lease.Fence, lease => lease.Fence + 1)
                    .SetProperty(lease => lease.ExpiresAt, now + duration), cancellationToken).ConfigureAwait(false);
            if (taken == 1)
            {
                var fence = await context.Leases.Where(lease => lease.Name == name).Select(lease => lease.Fence).SingleAsync(cancellationToken).ConfigureAwait(false);
                return new Lease(name, owner, fence);
            }

            if (await context.Leases.AnyAsync(lease => lease.Name == name, cancellationToken).ConfigureAwait(false))
            {
                return null;
            }

            try
            {
                context.Leases.Add(new LeaseRow { Name = name });
                await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (DbUpdateException)
            {
                // Another process created the row first; the second turn competes for it.
            }

            context.ChangeTracker.Clear();
        }

        return null;
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Lease>> HeldAsync(string name, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        var now = Now;
        return await context.Leases.Where(lease => (lease.Name == name || lease.Name.StartsWith(name + "@")) && lease.Owner != null && lease.ExpiresAt > now)
            .Select(lease => new Lease(lease.Name, lease.Owner!, lease.Fence)).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<bool> RenewAsync(Lease lease, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        var expires = Now + duration;
        return await context.Leases
            .Where(row => row.Name == lease.Name && row.Owner == lease.Owner && row.Fence == lease.Fence)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, expires), cancellationToken).ConfigureAwait(false) == 1;
    }

    /// <inheritdoc/>
    public async Task ReleaseAsync(Lease lease, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await context.Leases
            .Where(row => row.Name == lease.Name && row.Owner == lease.Owner && row.Fence == lease.Fence)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Owner, (string?)null), cancellationToken).ConfigureAwait(false);
    }

    private sealed record HourRow(string Job, string Hour, int Count, int Failed);
}
