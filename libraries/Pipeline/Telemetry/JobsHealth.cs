using FhirAspire.Pipeline.Operations;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace FhirAspire.Pipeline.Telemetry;

/// <summary>Whether people should look: open alerts make a host degraded, which is no reason to start it anew.</summary>
internal sealed class JobsHealth(OperationsStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var open = await store.AlertsAsync(20, openOnly: true, cancellationToken).ConfigureAwait(false);
            return open.Count == 0
                ? HealthCheckResult.Healthy("no alert is open")
                : HealthCheckResult.Degraded(string.Join("; ", open.Select(alert => $"{alert.Title} since {alert.Since:u}")));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // That the history can't be read is told by its own check.
            return HealthCheckResult.Degraded($"alerts can't be read: {exception.GetType().Name}");
        }
    }
}
