using FhirAspire.Pipeline.Hosting;

namespace FhirAspire.Loader.Retaining;

/// <summary>Applies retention once a day, first some minutes after the start.</summary>
internal sealed class RetentionService(Retention retention, TimeProvider time, ILogger<RetentionService> logger) : RepeatedService(TimeSpan.FromMinutes(10), TimeSpan.FromDays(1), time)
{
    protected override async Task OnceAsync(CancellationToken stoppingToken)
    {
        try
        {
            await retention.ApplyAsync(stoppingToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            LoaderLog.NotRemoved(logger, exception);
        }
    }
}
