namespace FhirAspire.Loader.Retaining;

/// <summary>Applies retention once a day, first some minutes after the start.</summary>
internal sealed class RetentionService(Retention retention, TimeProvider time, ILogger<RetentionService> logger) : BackgroundService
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var wait = First; ; wait = TimeSpan.FromDays(1))
            {
                await Task.Delay(wait, time, stoppingToken);
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
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }
}
