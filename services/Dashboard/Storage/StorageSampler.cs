using FhirAspire.Pipeline.Hosting;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Storage;

/// <summary>Takes a sample now and then.</summary>
public sealed class StorageSampler(StorageMeter meter, StorageHistory history, IOptions<DashboardOptions> options, TimeProvider time, ILogger<StorageSampler> logger)
    : RepeatedService(options.Value.StorageEvery < First ? options.Value.StorageEvery : First, options.Value.StorageEvery, time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    protected override async Task OnceAsync(CancellationToken stoppingToken)
    {
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
