using FhirAspire.Pipeline.Jobs;

namespace FhirAspire.Pipeline.Runs;

/// <summary>One run of a job, as the history keeps it. Instants are UTC.</summary>
public sealed class JobRun
{
    /// <summary>The run's number.</summary>
    public long Id { get; set; }

    /// <summary>The job.</summary>
    public required string Job { get; set; }

    /// <summary>What started it.</summary>
    public RunTrigger Trigger { get; set; }

    /// <summary>How it stands.</summary>
    public RunStatus Status { get; set; }

    /// <summary>When it was asked for; the difference to <see cref="StartedAt"/> is the time it waited.</summary>
    public DateTime QueuedAt { get; set; }

    /// <summary>When its first attempt began.</summary>
    public DateTime StartedAt { get; set; }

    /// <summary>When it ended; null while it goes on.</summary>
    public DateTime? FinishedAt { get; set; }

    /// <summary>Attempts made.</summary>
    public int Attempts { get; set; }

    /// <summary>The fence of the lease under which it ran.</summary>
    public long Fence { get; set; }

    /// <summary>The process that ran it: machine and process id.</summary>
    public required string Owner { get; set; }

    /// <summary>W3C trace id.</summary>
    public string? TraceId { get; set; }

    /// <summary>What it did, in a sentence.</summary>
    public string? Summary { get; set; }

    /// <summary>Counts by name.</summary>
    public Dictionary<string, long> Counts { get; set; } = [];

    /// <summary>Whether it found anything to do.</summary>
    public bool DidWork => Counts.Values.Any(count => count > 0);

    /// <summary>Code of the last attempt's error.</summary>
    public string? ErrorCode { get; set; }

    /// <summary>The last attempt's error.</summary>
    public string? Error { get; set; }

    /// <summary>What it logged, one line a message: the beginning and the end of a long log. Read with one run, not with lists of them; null before its end.</summary>
    public string? Log { get; set; }

    /// <summary>Its attempts, oldest first.</summary>
    public List<JobAttempt> AttemptLog { get; set; } = [];
}

/// <summary>One attempt of a run.</summary>
public sealed class JobAttempt
{
    /// <summary>The run.</summary>
    public long RunId { get; set; }

    /// <summary>1 for the first.</summary>
    public int Number { get; set; }

    /// <summary>When it began.</summary>
    public DateTime StartedAt { get; set; }

    /// <summary>When it ended.</summary>
    public DateTime? FinishedAt { get; set; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Error { get; set; }
}

/// <summary>A dbt node's result within a run.</summary>
public sealed class NodeRun
{
    /// <summary>The run.</summary>
    public long RunId { get; set; }

    /// <summary>dbt's unique id, such as <c>model.fhir_aspire.dim_patients</c>.</summary>
    public required string UniqueId { get; set; }

    /// <summary><c>model</c>, <c>test</c>, <c>seed</c>, <c>snapshot</c>, <c>unit_test</c>, <c>operation</c>.</summary>
    public required string Kind { get; set; }

    /// <summary>dbt's status: <c>success</c>, <c>error</c>, <c>skipped</c>, <c>pass</c>, <c>fail</c>, <c>warn</c>.</summary>
    public required string Status { get; set; }

    /// <summary>When it began.</summary>
    public DateTime StartedAt { get; set; }

    /// <summary>Seconds that it took.</summary>
    public double Seconds { get; set; }

    /// <summary>Rows written by a model; null where the database does not say.</summary>
    public long? Rows { get; set; }

    /// <summary>Failing rows of a test.</summary>
    public long? Failures { get; set; }

    /// <summary>What dbt says of it.</summary>
    public string? Message { get; set; }
}

/// <summary>How a run stands.</summary>
public enum RunStatus
{
    /// <summary>Waits for its start.</summary>
    Queued,

    /// <summary>Goes on.</summary>
    Running,

    /// <summary>Ended well.</summary>
    Succeeded,

    /// <summary>Failed for good.</summary>
    Failed,

    /// <summary>Stopped by a person or by the end of the host.</summary>
    Cancelled,

    /// <summary>Its process ended in the middle of it.</summary>
    Lost,
}
