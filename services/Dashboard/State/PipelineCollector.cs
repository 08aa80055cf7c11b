using FhirAspire.Dashboard.Marts;
using FhirAspire.Fhir.Spool;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.State;

/// <summary>The one reader of the pipeline's state: at most one snapshot a second, however many pages are open.</summary>
public sealed class PipelineCollector(
    IRunStore store, PipelineState state, MartsLibrary marts, JobControl control, IServiceProvider services,
    IOptions<DashboardOptions> options, TimeProvider time, ILogger<PipelineCollector> logger) : BackgroundService
{
    // The scheduler may still make the store's tables.
    private static readonly TimeSpan StartUp = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SpoolInterval = TimeSpan.FromSeconds(5);

    private readonly RunWindow window = new(store, time);
    private Backlog? spool;
    private DateTime spoolAt;
    private long? quarantined;
    private DateTime? quarantinedAt;
    private long quarantineOfRun = -1;
    private IReadOnlyDictionary<string, LayerResult> layers = new Dictionary<string, LayerResult>();
    private long layersOfRun = -1;
    private List<(DateTime At, long Rows, long Run)> martRows = [];
    private long version;
    private string? trouble;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var startedAt = time.GetUtcNow().UtcDateTime;
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        do
        {
            try
            {
                // Where jobs live here, their scheduler prepares the store; two at a time would wait for each other.
                if (version == 0 && control.Live().Count == 0)
                {
                    await store.PrepareAsync(stoppingToken);
                }

                await CollectAsync(startedAt, stoppingToken);
                trouble = null;
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                if (time.GetUtcNow().UtcDateTime - startedAt < StartUp)
                {
                    continue;
                }

                if (trouble is null)
                {
                    DashboardLog.CollectorFailed(logger, exception);
                }

                // The last good picture stays, and says that it is old.
                trouble = $"The pipeline's state could not be read ({exception.GetType().Name}); what you see is old. The log has the reason.";
                state.Publish(state.Current with { Version = ++version, Trouble = trouble });
            }
        }
        while (await NextAsync(timer, stoppingToken));
    }

    private static async Task<bool> NextAsync(PeriodicTimer timer, CancellationToken cancellationToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task CollectAsync(DateTime startedAt, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var isChanged = await window.RefreshAsync(cancellationToken);
        ScanSpool(now);
        await ReadQuarantineAsync(cancellationToken);
        await ReadLayersAsync(cancellationToken);
        if (marts.IsConnected && (isChanged || marts.Current is null) && await store.QueryAsync(new RunFilter { Job = JobNames.Dbt, Status = RunStatus.Succeeded, Limit = 1 }, cancellationToken) is [var newest])
        {
            await marts.FollowAsync(newest.Id, newest.FinishedAt ?? newest.StartedAt, cancellationToken);
        }

        var current = marts.Current;
        if (current is not null && (martRows.Count == 0 || martRows[^1].Run != current.RunId))
        {
            martRows = [.. martRows.Where(sample => sample.At > now - TimeSpan.FromHours(2)), (now, current.Rows, current.RunId)];
        }

        state.Publish(SnapshotBuilder.Build(new SnapshotInput
        {
            Now = now,
            HostStartedAt = startedAt,
            Runs = window,
            Live = control.Live(),
            PausedElsewhere = await control.PausedElsewhereAsync(cancellationToken),
            Spool = spool,
            Quarantined = quarantined,
            QuarantinedAt = quarantinedAt,
            MartRows = current?.Rows,
            MartRowsBefore = [.. martRows.Select(sample => (sample.At, sample.Rows))],
            MartsRun = current?.RunId,
            Layers = layers,
            LateAfter = options.Value.LateAfter,
        }, ++version, state.Current), isChanged || state.Runs.Count == 0 ? [.. window.Runs.Reverse()] : null);
    }

    private void ScanSpool(DateTime now)
    {
        if (services.GetService<SpoolDirectory>() is not { } directory || now - spoolAt < SpoolInterval)
        {
            return;
        }

        spoolAt = now;
        // New folders are the last ones, so the scan goes from the end and stops where everything has been uploaded for a while.
        var items = 0L;
        DateTime? oldest = null;
        var uploadedInRow = 0;
        foreach (var folder in directory.Folders().Reverse())
        {
            if (folder.IsUploaded)
            {
                if (++uploadedInRow > 500)
                {
                    break;
                }

                continue;
            }

            uploadedInRow = 0;
            items++;
            oldest = folder.CreatedAt.UtcDateTime;
        }

        spool = new Backlog(items, oldest);
    }

    private async Task ReadQuarantineAsync(CancellationToken cancellationToken)
    {
        // Only a load changes it.
        var run = window.Of(JobNames.Loader).LastOrDefault(run => run.FinishedAt is not null)?.Id ?? 0;
        if (run == quarantineOfRun || services.GetService<IWarehouse>() is not { } warehouse || run == 0)
        {
            return;
        }

        await using var session = await warehouse.OpenAsync(cancellationToken);
        var result = await session.QueryAsync("select count(*), max(occurred_at) from raw.load_errors where resolved_at is null", null, cancellationToken);
        quarantined = Convert.ToInt64(result.Rows[0][0]);
        quarantinedAt = result.Rows[0][1] as DateTime?;
        quarantineOfRun = run;
    }

    private async Task ReadLayersAsync(CancellationToken cancellationToken)
    {
        var run = window.Of(JobNames.Dbt).LastOrDefault(run => run.FinishedAt is not null && (run.DidWork || run.Status == RunStatus.Failed));
        if (run is null || run.Id == layersOfRun)
        {
            return;
        }

        var nodes = await store.NodesAsync(run.Id, cancellationToken);
        layers = nodes.Where(node => node.Kind is "model" or "seed" or "snapshot")
            .GroupBy(node => DbtNames.LayerOf(node.UniqueId), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => new LayerResult(
                group.Count(), group.Count(node => DbtNames.IsFailed(node.Status)), group.Sum(node => Math.Max(0, node.Rows ?? 0)), group.Sum(node => node.Seconds)), StringComparer.Ordinal);
        layersOfRun = run.Id;
    }
}
