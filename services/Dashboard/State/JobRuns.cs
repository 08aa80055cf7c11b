using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.State;

/// <summary>The runs of one job in the window and what they amount to. Made anew when one of them changes, so that it is not worked out for every snapshot.</summary>
public sealed class JobRuns
{
    private readonly Dictionary<string, long> sums = new(StringComparer.Ordinal);

    internal JobRuns(IReadOnlyList<JobRun> all)
    {
        All = all;
        var good = new List<(double Seconds, bool DidWork)>();
        foreach (var run in all)
        {
            if (run.FinishedAt is { } end && run.Status is RunStatus.Succeeded or RunStatus.Failed or RunStatus.Lost)
            {
                Ended++;
                if (run.Status == RunStatus.Succeeded)
                {
                    good.Add(((end - run.StartedAt).TotalSeconds, run.DidWork));
                }
            }

            foreach (var (name, count) in run.Counts)
            {
                sums[name] = sums.GetValueOrDefault(name) + count;
            }
        }

        Succeeded = good.Count;
        var working = good.Where(run => run.DidWork).Select(run => run.Seconds).ToList();
        Mean = working.Count == 0 ? null : TimeSpan.FromSeconds(working.Average());
        var times = good.Select(run => run.Seconds).Order().ToList();
        Median = times.Count == 0 ? null : TimeSpan.FromSeconds(times[times.Count / 2]);
    }

    /// <summary>The runs, oldest first.</summary>
    public IReadOnlyList<JobRun> All { get; }

    /// <summary>Runs that have ended, cancelled ones left out.</summary>
    public int Ended { get; }

    /// <summary>Of these, those that succeeded.</summary>
    public int Succeeded { get; }

    /// <summary>Mean time of the successful runs that had work.</summary>
    public TimeSpan? Mean { get; }

    /// <summary>Median time of all successful runs.</summary>
    public TimeSpan? Median { get; }

    /// <summary>The sum of a count.</summary>
    public long Sum(string count) => sums.GetValueOrDefault(count);
}
