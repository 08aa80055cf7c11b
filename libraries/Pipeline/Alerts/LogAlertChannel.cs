using FhirAspire.Pipeline.Jobs;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Alerts;

/// <summary>Writes alerts to the log; always on.</summary>
internal sealed class LogAlertChannel(ILogger<LogAlertChannel> logger) : IAlertChannel
{
    public string Name => "log";

    public Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
    {
        if (notice.Kind == AlertKind.Recovered)
        {
            JobLog.AlertOver(logger, notice.Title, notice.Since);
        }
        else
        {
            JobLog.Alert(logger, notice.Title, notice.Error, notice.RunId, notice.Attempts, notice.Since);
        }

        return Task.CompletedTask;
    }
}
