using System.Diagnostics;
using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Leases;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Jobs;

/// <summary>
/// Runs one job: one run at a time in all processes (a lease), with a record, attempts, a time-out, and an alert at the end
/// if all failed. A trigger that comes while a run goes on is remembered, once: a pile of triggers is one run.
/// </summary>
public sealed class JobRunner(
    IJob job, JobOptions options, IRunStore store, TransientFaults faults, AlertCenter alerts,
    TimeProvider time, ILogger<JobRunner> logger, string owner, Random jitter) : IProgress<JobProgress>
{
    internal static readonly ActivitySource Activities = new("FhirAspire.Pipeline");

    private readonly Lock gate = new();
    private Task current = Task.CompletedTask;
    private Pending? pending;
    private (long RunId, CancellationTokenSource Source)? stopByPerson;
    private bool historyFailed;

    /// <summary>The job.</summary>
    public IJob Job => job;

    /// <summary>Its options.</summary>
    public JobOptions Options => options;

    /// <summary>Whether a run goes on in this process.</summary>
    public bool IsRunning => !Idle.IsCompleted;

    /// <summary>Completes when no run goes on and none waits.</summary>
    public Task Idle
    {
        get
        {
            lock (gate)
            {
                return current;
            }
        }
    }

    /// <summary>How far the run in this process is; null when none goes on or it has not said.</summary>
    public JobProgress? Progress { get; private set; }

    /// <summary>Whether only a person starts the job: schedule and earlier jobs are not heard.</summary>
    public bool IsPaused => PausedBy is not null;

    /// <summary>Who paused the job; null while it is not paused. Set by the scheduler, which keeps it in the history.</summary>
    public string? PausedBy { get; internal set; }

    /// <summary>Whether a start of the job waits for the end of a maintenance window.</summary>
    internal bool IsDeferred { get; set; }

    /// <summary>The memory of the process in bytes, for <see cref="JobOptions.MaxMemory"/>.</summary>
    internal Func<long> Memory { get; init; } = () => Environment.WorkingSet;

    /// <summary>Asks the run in this process to stop; it ends as <see cref="RunStatus.Cancelled"/>.</summary>
    /// <param name="runId">The only run that is meant; null for whichever goes on.</param>
    /// <returns>Whether a run goes on that can hear it.</returns>
    public bool Cancel(long? runId = null)
    {
        lock (gate)
        {
            if (stopByPerson is not { } stop || (runId is { } meant && meant != stop.RunId))
            {
                return false;
            }

            stop.Source.Cancel();
            return true;
        }
    }

    /// <summary>Raised when <see cref="Progress"/> changes, on the thread of the work.</summary>
    public event Action<JobProgress>? Progressed;

    /// <summary>Raised at the end of a run, whatever its status.</summary>
    public event Action<JobRun>? Finished;

    /// <summary>Asks for a run. If one goes on, another follows it.</summary>
    /// <returns>Completes with the run that answers this trigger; null where another process holds the job.</returns>
    public Task<JobRun?> TriggerAsync(RunTrigger trigger, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (pending is { } waiting)
            {
                return waiting.Completion.Task;
            }

            var next = new Pending(trigger, time.GetUtcNow().UtcDateTime, new TaskCompletionSource<JobRun?>(TaskCreationOptions.RunContinuationsAsynchronously));
            pending = next;
            current = FollowAsync(current, next, cancellationToken);
            return next.Completion.Task;
        }
    }

    void IProgress<JobProgress>.Report(JobProgress value)
    {
        Progress = value;
        Progressed?.Invoke(value);
    }

    private async Task FollowAsync(Task previous, Pending next, CancellationToken cancellationToken)
    {
        await previous.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ForceYielding);
        lock (gate)
        {
            pending = null;
        }

        try
        {
            next.Completion.SetResult(await RunAsync(next, cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            next.Completion.SetCanceled(cancellationToken);
        }
        catch (Exception exception)
        {
            JobLog.RunnerFailed(logger, exception, job.Name);
            historyFailed = true;
            await alerts.RaiseAsync(new AlertNotice
            {
                Key = $"history:{job.Name}", Kind = AlertKind.Failed, Title = $"{job.Name} cannot run: the run history fails", Error = exception.Message, Code = "PL1004", Since = next.At,
            }).ConfigureAwait(false);
            next.Completion.SetException(exception);
        }
    }

    private async Task<JobRun?> RunAsync(Pending asked, CancellationToken cancellationToken)
    {
        var lease = await store.AcquireAsync(options.LeaseOf(job.Name), owner, options.Lease, cancellationToken).ConfigureAwait(false);
        if (lease is null)
        {
            JobLog.HeldElsewhere(logger, job.Name);
            return null;
        }

        using var log = RunLog.Begin(time);
        using var activity = Activities.StartActivity($"{job.Name} run");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stopWhenLost = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        using var stopRenewal = new CancellationTokenSource();
        var renewal = RenewAsync(lease, stopWhenLost, stopRenewal.Token);
        var run = new JobRun
        {
            Job = job.Name, Trigger = asked.Trigger, Status = RunStatus.Running, QueuedAt = asked.At, StartedAt = time.GetUtcNow().UtcDateTime,
            Fence = lease.Fence, Owner = owner, TraceId = activity?.TraceId.ToString(),
        };
        try
        {
            await store.StartAsync(run, cancellationToken).ConfigureAwait(false);
            SetStop((run.Id, stop));
            activity?.SetTag("fhiraspire.job.name", job.Name).SetTag("fhiraspire.run.id", run.Id);
            await AttemptAsync(run, lease, stopWhenLost.Token, stop.Token).ConfigureAwait(false);
        }
        finally
        {
            SetStop(null);
            Progress = null;
            await stopRenewal.CancelAsync().ConfigureAwait(false);
            await renewal.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (run.Id != 0)
            {
                run.FinishedAt = time.GetUtcNow().UtcDateTime;
                run.Log = log.Text();
                await RecordEndAsync(run, lease).ConfigureAwait(false);
            }
            else
            {
                await TryReleaseAsync(lease).ConfigureAwait(false);
            }
        }

        if (run.Status == RunStatus.Failed)
        {
            activity?.SetStatus(ActivityStatusCode.Error, run.Error);
        }

        Measure(run);
        await alerts.ObserveAsync(run).ConfigureAwait(false);
        Finished?.Invoke(run);
        return run;
    }

    // The work is done, or has failed, whether or not the history can take it: a full disk there must not hide the run from what follows it.
    private async Task RecordEndAsync(JobRun run, Lease lease)
    {
        try
        {
            await store.FinishAsync(run, CancellationToken.None).ConfigureAwait(false);
            await store.ReleaseAsync(lease, CancellationToken.None).ConfigureAwait(false);
            if (historyFailed)
            {
                historyFailed = false;
                await alerts.RecoverAsync($"history:{job.Name}", $"{job.Name} runs again: the run history works", run.Id).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            JobLog.NotRecorded(logger, exception, job.Name, run.Id);
            historyFailed = true;
            await alerts.RaiseAsync(new AlertNotice
            {
                Key = $"history:{job.Name}", Kind = AlertKind.Failed, Title = $"{job.Name}: the end of its run could not be recorded", Error = exception.Message, Code = "PL1004", Since = run.StartedAt, RunId = run.Id,
            }).ConfigureAwait(false);
        }
    }

    // Where the start could not be recorded the release may fail as well; the lease then ends by its time.
    private async Task TryReleaseAsync(Lease lease)
    {
        try
        {
            await store.ReleaseAsync(lease, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            JobLog.RenewalFailed(logger, exception, job.Name);
        }
    }

    private static void Measure(JobRun run)
    {
        KeyValuePair<string, object?> name = new("job", run.Job);
        KeyValuePair<string, object?> status = new("status", run.Status.ToString().ToLowerInvariant());
        PipelineMetrics.Runs.Add(1, name, status);
        PipelineMetrics.Duration.Record(((run.FinishedAt ?? run.StartedAt) - run.StartedAt).TotalSeconds, name, status);
        PipelineMetrics.Retries.Add(Math.Max(0, run.Attempts - 1), name);
        PipelineMetrics.Files.Add(run.Counts.GetValueOrDefault("files"), name);
        PipelineMetrics.Bytes.Add(run.Counts.GetValueOrDefault("bytes"), name);
        PipelineMetrics.Rows.Add(run.Counts.GetValueOrDefault("rows"), name);
        PipelineMetrics.Quarantined.Add(run.Counts.GetValueOrDefault("errors"));
    }

    private async Task AttemptAsync(JobRun run, Lease lease, CancellationToken stop, CancellationToken hostStop)
    {
        for (var attempt = 1; ; attempt++)
        {
            run.Attempts = attempt;
            var startedAt = time.GetUtcNow();
            await store.StartAttemptAsync(run.Id, attempt, startedAt.UtcDateTime, stop).ConfigureAwait(false);
            using var timeout = new CancellationTokenSource(options.Timeout, time);
            using var memory = new CancellationTokenSource();
            using var linked = CancellationTokenSource.CreateLinkedTokenSource(stop, timeout.Token, memory.Token);
            using var watch = WatchMemory(memory);
            Exception failure;
            try
            {
                var outcome = await job.RunAsync(new JobContext(run.Id, attempt, run.Trigger, lease.Fence, startedAt, this) { MaxThreads = options.MaxThreads }, linked.Token).ConfigureAwait(false);
                Record(run, outcome);
                if (outcome.Problems.Count == 0)
                {
                    run.Status = RunStatus.Succeeded;
                    JobLog.Succeeded(logger, job.Name, run.Id, outcome.Summary);
                    return;
                }

                failure = new PipelineException("PL1001", $"{outcome.Summary}; {outcome.Problems.Count} problems, the first: {outcome.Problems[0]}");
            }
            catch (OperationCanceledException) when (hostStop.IsCancellationRequested)
            {
                run.Status = RunStatus.Cancelled;
                run.Error = "stopped by a person, or with the host";
                return;
            }
            catch (OperationCanceledException exception) when (stop.IsCancellationRequested)
            {
                failure = new PipelineException("PL1003", "the lease passed to another process", exception);
            }
            catch (OperationCanceledException exception) when (memory.IsCancellationRequested)
            {
                failure = new PipelineException("PL1005", $"the process took more than {options.MaxMemory} MiB during the run (Jobs:{job.Name}:MaxMemory)", exception);
            }
            catch (OperationCanceledException exception) when (timeout.IsCancellationRequested)
            {
                failure = new TimeoutException($"took longer than {options.Timeout} (Jobs:{job.Name}:Timeout)", exception);
            }
            catch (Exception exception)
            {
                failure = exception;
            }

            run.Error = failure.Message;
            run.ErrorCode = (failure as PipelineException)?.Code ?? failure.GetType().Name;
            var mayPass = failure is PipelineException { Code: "PL1001" } || faults.IsTransient(failure);
            if (attempt > options.Retries || !mayPass || stop.IsCancellationRequested)
            {
                run.Status = RunStatus.Failed;
                JobLog.Failed(logger, failure, job.Name, run.Id, attempt);
                return;
            }

            await store.FailAttemptAsync(run.Id, attempt, time.GetUtcNow().UtcDateTime, failure.Message, stop).ConfigureAwait(false);
            var delay = options.RetryDelay * (1 + (jitter.NextDouble() * 0.2));
            JobLog.RetryFollows(logger, failure, job.Name, run.Id, attempt, delay);
            try
            {
                await Task.Delay(delay, time, stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (hostStop.IsCancellationRequested)
            {
                run.Status = RunStatus.Cancelled;
                return;
            }
        }
    }

    private void SetStop((long RunId, CancellationTokenSource Source)? stop)
    {
        lock (gate)
        {
            stopByPerson = stop;
        }
    }

    private static void Record(JobRun run, JobOutcome outcome)
    {
        run.Summary = outcome.Summary;
        run.Error = null;
        run.ErrorCode = null;
        // Attempts add up: what the first one uploaded, the second one no longer finds.
        foreach (var (name, count) in outcome.Counts)
        {
            run.Counts[name] = run.Counts.GetValueOrDefault(name) + count;
        }
    }

    private async Task RenewAsync(Lease lease, CancellationTokenSource stopWhenLost, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.Lease / 3, time);
        while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
        {
            try
            {
                if (await store.RenewAsync(lease, options.Lease, stop).ConfigureAwait(false))
                {
                    continue;
                }

                JobLog.LeaseLost(logger, job.Name);
                await stopWhenLost.CancelAsync().ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                // The store may come back before the lease ends; the fence guards the warehouse if it does not.
                JobLog.RenewalFailed(logger, exception, job.Name);
            }
        }
    }

    private IDisposable? WatchMemory(CancellationTokenSource tooMuch) => options.MaxMemory == 0 ? null : time.CreateTimer(_ =>
    {
        if (Memory() > (long)options.MaxMemory << 20)
        {
            try
            {
                tooMuch.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // The attempt ended in this instant.
            }
        }
    }, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));

    private sealed record Pending(RunTrigger Trigger, DateTime At, TaskCompletionSource<JobRun?> Completion);
}
