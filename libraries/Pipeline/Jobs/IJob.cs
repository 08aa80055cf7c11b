namespace FhirAspire.Pipeline.Jobs;

/// <summary>A unit of work that is repeated. One instance serves all runs, and never two at a time.</summary>
public interface IJob
{
    /// <summary>The job's name; unique in a host.</summary>
    string Name { get; }

    /// <summary>Does the work that is due now.</summary>
    /// <exception cref="Exception">Any exception fails the attempt; <see cref="TransientFaults"/> decides whether another follows.</exception>
    Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken);
}
