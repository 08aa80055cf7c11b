using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Storage;

/// <summary>Takes a sample now and then.</summary>
public sealed class StorageSampler(StorageMeter meter, StorageHistory history, IOptions<DashboardOptions> options, TimeProvider time, ILogger<StorageSampler> logger) : BackgroundService
{
    // The host has more urgent things to do at its start.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var wait = First; ; wait = options.Value.StorageEvery)
            {
                await Task.Delay(wait < options.Value.StorageEvery ? wait : options.Value.StorageEvery, time, stoppingToken);
                try
                {
                    history.Add(await meter.MeasureAsync(stoppingToken));
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    DashboardLog.NotSampled(logger, exception);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }
}
