using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Pipeline.Alerts;

/// <summary>Tells a person of a run that has failed for good.</summary>
public interface IAlertSink
{
    /// <summary>Raises the alert. A failure of the sink must not reach the job; the caller logs it.</summary>
    Task RaiseAsync(Alert alert, CancellationToken cancellationToken);
}

/// <summary>A job's run that has failed for good.</summary>
public sealed record Alert(JobRun Run);
