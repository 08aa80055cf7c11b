using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.State;

/// <summary>The runs of the last day in memory, brought up to date by reading only what is new.</summary>
public sealed class RunWindow(IRunStore store, TimeProvider time)
{
    /// <summary>How far back it reaches.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromHours(24);

    private const int PageSize = 2000;

    private readonly SortedDictionary<long, JobRun> runs = [];
    private readonly Dictionary<string, JobRuns> byJob = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<string, long>> older = new(StringComparer.Ordinal);
    private bool isFilled;

    /// <summary>The runs, oldest first.</summary>
    public IReadOnlyCollection<JobRun> Runs => runs.Values;

    /// <summary>Runs of one job, oldest first.</summary>
    public IReadOnlyList<JobRun> Of(string job) => About(job).All;

    /// <summary>Runs of one job, and what they amount to.</summary>
    public JobRuns About(string job)
    {
        if (!byJob.TryGetValue(job, out var known))
        {
            byJob[job] = known = new JobRuns([.. runs.Values.Where(run => run.Job == job)]);
        }

        return known;
    }

    /// <summary>The sum of a job's count over its whole history.</summary>
    public long Total(string job, string count) =>
        (older.TryGetValue(job, out var counts) ? counts.GetValueOrDefault(count) : 0) + About(job).Sum(count);

    /// <summary>Reads what is new.</summary>
    /// <returns>Whether anything changed.</returns>
    public async Task<bool> RefreshAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var changed = false;
        if (!isFilled)
        {
            // The whole history once: what is older than a day is only added up.
            long? before = null;
            while (await store.QueryAsync(new RunFilter { Before = before, Limit = PageSize }, cancellationToken) is { Count: > 0 } page)
            {
                foreach (var run in page)
                {
                    Take(run, now);
                }

                before = page[^1].Id;
            }

            isFilled = true;
            changed = true;
        }
        else
        {
            long? before = null;
            // Newest first, down to what is known to have ended.
            var oldestOpen = runs.Values.Where(run => run.FinishedAt is null).Select(run => (long?)run.Id).Min() ?? long.MaxValue;
            var newest = runs.Count == 0 ? 0 : runs.Keys.Last();
            var until = Math.Min(oldestOpen, newest + 1);
            while (await store.QueryAsync(new RunFilter { Before = before, Limit = 50 }, cancellationToken) is { Count: > 0 } page)
            {
                foreach (var run in page.Where(run => run.Id >= until && (!runs.TryGetValue(run.Id, out var known) || known.Status != run.Status || known.Attempts != run.Attempts)))
                {
                    changed = true;
                    Take(run, now);
                }

                before = page[^1].Id;
                if (before <= until)
                {
                    break;
                }
            }
        }

        var limit = now - Length;
        foreach (var run in runs.Values.TakeWhile(run => run.StartedAt < limit).Where(run => run.FinishedAt is not null).ToList())
        {
            runs.Remove(run.Id);
            byJob.Remove(run.Job);
            AddUp(run);
        }

        return changed;
    }

    private void Take(JobRun run, DateTime now)
    {
        if (run.StartedAt < now - Length && run.FinishedAt is not null)
        {
            AddUp(run);
        }
        else
        {
            runs[run.Id] = run;
            byJob.Remove(run.Job);
        }
    }

    private void AddUp(JobRun run)
    {
        if (!older.TryGetValue(run.Job, out var counts))
        {
            older[run.Job] = counts = new Dictionary<string, long>(StringComparer.Ordinal);
        }

        foreach (var (name, count) in run.Counts)
        {
            counts[name] = counts.GetValueOrDefault(name) + count;
        }
    }
}
