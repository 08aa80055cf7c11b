using System.Security.Claims;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Formatting;
using FhirAspire.Pipeline.Jobs;

namespace FhirAspire.Dashboard.State;

/// <summary>Run, cancel, pause, resume: for operators only, each written to the audit log with its result.</summary>
public sealed class JobControl(IServiceProvider services, AuditLog audit, TimeProvider time)
{
    private IReadOnlyDictionary<string, JobRunner> Runners => services.GetService<JobScheduler>()?.Jobs ?? new Dictionary<string, JobRunner>();

    /// <summary>The jobs of this process.</summary>
    public IReadOnlyDictionary<string, LiveJob> Live() => Runners.ToDictionary(
        pair => pair.Key,
        pair => new LiveJob(pair.Value.Options, pair.Value.IsRunning, pair.Value.IsPaused, pair.Value.PausedBy, pair.Value.Progress), StringComparer.Ordinal);

    /// <summary>Starts a run now, or remembers to when the one that goes on has ended.</summary>
    public Task<CommandResult> RunAsync(ClaimsPrincipal user, string job) => DoAsync(user, "run", job, runner =>
    {
        var run = services.GetRequiredService<JobScheduler>().TriggerAsync(job, RunTrigger.Manual);
        // Its end is told by the history; a failure of the runner itself is in the log.
        _ = run.ContinueWith(task => task.Exception, TaskContinuationOptions.OnlyOnFaulted);
        return Task.FromResult(runner.IsRunning ? $"{SnapshotBuilder.Title(job)}: a run is under way." : $"{SnapshotBuilder.Title(job)} starts.");
    });

    /// <summary>Stops the run that goes on.</summary>
    public Task<CommandResult> CancelAsync(ClaimsPrincipal user, string job) => DoAsync(user, "cancel", job, runner =>
        runner.Cancel() ? Task.FromResult($"{SnapshotBuilder.Title(job)}: the run is asked to stop.") : throw new CommandRefusedException($"{SnapshotBuilder.Title(job)} is not running."));

    /// <summary>Keeps schedule and earlier jobs from starting the job.</summary>
    public Task<CommandResult> PauseAsync(ClaimsPrincipal user, string job) => DoAsync(user, "pause", job, async _ =>
    {
        await services.GetRequiredService<JobScheduler>().PauseAsync(job, $"by {Roles.NameOf(user)} at {Format.Time(time.GetUtcNow().UtcDateTime, time)}");
        return $"{SnapshotBuilder.Title(job)} is paused until somebody resumes it.";
    });

    /// <summary>Ends a pause.</summary>
    public Task<CommandResult> ResumeAsync(ClaimsPrincipal user, string job) => DoAsync(user, "resume", job, async _ =>
    {
        await services.GetRequiredService<JobScheduler>().ResumeAsync(job);
        return $"{SnapshotBuilder.Title(job)} runs by its schedule again.";
    });

    private async Task<CommandResult> DoAsync(ClaimsPrincipal user, string action, string job, Func<JobRunner, Task<string>> command)
    {
        CommandResult result;
        if (!Roles.IsOperator(user))
        {
            result = new CommandResult(false, "This needs the role operator.", IsForbidden: true);
        }
        else if (!Runners.TryGetValue(job, out var runner))
        {
            result = new CommandResult(false, "No job of that name is in this process.");
        }
        else
        {
            try
            {
                result = new CommandResult(true, await command(runner));
            }
            catch (CommandRefusedException exception)
            {
                result = new CommandResult(false, exception.Message);
            }
        }

        await audit.WriteAsync(user, action, Runners.ContainsKey(job) ? job : "(unknown job)", result.Ok ? "done" : result.Message);
        return result;
    }

    private sealed class CommandRefusedException(string message) : Exception(message);
}

/// <summary>What became of a command.</summary>
/// <param name="Ok">Whether it was done.</param>
/// <param name="Message">For people.</param>
/// <param name="IsForbidden">Whether the role was missing.</param>
public sealed record CommandResult(bool Ok, string Message, bool IsForbidden = false);
