using FhirAspire.Pipeline.Leases;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Jobs;

/// <summary>
/// What the jobs of this process must know of other processes, read from the history they share: pauses, requests of people, and the runs of earlier jobs that are followed.
/// </summary>
internal sealed class OtherProcesses(IReadOnlyDictionary<string, JobRunner> runners, IRunStore store, OperationsStore operations, TimeProvider time, ILogger logger)
{
    /// <summary>Seconds between two looks at requests: somebody waits for those.</summary>
    private const int SecondsBetweenRequests = 2;

    /// <summary>Seconds between two looks at pauses and at the runs of others.</summary>
    private const int SecondsBetweenReadings = 5;

    /// <summary>Of a followed job at most so many runs are looked at each time.</summary>
    private const int RunsLookedAt = 20;

    private static readonly TimeSpan BetweenLooksAtLease = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim pauses = new(1, 1);
    private readonly Dictionary<string, DateTime> followedUntil = new(StringComparer.Ordinal);

    /// <summary>Keeps a pause, or its end, for this and all other processes.</summary>
    public async Task SetPauseAsync(JobRunner runner, JobState state)
    {
        await pauses.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await operations.SaveJobStateAsync(state).ConfigureAwait(false);
            runner.PausedBy = state.PausedBy;
        }
        finally
        {
            pauses.Release();
        }
    }

    /// <summary>Takes over what is paused.</summary>
    public async Task ReadPausesAsync(CancellationToken cancellationToken)
    {
        await pauses.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var paused = (await operations.PausedJobsAsync(cancellationToken).ConfigureAwait(false)).ToDictionary(state => state.Job, state => state.PausedBy ?? "somebody", StringComparer.Ordinal);
            foreach (var (name, runner) in runners)
            {
                runner.PausedBy = paused.GetValueOrDefault(name);
            }
        }
        finally
        {
            pauses.Release();
        }
    }

    /// <summary>Looks at what is due to be looked at in a second. A store that fails is told in the log, and changes nothing.</summary>
    /// <param name="second">The second of the clock.</param>
    /// <param name="trigger">Starts a job.</param>
    /// <param name="follow">Whether a job still follows another, and now does.</param>
    /// <param name="stop">The host's end.</param>
    public async Task ReadAsync(DateTime second, Func<JobRunner, RunTrigger, Task<JobRun?>> trigger, Func<JobRunner, bool> follow, CancellationToken stop)
    {
        if (runners.Count == 0)
        {
            return;
        }

        try
        {
            if (second.Second % SecondsBetweenRequests == 0)
            {
                await AnswerRequestsAsync(trigger, stop).ConfigureAwait(false);
            }

            if (second.Second % SecondsBetweenReadings == 0)
            {
                await ReadPausesAsync(stop).ConfigureAwait(false);
                foreach (var runner in runners.Values.Where(runner => runner.Options is { After: { } earlier, Follow: not FollowMode.Never } && !runners.ContainsKey(earlier)))
                {
                    await FollowAsync(runner, trigger, follow, stop).ConfigureAwait(false);
                }
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            JobLog.OthersUnknown(logger, exception);
        }
    }

    /// <summary>Waits for the runs of a job that go on in other processes; not for those that begin meanwhile.</summary>
    /// <returns>Whether they have ended in time.</returns>
    public async Task<bool> WaitForAsync(string job, TimeSpan atMost, CancellationToken stop)
    {
        var until = time.GetUtcNow() + atMost;
        var running = await store.HeldAsync(job, stop).ConfigureAwait(false);
        while (running.Count > 0)
        {
            if (time.GetUtcNow() >= until)
            {
                return false;
            }

            await Task.Delay(BetweenLooksAtLease, time, stop).ConfigureAwait(false);
            running = [.. running.Intersect(await store.HeldAsync(job, stop).ConfigureAwait(false))];
        }

        return true;
    }

    private async Task AnswerRequestsAsync(Func<JobRunner, RunTrigger, Task<JobRun?>> trigger, CancellationToken stop)
    {
        foreach (var request in await operations.OpenRequestsAsync(runners.Keys, time.GetUtcNow().UtcDateTime - JobRequest.Lifetime, stop).ConfigureAwait(false))
        {
            var runner = runners[request.Job];
            // Who runs the job answers a request to stop it.
            if ((request.Action == JobAction.Cancel && !runner.IsRunning) || !await operations.TakeRequestAsync(request.Id, ProcessOwner.Current, stop).ConfigureAwait(false))
            {
                continue;
            }

            if (request.Action == JobAction.Cancel)
            {
                runner.Cancel();
                await operations.CloseRequestAsync(request.Id, null, time.GetUtcNow().UtcDateTime, stop).ConfigureAwait(false);
            }
            else
            {
                _ = RunAsync(request, trigger(runner, request.Action == JobAction.Run ? RunTrigger.Manual : RunTrigger.Retry));
            }
        }
    }

    private async Task RunAsync(JobRequest request, Task<JobRun?> running)
    {
        try
        {
            JobRun? run = null;
            try
            {
                run = await running.ConfigureAwait(false);
            }
            finally
            {
                // Who asked waits for it, also where no run could be recorded.
                await operations.CloseRequestAsync(request.Id, run?.Id, time.GetUtcNow().UtcDateTime).ConfigureAwait(false);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            JobLog.RequestFailed(logger, exception, request.Job);
        }
    }

    // What the earlier job did since this one last began is news to it, also where that was before this process started.
    private async Task FollowAsync(JobRunner runner, Func<JobRunner, RunTrigger, Task<JobRun?>> trigger, Func<JobRunner, bool> follow, CancellationToken stop)
    {
        var name = runner.Job.Name;
        if (!followedUntil.TryGetValue(name, out var until))
        {
            var last = await store.QueryAsync(new RunFilter { Job = name, Limit = 1 }, stop).ConfigureAwait(false);
            until = last is [var run] ? run.StartedAt : DateTime.MinValue;
        }

        var earlier = await store.QueryAsync(new RunFilter { Job = runner.Options.After, Status = RunStatus.Succeeded, Limit = RunsLookedAt }, stop).ConfigureAwait(false);
        var news = earlier.Where(run => run.FinishedAt > until).ToList();
        followedUntil[name] = news.Select(run => run.FinishedAt!.Value).Append(until).Max();
        if (news.Exists(run => run.DidWork) && follow(runner))
        {
            _ = trigger(runner, RunTrigger.Upstream);
        }
    }
}
