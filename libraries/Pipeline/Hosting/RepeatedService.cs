using Microsoft.Extensions.Hosting;

namespace FhirAspire.Pipeline.Hosting;

/// <summary>Does something now and then for as long as the host runs: beside the jobs, which are scheduled, recorded and held by leases.</summary>
/// <param name="first">Time from the start to the first time: a host has more urgent things to do.</param>
/// <param name="interval">Time between the end of one time and the next.</param>
/// <param name="time">The clock.</param>
public abstract class RepeatedService(TimeSpan first, TimeSpan interval, TimeProvider time) : BackgroundService
{
    /// <summary>The clock.</summary>
    protected TimeProvider Time { get; } = time;

    /// <summary>Does it once. What it throws ends the host, so a failure that may pass is caught here.</summary>
    protected abstract Task OnceAsync(CancellationToken stoppingToken);

    /// <inheritdoc/>
    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var wait = first; ; wait = interval)
            {
                await Task.Delay(wait, Time, stoppingToken).ConfigureAwait(false);
                await OnceAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }
}
