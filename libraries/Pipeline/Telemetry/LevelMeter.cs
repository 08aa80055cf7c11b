using FhirAspire.Pipeline.Hosting;
using FhirAspire.Pipeline.Jobs;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Telemetry;

/// <summary>Measures what waits and how old the data is, for the gauges and the dashboard: <see cref="PipelineMetrics.Levels"/>.</summary>
public sealed class LevelMeter(IEnumerable<LevelSource> sources, TimeProvider time, ILogger<LevelMeter> logger) : RepeatedService(First, Interval, time)
{
    /// <summary>Time between two measurements.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);

    private readonly LevelSource[] sources = [.. sources];

    /// <summary>Measures now. What a source cannot tell is unknown.</summary>
    public async Task<PipelineLevels> MeasureAsync(CancellationToken cancellationToken)
    {
        var levels = new PipelineLevels { MeasuredAt = Time.GetUtcNow().UtcDateTime };
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
    protected override Task OnceAsync(CancellationToken stoppingToken) => MeasureAsync(stoppingToken);
}

/// <summary>Adds to the levels what one part knows.</summary>
/// <param name="Name">The part, for the log.</param>
/// <param name="Measure">Adds to what others have measured.</param>
public sealed record LevelSource(string Name, Func<PipelineLevels, CancellationToken, Task<PipelineLevels>> Measure);
