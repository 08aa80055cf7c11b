using FhirAspire.Pipeline.Jobs;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Alerts;

/// <summary>Writes alerts to the log; always on.</summary>
internal sealed class LogAlertSink(ILogger<LogAlertSink> logger) : IAlertSink
{
    public Task RaiseAsync(Alert alert, CancellationToken cancellationToken)
    {
        var run = alert.Run;
        JobLog.Alert(logger, run.Job, run.Error, run.Id, run.Attempts, run.StartedAt);
        return Task.CompletedTask;
    }
}
