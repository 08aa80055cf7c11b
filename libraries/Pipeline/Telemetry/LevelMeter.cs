using FhirAspire.Pipeline.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Telemetry;

/// <summary>Measures what waits and how old the data is, for the gauges and the dashboard: <see cref="PipelineMetrics.Levels"/>.</summary>
public sealed class LevelMeter(IEnumerable<LevelSource> sources, TimeProvider time, ILogger<LevelMeter> logger) : BackgroundService
{
    /// <summary>Time between two measurements.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    private readonly LevelSource[] sources = [.. sources];

    /// <summary>Measures now. What a source cannot tell is unknown.</summary>
    public async Task<PipelineLevels> MeasureAsync(CancellationToken cancellationToken)
    {
        var levels = new PipelineLevels { MeasuredAt = time.GetUtcNow().UtcDateTime };
        foreach (var source in sources)
        {
            try
            {
                levels = await source.Measure(levels, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                JobLog.NotMeasured(logger, exception, source.Name);
            }
        }

        PipelineMetrics.Levels = levels;
        return levels;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            for (var wait = First; ; wait = Interval)
            {
                await Task.Delay(wait, time, stoppingToken).ConfigureAwait(false);
                await MeasureAsync(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host ends.
        }
    }
}

/// <summary>Adds to the levels what one part knows.</summary>
/// <param name="Name">The part, for the log.</param>
/// <param name="Measure">Adds to what others have measured.</param>
public sealed record LevelSource(string Name, Func<PipelineLevels, CancellationToken, Task<PipelineLevels>> Measure);
