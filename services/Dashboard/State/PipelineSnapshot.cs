using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.State;

/// <summary>The pipeline at an instant: immutable, numbered, made by one collector and shown by all open pages.</summary>
public sealed record PipelineSnapshot
{
    /// <summary>Grows with every change.</summary>
    public long Version { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public DateTime TakenAt { get; init; }

    /// <summary>When the host started, UTC.</summary>
    public DateTime HostStartedAt { get; init; }

    /// <summary>The jobs in the order in which data passes them.</summary>
    public IReadOnlyList<JobView> Jobs { get; init; } = [];

    /// <summary>The stages of a patient's way, in order.</summary>
    public IReadOnlyList<StageView> Stages { get; init; } = [];

    /// <summary>How much there is, and how it grows.</summary>
    public IReadOnlyList<TotalView> Totals { get; init; } = [];

    /// <summary>What needs a person, worst first.</summary>
    public IReadOnlyList<AttentionItem> Attention { get; init; } = [];

    /// <summary>One sentence that says whether all is well.</summary>
    public string Sentence { get; init; } = "Starting.";

    /// <summary>The worst state of all stages and items.</summary>
    public StageState Overall { get; init; } = StageState.Idle;

    /// <summary>Age of the newest data that is in the marts; null while nothing is in them.</summary>
    public TimeSpan? DataAge { get; init; }

    /// <summary>The age of the marts' data over the last 24 hours, full minutes by quarter of an hour; null where unknown.</summary>
    public IReadOnlyList<double?> DataAgeHistory { get; init; } = [];

    /// <summary>The number of the run that published the marts; null while none has.</summary>
    public long? MartsRun { get; init; }

    /// <summary>Open errors of the quarantine.</summary>
    public long Quarantined { get; init; }

    /// <summary>Something that could not be read, for the bar above the page; null when all was.</summary>
    public string? Trouble { get; init; }

    /// <summary>The job of a name.</summary>
    public JobView? Job(string name) => Jobs.FirstOrDefault(job => job.Name == name);
}

/// <summary>A job as the pages show it.</summary>
public sealed record JobView
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether there is such a job, in this process or, by its runs, in another.</summary>
    public bool IsKnown { get; init; }

    /// <summary>Whether a run goes on.</summary>
    public bool IsRunning { get; init; }

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused { get; init; }

    /// <summary>By whom, and when; null while it is not paused, or where that is not known.</summary>
    public string? PausedBy { get; init; }

    /// <summary>How far the run is.</summary>
    public JobProgress? Progress { get; init; }

    /// <summary>Its newest run, the running one included.</summary>
    public JobRun? Last { get; init; }

    /// <summary>Its newest run that ended.</summary>
    public JobRun? LastEnded { get; init; }

    /// <summary>When it is due next, UTC; null without a schedule that can be foretold.</summary>
    public DateTime? NextAt { get; init; }

    /// <summary>Time between two runs.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>Ended runs of the last 24 hours.</summary>
    public int Ended { get; init; }

    /// <summary>Of these, those that succeeded.</summary>
    public int Succeeded { get; init; }

    /// <summary>Mean time of the successful runs that had work, in the last 24 hours.</summary>
    public TimeSpan? Mean { get; init; }

    /// <summary>Median time of all successful runs of the last 24 hours.</summary>
    public TimeSpan? Median { get; init; }

    /// <summary>The last 24 hours in quarters of an hour, oldest first.</summary>
    public IReadOnlyList<StripCell> Strip { get; init; } = [];

    /// <summary>Items done a minute over the last five minutes.</summary>
    public double RatePerMinute { get; init; }
}

/// <summary>A quarter of an hour of a job.</summary>
/// <param name="From">Its begin, UTC.</param>
/// <param name="Outcome">Its worst outcome.</param>
/// <param name="Runs">Runs that started in it.</param>
/// <param name="Failed">Of these, those that failed.</param>
public readonly record struct StripCell(DateTime From, StripOutcome Outcome, int Runs, int Failed);

/// <summary>The worst that happened in a quarter of an hour.</summary>
public enum StripOutcome
{
    /// <summary>No run was due or known.</summary>
    None,

    /// <summary>The host was not there.</summary>
    Down,

    /// <summary>All runs succeeded.</summary>
    Ok,

    /// <summary>A run needed another attempt.</summary>
    Retried,

    /// <summary>A run failed for good.</summary>
    Failed,
}

/// <summary>A stage of a patient's way.</summary>
public sealed record StageView
{
    /// <summary>Its key: <c>generator</c>, <c>spool</c>, <c>s3</c>, <c>raw</c>, <c>staging</c>, <c>intermediate</c>, <c>marts</c>.</summary>
    public required string Key { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>How it stands.</summary>
    public StageState State { get; init; }

    /// <summary>Why, in a few words.</summary>
    public string Because { get; init; } = "";

    /// <summary>The number that says most.</summary>
    public string Headline { get; init; } = "";

    /// <summary>Further lines: last, next, age.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];

    /// <summary>When its job is due next, UTC.</summary>
    public DateTime? NextAt { get; init; }

    /// <summary>Where a click leads.</summary>
    public string Href { get; init; } = "runs";

    /// <summary>Items a minute that leave it; the edge behind it is drawn by this.</summary>
    public double FlowPerMinute { get; init; }

    /// <summary>Whether items leave it now.</summary>
    public bool IsFlowing { get; init; }

    /// <summary>What it is, for newcomers.</summary>
    public string About { get; init; } = "";

    /// <summary>How far a run is, between 0 and 1; null where none goes on or it is not known.</summary>
    public double? Done { get; init; }
}

/// <summary>How a stage stands, best first.</summary>
public enum StageState
{
    /// <summary>Everything that came is through.</summary>
    Current,

    /// <summary>Nothing waits and nothing comes.</summary>
    Idle,

    /// <summary>Something waits, and a run goes on or is due.</summary>
    CatchingUp,

    /// <summary>Stopped by a person.</summary>
    Paused,

    /// <summary>Something waits longer than twice the job's interval.</summary>
    Late,

    /// <summary>The last run failed for good.</summary>
    Blocked,

    /// <summary>Not known.</summary>
    Unknown,
}

/// <summary>A number that moves.</summary>
/// <param name="Name">What is counted.</param>
/// <param name="Value">How much there is.</param>
/// <param name="PerHour">How much came in the last hour.</param>
/// <param name="Unit">Empty for counts, <c>B</c> for bytes.</param>
/// <param name="Trend">What came in each of the last 60 minutes.</param>
/// <param name="Href">Where a click leads.</param>
public sealed record TotalView(string Name, long? Value, long PerHour, string Unit, IReadOnlyList<double> Trend, string Href);

/// <summary>Something that needs a person.</summary>
/// <param name="State">How bad it is.</param>
/// <param name="Text">What it is.</param>
/// <param name="Since">Since when, UTC.</param>
/// <param name="Href">Where its cause is shown.</param>
/// <param name="Job">The job that a retry would run; null where a retry does not mend it.</param>
public sealed record AttentionItem(StageState State, string Text, DateTime? Since, string Href, string? Job);
