using FhirAspire.Pipeline;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Leases;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.Operations;

/// <summary>Asks jobs of other processes through the history that all of them share.</summary>
public sealed class RemoteJobs(OperationsStore operations, IRunStore store, TimeProvider time)
{
    /// <summary>A process looks for requests every two seconds; after this time there is none that could.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Who has taken a request holds the job's lease while the run goes on. Without it for so long he is taken for dead: he may begin a little later, and tells of the end after he has given it back.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(250);

    /// <summary>Asks for something, and waits until a process has taken it.</summary>
    /// <returns>The request; null where no process took it: it is then withdrawn, and nothing happens.</returns>
    public async Task<JobRequest?> AskAsync(string job, JobAction action, CancellationToken cancellationToken = default)
    {
        var askedAt = time.GetUtcNow().UtcDateTime;
        var id = await operations.AskAsync(new JobRequest { Job = job, Action = action, AskedAt = askedAt }, cancellationToken);
        while (time.GetUtcNow().UtcDateTime - askedAt < Patience)
        {
            if (await operations.RequestAsync(id, cancellationToken) is { TakenBy: not null } taken)
            {
                return taken;
            }

            await Task.Delay(BetweenLooks, time, cancellationToken);
        }

        return await operations.WithdrawRequestAsync(id, CancellationToken.None) ? null : await operations.RequestAsync(id, cancellationToken);
    }

    /// <summary>Asks for a run, and waits for its end.</summary>
    /// <returns>The run; null where no process took the request, or where another one held the job.</returns>
    /// <exception cref="PipelineException">PL1006: the process that took the request has ended without an answer.</exception>
    public async Task<JobRun?> RunAsync(string job, JobAction action, CancellationToken cancellationToken = default)
    {
        var request = await AskAsync(job, action, cancellationToken);
        var lastSign = time.GetUtcNow();
        while (request is { DoneAt: null, TakenBy: { } owner })
        {
            await Task.Delay(BetweenLooks, time, cancellationToken);
            var isGone = ProcessOwner.IsGone(owner);
            if ((await store.HeldAsync(job, cancellationToken)).Any(lease => lease.Owner == owner))
            {
                lastSign = time.GetUtcNow();
            }

            // Read after the signs of life: an answer that was the process's last deed counts.
            request = await operations.RequestAsync(request.Id, cancellationToken);
            if (request is { DoneAt: null } && (isGone || time.GetUtcNow() - lastSign >= Silence))
            {
                throw new PipelineException("PL1006", $"the process {owner} took the request to run {job}, and has ended without an answer");
            }
        }

        return request?.RunId is { } run ? await store.FindAsync(run, cancellationToken) : null;
    }
}
