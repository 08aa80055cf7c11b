namespace FhirAspire.Pipeline.Operations;

/// <summary>What a person asks of a job that lives in another process. It lies in the history until a process with that job takes it; exactly one does.</summary>
public sealed class JobRequest
{
    /// <summary>A request that nobody took for so long is not heard any more: who asked has given up.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    /// <summary>Its number, given by the store.</summary>
    public long Id { get; set; }

    /// <summary>The job.</summary>
    public required string Job { get; set; }

    /// <summary>What it is asked to do.</summary>
    public required JobAction Action { get; set; }

    /// <summary>When it was asked, UTC.</summary>
    public DateTime AskedAt { get; set; }

    /// <summary>The process that took it (see <see cref="Leases.ProcessOwner"/>); null while it waits.</summary>
    public string? TakenBy { get; set; }

    /// <summary>When what was asked had ended, UTC; null before.</summary>
    public DateTime? DoneAt { get; set; }

    /// <summary>The run that answers it; null while it goes on, and where another process held the job.</summary>
    public long? RunId { get; set; }
}

/// <summary>What can be asked of a job in another process. A pause is no request: it is a state (<see cref="JobState"/>) that holds also where no process runs.</summary>
public enum JobAction
{
    /// <summary>Run now.</summary>
    Run,

    /// <summary>Run now, to do again what failed.</summary>
    Retry,

    /// <summary>Stop the run that goes on.</summary>
    Cancel,
}
