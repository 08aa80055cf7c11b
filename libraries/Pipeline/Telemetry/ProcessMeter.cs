using FhirAspire.Pipeline.Hosting;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Leases;
using FhirAspire.Pipeline.Operations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Telemetry;

/// <summary>Tells the history once a minute what this process uses, so that the dashboard shows the processes of other services too.</summary>
public sealed class ProcessMeter(OperationsStore operations, SocketBytes sockets, IHostEnvironment environment, TimeProvider time, ILogger<ProcessMeter> logger)
    : RepeatedService(First, Interval, time)
{
    /// <summary>Time between two samples.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    /// <summary>How long a sample is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    private const string Product = "FhirAspire.";

    // The history's tables may still be made.
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);

    private bool isFailing;

    /// <summary>Takes a sample now.</summary>
    public ProcessSample Measure() => new()
    {
        Process = ProcessOwner.Current,
        Service = environment.ApplicationName.StartsWith(Product, StringComparison.Ordinal) ? environment.ApplicationName[Product.Length..] : environment.ApplicationName,
        At = Time.GetUtcNow().UtcDateTime,
        Use = ProcessUse.Now(sockets),
    };

    /// <inheritdoc/>
    protected override async Task OnceAsync(CancellationToken stoppingToken)
    {
        try
        {
            var sample = Measure();
            await operations.AddProcessSampleAsync(sample, sample.At - Kept, stoppingToken).ConfigureAwait(false);
            isFailing = false;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A history that is away for an hour is told of once.
            if (!isFailing)
            {
                JobLog.UseNotTold(logger, exception);
            }

            isFailing = true;
        }
    }
}
