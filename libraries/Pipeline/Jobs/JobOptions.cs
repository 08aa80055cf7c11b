using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Pipeline.Jobs;

/// <summary>When a job runs, how often it is tried, and how long it may take. Section <c>Jobs:{name}</c>.</summary>
public sealed class JobOptions : IValidatableObject
{
    /// <summary>Time between two runs; whole seconds that divide a minute, or whole minutes that divide an hour. Ignored where <see cref="Cron"/> is set.</summary>
    public TimeSpan? Every { get; set; }

    /// <summary>A cron expression of five fields in UTC.</summary>
    public string? Cron { get; set; }

    /// <summary>Whether the job also runs when the host starts.</summary>
    public bool AtStart { get; set; }

    /// <summary>Further attempts after a failure that may pass (1-2 in the mission).</summary>
    [Range(0, 10)]
    public int Retries { get; set; } = 2;

    /// <summary>Time before another attempt; up to a fifth is added at random, so that hosts do not retry in step.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "01:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>An attempt that takes longer is cancelled and fails.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Whether each machine runs the job beside the others: where it works on what only this machine has, such as a spool. Otherwise one process in all runs it at a time.
    /// </summary>
    public bool PerHost { get; set; }

    /// <summary>
    /// How long a process that runs the job may be silent before another one takes it over; it is heard of three times in this. Longer than any pause of a process and of the network.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:05", "01:00:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>A job whose running is waited for before this one starts.</summary>
    public string? WaitsFor { get; set; }

    /// <summary>How long <see cref="WaitsFor"/> is waited for at most; the run then starts and says so.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan WaitAtMost { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>The job whose runs with work start this one, besides the schedule.</summary>
    public string? After { get; set; }

    /// <summary>Which of those runs do.</summary>
    public FollowMode Follow { get; set; } = FollowMode.Never;

    /// <summary>Times in which the job does not start by itself, UTC: <c>22:00-02:30</c>, <c>Sat,Sun 01:00-05:00</c>. What was due starts once afterwards; a run that goes on is not stopped.</summary>
    public IList<string> Maintenance { get; } = [];

    /// <summary>Whether a job that was due while no host ran starts once when one does.</summary>
    public bool CatchUp { get; set; } = true;

    /// <summary>At most so many things at the same time, below what the job's own options allow; 0: no limit.</summary>
    [Range(0, 1024)]
    public int MaxThreads { get; set; }

    /// <summary>An attempt during which the process takes more memory than this, in MiB, is stopped and fails; 0: no limit. The memory of one process cannot be told apart by job.</summary>
    [Range(0, 1 << 20)]
    public int MaxMemory { get; set; }

    /// <summary>The lease that a run of the job holds.</summary>
    /// <param name="job">The job's name.</param>
    public string LeaseOf(string job) => PerHost ? $"{job}@{Environment.MachineName}" : job;

    /// <summary>Whether a maintenance window is open.</summary>
    /// <param name="utc">An instant, UTC.</param>
    public bool IsInMaintenance(DateTime utc) => Maintenance.Any(text => MaintenanceWindow.TryParse(text, out var window) && window.Contains(utc));

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Every is { } every)
        {
            var fits = (every.TotalSeconds < 60 && every.TotalSeconds >= 1 && 60 % every.TotalSeconds == 0)
                || (every.TotalMinutes >= 1 && every.TotalMinutes < 60 && 60 % every.TotalMinutes == 0)
                || every == TimeSpan.FromHours(1);
            if (!fits)
            {
                yield return new ValidationResult($"Every is {every}; expected whole seconds that divide a minute (00:00:10), whole minutes that divide an hour (00:05:00), or one hour. Use Cron for others.", [nameof(Every)]);
            }
        }

        foreach (var text in Maintenance.Where(text => !MaintenanceWindow.TryParse(text, out _)))
        {
            yield return new ValidationResult($"Maintenance has '{text}'; expected a time in UTC such as 22:00-02:30 or Sat,Sun 01:00-05:00.", [nameof(Maintenance)]);
        }

        if (Cron is not null && Cron.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length != 5)
        {
            yield return new ValidationResult($"Cron is '{Cron}'; expected five fields: minute hour day month weekday.", [nameof(Cron)]);
        }
    }
}

/// <summary>Which runs of an earlier job start this one at once.</summary>
public enum FollowMode
{
    /// <summary>None: the schedule alone.</summary>
    Never,

    /// <summary>The first with work after the host's start; then the schedule.</summary>
    FirstOnly,

    /// <summary>Every run with work.</summary>
    Always,
}
