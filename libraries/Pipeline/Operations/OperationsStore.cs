using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Runs;
using Microsoft.EntityFrameworkCore;

namespace FhirAspire.Pipeline.Operations;

/// <summary>What the history keeps beside runs: paused jobs, requests to jobs in other processes, traces that wait for dbt, what processes use, alerts, data-quality results. Its tables are made by <see cref="IRunStore.PrepareAsync"/>.</summary>
public sealed class OperationsStore(RunStoreOptions options)
{
    private readonly IDbContextFactory<RunDbContext> contexts = RunDbContext.FactoryOf(options);

    /// <summary>Jobs that are paused.</summary>
    public async Task<IReadOnlyList<JobState>> PausedJobsAsync(CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await context.JobStates.AsNoTracking().Where(state => state.PausedAt != null).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps that a job is paused, or no longer.</summary>
    public async Task SaveJobStateAsync(JobState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        if (await UpdateAsync().ConfigureAwait(false) > 0)
        {
            return;
        }

        try
        {
            context.JobStates.Add(state);
            await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DbUpdateException)
        {
            // Another replica of the service inserted the row first, which a command to all of them makes likely. Nothing removes it, so an update that finds none had another cause.
            if (await UpdateAsync().ConfigureAwait(false) == 0)
            {
                throw;
            }
        }

        Task<int> UpdateAsync() => context.JobStates.Where(kept => kept.Job == state.Job)
            .ExecuteUpdateAsync(set => set.SetProperty(kept => kept.PausedAt, state.PausedAt).SetProperty(kept => kept.PausedBy, state.PausedBy), cancellationToken);
    }

    /// <summary>Asks a job in another process for something; <see cref="RequestAsync"/> tells what became of it.</summary>
    /// <returns>The request's number.</returns>
    public async Task<long> AskAsync(JobRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        context.Requests.Add(request);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        return request.Id;
    }

    /// <summary>A request as it stands; null where it was withdrawn or is long over.</summary>
    public async Task<JobRequest?> RequestAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await context.Requests.AsNoTracking().SingleOrDefaultAsync(request => request.Id == id, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a request back that nobody has taken.</summary>
    /// <returns>False where somebody has.</returns>
    public async Task<bool> WithdrawRequestAsync(long id, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await context.Requests.Where(request => request.Id == id && request.TakenBy == null).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false) == 1;
    }

    internal async Task<IReadOnlyList<JobRequest>> OpenRequestsAsync(IEnumerable<string> jobs, DateTime since, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await context.Requests.AsNoTracking().Where(request => request.AskedAt >= since && request.TakenBy == null && jobs.Contains(request.Job))
            .OrderBy(request => request.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    internal async Task<bool> TakeRequestAsync(long id, string owner, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await context.Requests.Where(request => request.Id == id && request.TakenBy == null)
            .ExecuteUpdateAsync(set => set.SetProperty(request => request.TakenBy, owner), cancellationToken).ConfigureAwait(false) == 1;
    }

    internal async Task CloseRequestAsync(long id, long? run, DateTime at, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await context.Requests.Where(request => request.Id == id)
            .ExecuteUpdateAsync(set => set.SetProperty(request => request.DoneAt, at).SetProperty(request => request.RunId, run), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps traces of what was loaded until a dbt run takes it in; no more than <paramref name="most"/> wait at a time, the rest is left out.</summary>
    public async Task AddTracesAsync(IEnumerable<WaitingTrace> traces, int most, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        context.Traces.AddRange(traces.Take(most - await context.Traces.CountAsync(cancellationToken).ConfigureAwait(false)));
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The traces that wait for a dbt run.</summary>
    public async Task<IReadOnlyList<WaitingTrace>> TracesAsync(CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await context.Traces.AsNoTracking().OrderBy(trace => trace.Id).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes traces that have come to their end.</summary>
    public async Task RemoveTracesAsync(IEnumerable<WaitingTrace> traces, CancellationToken cancellationToken = default)
    {
        var ids = traces.Select(trace => trace.Id).ToList();
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await context.Traces.Where(trace => ids.Contains(trace.Id)).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Keeps what a process has used, and removes what is older than an instant.</summary>
    public async Task AddProcessSampleAsync(ProcessSample sample, DateTime oldest, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(sample);
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        context.Processes.Add(sample);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
        await context.Processes.Where(kept => kept.At < oldest).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What the processes have used since an instant, oldest first.</summary>
    public async Task<IReadOnlyList<ProcessSample>> ProcessSamplesAsync(DateTime from, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await context.Processes.AsNoTracking().Where(sample => sample.At >= from).OrderBy(sample => sample.At).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Alerts, newest first.</summary>
    /// <param name="limit">At most so many.</param>
    /// <param name="openOnly">Only those that are not over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<AlertRow>> AlertsAsync(int limit, bool openOnly = false, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        return await context.Alerts.AsNoTracking().Where(alert => !openOnly || alert.RecoveredAt == null)
            .OrderByDescending(alert => alert.Id).Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Adds the results of the checks after a run.</summary>
    public async Task AddQualityAsync(IReadOnlyCollection<QualityResult> results, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        context.Quality.AddRange(results);
        await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Results of data-quality checks, newest first: all of the newest run's come before those of the run before it.</summary>
    /// <param name="kind">Of this kind; null for all.</param>
    /// <param name="target">Of this target; null for all.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<QualityResult>> QualityAsync(QualityKind? kind = null, string? target = null, int limit = 500, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        var results = context.Quality.AsNoTracking();
        results = kind is { } wanted ? results.Where(result => result.Kind == wanted) : results;
        results = target is null ? results : results.Where(result => result.Target == target);
        return await results.OrderByDescending(result => result.RunId).ThenBy(result => result.Id).Take(limit).ToListAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Writes a consistent copy of a SQLite history, while others use it.</summary>
    /// <param name="path">A file that is not there yet.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task CopyToAsync(string path, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await context.Database.ExecuteSqlAsync($"VACUUM INTO {path}", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Removes runs, with their attempts and nodes, alerts that are over, requests and quality results from before an instant. What is open stays.</summary>
    /// <returns>Runs removed.</returns>
    public async Task<int> RemoveBeforeAsync(DateTime instant, CancellationToken cancellationToken = default)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken).ConfigureAwait(false);
        await context.Quality.Where(result => result.CheckedAt < instant).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await context.Alerts.Where(alert => alert.RecoveredAt < instant).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await context.Requests.Where(request => request.AskedAt < instant).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        await context.Traces.Where(trace => trace.LoadedAt < instant).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
        return await context.Runs.Where(run => run.FinishedAt < instant).ExecuteDeleteAsync(cancellationToken).ConfigureAwait(false);
    }

    internal async Task<AlertRow?> OpenAlertAsync(string key)
    {
        await using var context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        return await context.Alerts.AsNoTracking().Where(alert => alert.Key == key && alert.RecoveredAt == null).OrderBy(alert => alert.Id).FirstOrDefaultAsync().ConfigureAwait(false);
    }

    internal async Task<IReadOnlyList<AlertRow>> PendingAlertsAsync()
    {
        await using var context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        return await context.Alerts.AsNoTracking().Where(alert => alert.Pending != "").OrderBy(alert => alert.Id).ToListAsync().ConfigureAwait(false);
    }

    internal async Task SaveAlertAsync(AlertRow alert)
    {
        await using var context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        context.Alerts.Update(alert);
        await context.SaveChangesAsync().ConfigureAwait(false);
    }

    // Of a notice that another has replaced in the meantime nothing is pending any more.
    internal async Task DeliveredAsync(long id, AlertKind kind, string channel)
    {
        await using var context = await contexts.CreateDbContextAsync().ConfigureAwait(false);
        await using var transaction = await context.Database.BeginTransactionAsync(System.Data.IsolationLevel.Serializable).ConfigureAwait(false);
        var alert = await context.Alerts.SingleOrDefaultAsync(alert => alert.Id == id && alert.Kind == kind).ConfigureAwait(false);
        if (alert is not null)
        {
            alert.Pending = string.Join(',', alert.Pending.Split(',').Where(name => name != channel));
            await context.SaveChangesAsync().ConfigureAwait(false);
        }

        await transaction.CommitAsync().ConfigureAwait(false);
    }
}
