using System.Globalization;
using Coravel.Scheduling.Schedule;
using Coravel.Scheduling.Schedule.Interfaces;
using Coravel.Scheduling.Schedule.Mutex;
using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Jobs;

/// <summary>
/// Starts the jobs when they are due. Coravel reads the schedules; each second of the injected clock is put to it, so that a fake
/// clock drives everything. What is due is only triggered here: <see cref="JobRunner"/> runs it, and one job never delays another.
/// </summary>
public sealed class JobScheduler : BackgroundService
{
    /// <summary>After a longer pause (sleep, a stopped clock) each job runs once, instead of every missed second being looked at.</summary>
    private static readonly TimeSpan LongestCatchUp = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestStepBack = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, JobRunner> runners;
    private readonly HashSet<string> followed = [];
    private readonly Scheduler scheduler;
    private readonly OtherProcesses others;
    private readonly IRunStore store;
    private readonly AlertCenter alerts;
    private readonly TimeProvider time;
    private readonly ILogger<JobScheduler> logger;
    private CancellationToken stop;
    private bool isScheduling;

    /// <summary>Creates the scheduler over the host's jobs.</summary>
    public JobScheduler(IEnumerable<JobRunner> runners, IRunStore store, OperationsStore operations, AlertCenter alerts, IServiceScopeFactory scopes, TimeProvider time, ILogger<JobScheduler> logger)
    {
        ArgumentNullException.ThrowIfNull(runners);
        this.runners = runners.ToDictionary(runner => runner.Job.Name, StringComparer.Ordinal);
        this.store = store;
        this.alerts = alerts;
        this.time = time;
        this.logger = logger;
        others = new OtherProcesses(this.runners, store, operations, time, logger);
        scheduler = new Scheduler(new InMemoryMutex(), scopes, new Coravel.Events.Dispatcher(scopes));
        foreach (var runner in this.runners.Values)
        {
            Schedule(runner);
            runner.Finished += run => Follow(runner, run);
        }
    }

    /// <summary>The host's jobs by name.</summary>
    public IReadOnlyDictionary<string, JobRunner> Jobs => runners;

    /// <summary>The second up to which the schedules have been looked at; a test with a fake clock waits for it.</summary>
    internal DateTime LastTick { get; private set; }

    /// <summary>Runs a job now, besides its schedule.</summary>
    /// <returns>The run; null where another process holds the job.</returns>
    /// <exception cref="PipelineException"><c>PL1002</c>: no job has that name.</exception>
    public Task<JobRun?> TriggerAsync(string job, RunTrigger trigger)
    {
        return TriggerWhenFreeAsync(Find(job), trigger);
    }

    /// <summary>Keeps schedule and earlier jobs from starting a job, until it is resumed; also in later hosts.</summary>
    /// <param name="job">The job.</param>
    /// <param name="by">Who pauses it, and when, for people.</param>
    /// <exception cref="PipelineException"><c>PL1002</c>: no job has that name.</exception>
    public async Task PauseAsync(string job, string by)
    {
        ArgumentException.ThrowIfNullOrEmpty(by);
        await others.SetPauseAsync(Find(job), new JobState { Job = job, PausedAt = time.GetUtcNow().UtcDateTime, PausedBy = by }).ConfigureAwait(false);
    }

    /// <summary>Ends a pause.</summary>
    /// <exception cref="PipelineException"><c>PL1002</c>: no job has that name.</exception>
    public async Task ResumeAsync(string job)
    {
        await others.SetPauseAsync(Find(job), new JobState { Job = job }).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        stop = stoppingToken;
        isScheduling = true;
        await store.PrepareAsync(stoppingToken).ConfigureAwait(false);
        await others.ReadPausesAsync(stoppingToken).ConfigureAwait(false);
        await StartJobsAsync(stoppingToken).ConfigureAwait(false);
        LastTick = Second(time.GetUtcNow());
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
        {
            LastTick = await TickAsync(LastTick, Second(time.GetUtcNow())).ConfigureAwait(false);
            await others.ReadAsync(LastTick, TriggerWhenFreeAsync, IsFollowing, stoppingToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        // Runs hear the stopping token; their records are written before the host ends.
        await Task.WhenAll(runners.Values.Select(runner => runner.Idle)).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private JobRunner Find(string job) => runners.GetValueOrDefault(job)
        ?? throw new PipelineException("PL1002", $"no job is named '{job}'; there are {string.Join(", ", runners.Keys)}");

    // Those that run at every start, and those that were due while no host ran: each once, however often it was due.
    private async Task StartJobsAsync(CancellationToken cancellationToken)
    {
        foreach (var runner in runners.Values)
        {
            if (runner.Options.AtStart)
            {
                _ = TriggerWhenFreeAsync(runner, RunTrigger.Start);
            }
            else if (runner.Options.CatchUp
                && await store.QueryAsync(new RunFilter { Job = runner.Job.Name, Limit = 1 }, cancellationToken).ConfigureAwait(false) is [var last]
                && ScheduleHistory.WasDue(runner.Options, last.StartedAt, time.GetUtcNow().UtcDateTime))
            {
                JobLog.CaughtUp(logger, runner.Job.Name);
                _ = TriggerWhenFreeAsync(runner, RunTrigger.CatchUp);
            }
        }
    }

    private static DateTime Second(DateTimeOffset instant) =>
        new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);

    private async Task<DateTime> TickAsync(DateTime last, DateTime now)
    {
        if (now - last > LongestCatchUp)
        {
            foreach (var runner in runners.Values.Where(runner => runner.Options.Every is not null || runner.Options.Cron is not null))
            {
                _ = TriggerWhenFreeAsync(runner, RunTrigger.Schedule);
            }

            last = now;
        }

        // A clock that was set back a little is waited for, so that nothing runs twice; one that had been wrong by more must not stop the schedules for as long.
        if (last - now > LongestStepBack)
        {
            JobLog.ClockSetBack(logger, last - now);
            last = now;
        }

        while (last < now)
        {
            last = last.AddSeconds(1);
            await scheduler.RunAtAsync(last).ConfigureAwait(false);
            foreach (var runner in runners.Values.Where(runner => runner.IsDeferred && !runner.Options.IsInMaintenance(last)))
            {
                runner.IsDeferred = false;
                _ = TriggerWhenFreeAsync(runner, RunTrigger.Schedule);
            }

            if (last.Second == 0)
            {
                _ = alerts.SendPendingAsync();
            }
        }

        return last;
    }

    private void Schedule(JobRunner runner)
    {
        var interval = scheduler.Schedule(() => _ = TriggerWhenFreeAsync(runner, RunTrigger.Schedule));
        switch (runner.Options)
        {
            case { Cron: { } cron }:
                interval.Cron(cron);
                break;
            case { Every: { TotalSeconds: < 60 } every }:
                interval.EverySeconds((int)every.TotalSeconds);
                break;
            case { Every: { TotalMinutes: < 60 } every }:
                interval.Cron(string.Create(CultureInfo.InvariantCulture, $"*/{(int)every.TotalMinutes} * * * *"));
                break;
            case { Every: not null }:
                interval.Hourly();
                break;
        }
    }

    private void Follow(JobRunner earlier, JobRun run)
    {
        // A command that runs jobs one by one decides itself what follows.
        if (!isScheduling || run.Status != RunStatus.Succeeded || !run.DidWork || stop.IsCancellationRequested)
        {
            return;
        }

        foreach (var runner in runners.Values.Where(runner => runner.Options.After == earlier.Job.Name))
        {
            if (IsFollowing(runner))
            {
                _ = TriggerWhenFreeAsync(runner, RunTrigger.Upstream);
            }
        }
    }

    private bool IsFollowing(JobRunner runner) =>
        runner.Options.Follow == FollowMode.Always || (runner.Options.Follow == FollowMode.FirstOnly && followed.Add(runner.Job.Name));

    private async Task<JobRun?> TriggerWhenFreeAsync(JobRunner runner, RunTrigger trigger)
    {
        var isByHand = trigger is RunTrigger.Manual or RunTrigger.Retry;
        if (runner.IsPaused && !isByHand)
        {
            return null;
        }

        if (!isByHand && runner.Options.IsInMaintenance(time.GetUtcNow().UtcDateTime))
        {
            if (!runner.IsDeferred)
            {
                JobLog.InMaintenance(logger, runner.Job.Name);
            }

            runner.IsDeferred = true;
            return null;
        }

        try
        {
            if (runner.Options.WaitsFor is { } name && !await HasEndedAsync(name, runner.Options.WaitAtMost).ConfigureAwait(false))
            {
                JobLog.WaitedEnough(logger, runner.Job.Name, name, runner.Options.WaitAtMost);
            }

            return await runner.TriggerAsync(trigger, stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception exception) when (!isByHand)
        {
            JobLog.RunnerFailed(logger, exception, runner.Job.Name);
            return null;
        }
    }

    private async Task<bool> HasEndedAsync(string job, TimeSpan atMost)
    {
        if (!runners.TryGetValue(job, out var other))
        {
            return await others.WaitForAsync(job, atMost, stop).ConfigureAwait(false);
        }

        if (other.IsRunning)
        {
            await Task.WhenAny(other.Idle, Task.Delay(atMost, time, stop)).ConfigureAwait(false);
        }

        return !other.IsRunning || stop.IsCancellationRequested;
    }
}
