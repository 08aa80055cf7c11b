using System.Security.Claims;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Formatting;
using FhirAspire.Dashboard.Operations;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.State;

/// <summary>Run, cancel, pause, resume, of jobs in this process and in others: for operators only, each written to the audit log with its result.</summary>
public sealed class JobControl(JobScheduler scheduler, RemoteJobs remote, OperationsStore operations, IRunStore store, AuditLog audit, TimeProvider time)
{
    private static readonly string[] PipelineJobs = [JobNames.Generator, JobNames.Uploader, JobNames.Loader, JobNames.Dbt];

    /// <summary>The jobs of this process.</summary>
    public IReadOnlyDictionary<string, LiveJob> Live() => scheduler.Jobs.ToDictionary(
        pair => pair.Key,
        pair => new LiveJob(pair.Value.Options, pair.Value.IsRunning, pair.Value.IsPaused, pair.Value.PausedBy, pair.Value.Progress), StringComparer.Ordinal);

    /// <summary>The paused jobs of other processes, and by whom.</summary>
    public async Task<IReadOnlyDictionary<string, string?>> PausedElsewhereAsync(CancellationToken cancellationToken = default) =>
        PipelineJobs.All(scheduler.Jobs.ContainsKey)
            ? new Dictionary<string, string?>()
            : (await operations.PausedJobsAsync(cancellationToken)).Where(state => !scheduler.Jobs.ContainsKey(state.Job)).ToDictionary(state => state.Job, state => state.PausedBy, StringComparer.Ordinal);

    /// <summary>Starts a run now, or remembers to when the one that goes on has ended.</summary>
    public Task<CommandResult> RunAsync(ClaimsPrincipal user, string job) => DoAsync(user, "run", job, async runner =>
    {
        if (runner is null)
        {
            return $"{SnapshotBuilder.Title(job)} starts in the process {await AskAsync(job, JobAction.Run)}.";
        }

        var isRunning = runner.IsRunning;
        var run = scheduler.TriggerAsync(job, RunTrigger.Manual);
        // Its end is told by the history; a failure of the runner itself is in the log.
        _ = run.ContinueWith(task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
        return isRunning ? $"{SnapshotBuilder.Title(job)}: a run is under way; another follows it." : $"{SnapshotBuilder.Title(job)} starts.";
    });

    /// <summary>Stops the run that goes on.</summary>
    /// <param name="user">Who asks.</param>
    /// <param name="job">The job.</param>
    /// <param name="runId">The only run that is meant: where it has ended, no other is stopped. Null for whichever goes on.</param>
    public Task<CommandResult> CancelAsync(ClaimsPrincipal user, string job, long? runId = null) => DoAsync(user, "cancel", job, async runner =>
    {
        if (runId is { } meant && (await store.FindAsync(meant) is not { Status: RunStatus.Running } run || run.Job != job))
        {
            throw new CommandRefusedException($"Run {meant} of {SnapshotBuilder.Title(job)} is not going on; nothing was stopped.");
        }

        if (runner is null)
        {
            return $"{SnapshotBuilder.Title(job)}: the run in the process {await AskAsync(job, JobAction.Cancel)} is asked to stop.";
        }

        return runner.Cancel(runId) ? $"{SnapshotBuilder.Title(job)}: the run is asked to stop." : throw new CommandRefusedException($"{SnapshotBuilder.Title(job)} is not running.");
    });

    /// <summary>Keeps schedule and earlier jobs from starting the job.</summary>
    public Task<CommandResult> PauseAsync(ClaimsPrincipal user, string job) => DoAsync(user, "pause", job, async runner =>
    {
        var by = $"by {Roles.NameOf(user)} at {Format.Time(time.GetUtcNow().UtcDateTime, time)}";
        // A pause is a state that every process reads, so that one of a job elsewhere needs nobody's answer.
        await (runner is null ? operations.SaveJobStateAsync(new JobState { Job = job, PausedAt = time.GetUtcNow().UtcDateTime, PausedBy = by }) : scheduler.PauseAsync(job, by));
        return $"{SnapshotBuilder.Title(job)} is paused until somebody resumes it.";
    });

    /// <summary>Ends a pause.</summary>
    public Task<CommandResult> ResumeAsync(ClaimsPrincipal user, string job) => DoAsync(user, "resume", job, async runner =>
    {
        await (runner is null ? operations.SaveJobStateAsync(new JobState { Job = job }) : scheduler.ResumeAsync(job));
        return $"{SnapshotBuilder.Title(job)} runs by its schedule again.";
    });

    private async Task<string> AskAsync(string job, JobAction action)
    {
        var request = await remote.AskAsync(job, action)
            ?? throw new CommandRefusedException(action == JobAction.Cancel
                ? $"No process runs {SnapshotBuilder.Title(job)} now."
                : $"No process with the job {SnapshotBuilder.Title(job)} has answered within {RemoteJobs.Patience.TotalSeconds:0} s; nothing was started. Is its service up?");
        // machine:process:start; people know the first two.
        return string.Join(':', request.TakenBy!.Split(':').Take(2));
    }

    private async Task<CommandResult> DoAsync(ClaimsPrincipal user, string action, string job, Func<JobRunner?, Task<string>> command)
    {
        CommandResult result;
        var isKnown = scheduler.Jobs.ContainsKey(job) || PipelineJobs.Contains(job);
        if (!Roles.IsOperator(user))
        {
            result = new CommandResult(false, "This needs the role operator.", IsForbidden: true);
        }
        else if (!isKnown)
        {
            result = new CommandResult(false, $"There is no such job; there are {string.Join(", ", PipelineJobs.Union(scheduler.Jobs.Keys))}.");
        }
        else
        {
            try
            {
                result = new CommandResult(true, await command(scheduler.Jobs.GetValueOrDefault(job)));
            }
            catch (CommandRefusedException exception)
            {
                result = new CommandResult(false, exception.Message);
            }
        }

        await audit.WriteAsync(user, action, isKnown ? job : "(unknown job)", result.Ok ? "done" : result.Message);
        return result;
    }

    private sealed class CommandRefusedException(string message) : Exception(message);
}

/// <summary>What became of a command.</summary>
/// <param name="Ok">Whether it was done.</param>
/// <param name="Message">For people.</param>
/// <param name="IsForbidden">Whether the role was missing.</param>
public sealed record CommandResult(bool Ok, string Message, bool IsForbidden = false);
