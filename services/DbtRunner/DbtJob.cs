using System.Globalization;
using FhirAspire.Dbt;
using FhirAspire.DbtRunner.Quality;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;
using FhirAspire.Warehouse.Raw;
using Microsoft.Extensions.Options;

namespace FhirAspire.DbtRunner;

/// <summary>
/// Builds the dbt project: staging, in several passes where much has piled up, intermediate, marts, each with its tests; then publishes the marts. The marts
/// and everything behind them run in one transaction, so that a failed run leaves them as they were.
/// </summary>
public sealed class DbtJob(IWarehouse warehouse, IRunStore store, MartsPublisher publisher, QualityChecker quality, PatientTraces patients, IOptions<DbtOptions> options, TimeProvider time, ILogger<DbtJob> logger) : IJob
{
    private readonly DbtOptions options = options.Value;
    private string? builtState;

    /// <inheritdoc/>
    public string Name => JobNames.Dbt;

    /// <inheritdoc/>
    public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
    {
        var state = await RawStateAsync(cancellationToken);
        if (state == builtState && context.Trigger == RunTrigger.Schedule)
        {
            return JobOutcome.Nothing with { Summary = "nothing new in the raw layer" };
        }

        var traces = await patients.WaitingAsync(cancellationToken);
        var outcome = await BuildAllAsync(context, cancellationToken);
        builtState = state;
        await patients.InMartsAsync(traces);
        await CheckQualityAsync(context.RunId, cancellationToken);
        return outcome;
    }

    private async Task<JobOutcome> BuildAllAsync(JobContext context, CancellationToken cancellationToken)
    {
        var passes = await StagePiledUpAsync(context, cancellationToken);
        var collector = new DbtNodeCollector(context.RunId, context.Progress, logger);
        await BuildAsync(Arguments(context), [DbtLayers.MartsSelection], collector, cancellationToken);
        await store.AddNodesAsync(collector.Nodes, CancellationToken.None);
        passes.ForEach(collector.AddPass);
        await using (var session = await warehouse.OpenAsync(cancellationToken))
        {
            await session.TryCheckpointAsync(cancellationToken);
        }

        var published = await publisher.PublishAsync(context.RunId, cancellationToken);
        var counts = collector.Counts;
        return new JobOutcome(counts, $"{counts.GetValueOrDefault("nodes")} models and seeds built, {counts.Where(count => count.Key.StartsWith(DbtLayers.TestPrefix, StringComparison.Ordinal)).Sum(count => count.Value)} tests, {published} marts published");
    }

    // Each pass moves the oldest files into staging and commits; a run that stops between two goes on behind the last.
    private async Task<List<DbtNodeCollector>> StagePiledUpAsync(JobContext context, CancellationToken cancellationToken)
    {
        var passes = new List<DbtNodeCollector>();
        var backlog = await StagingBacklog.CountAsync(warehouse, cancellationToken);
        while (backlog > options.MaxNewEntries)
        {
            DbtRunnerLog.Staging(logger, backlog, options.MaxNewEntries);
            var collector = new DbtNodeCollector(context.RunId, context.Progress, logger);
            await BuildAsync([.. Arguments(context), "--select", DbtLayers.StagingSelection, "--exclude-resource-type", "test", "unit_test"], [], collector, cancellationToken);
            passes.Add(collector);
            var left = await StagingBacklog.CountAsync(warehouse, cancellationToken);
            if (left >= backlog)
            {
                throw new DbtRunException($"staging has taken in none of {backlog} resources; expected it to take about {options.MaxNewEntries} of them", isTransient: false);
            }

            backlog = left;
        }

        return passes;
    }

    private async Task BuildAsync(string[] arguments, string[] atomicGroups, DbtNodeCollector collector, CancellationToken cancellationToken)
    {
        var invocation = DbtInvocation.Parse(arguments, DbtEnvironment.For(warehouse), warehouse, atomicGroups, time);
        var result = await DbtEngine.RunAsync(invocation, collector, cancellationToken);
        if (result.ExitCode != 0)
        {
            await store.AddNodesAsync(collector.Nodes, CancellationToken.None);
            cancellationToken.ThrowIfCancellationRequested();
            throw Failure(result, await TooLargeAsync(result, cancellationToken));
        }

        cancellationToken.ThrowIfCancellationRequested();
    }

    // The marts are there and published: what the checks meet themselves must not undo that.
    private async Task CheckQualityAsync(long runId, CancellationToken cancellationToken)
    {
        try
        {
            await quality.CheckAsync(runId, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            DbtRunnerLog.ChecksFailed(logger, exception, runId);
        }
    }

    /// <summary>Adds the rows that wait for a run, and the age of the marts.</summary>
    /// <param name="levels">What others have measured.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<PipelineLevels> MeasureAsync(PipelineLevels levels, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(levels);
        var last = (await store.QueryAsync(new RunFilter { Job = Name, Status = RunStatus.Succeeded, Limit = 1 }, cancellationToken)).FirstOrDefault();
        await using var session = await warehouse.OpenAsync(cancellationToken);
        await RawLayer.EnsureAsync(session, cancellationToken);
        var rows = (await session.QueryAsync(
            $"select cast(coalesce(sum(row_count), 0) as bigint) from raw.load_objects where loaded_at > {warehouse.Dialect.Parameter(1)}", [last?.StartedAt ?? DateTime.UnixEpoch], cancellationToken)).Scalar;
        return levels with { RowsForDbt = Convert.ToInt64(rows, CultureInfo.InvariantCulture), MartsAge = last is null ? null : time.GetUtcNow().UtcDateTime - last.StartedAt };
    }

    // Memory is short where a bundle is taken apart, which needs it whole: which one is it?
    private async Task<string> TooLargeAsync(DbtResult result, CancellationToken cancellationToken)
    {
        if (!result.Nodes.Any(node => node.UniqueId.EndsWith(".base_fhir_resources", StringComparison.Ordinal) && node.Error?.InnerException is WarehouseException { Code: "WH2003", IsTransient: false }))
        {
            return "";
        }

        try
        {
            await using var session = await warehouse.OpenAsync(cancellationToken);
            var files = (await session.QueryAsync(
                "select file_key, record_count from staging.base_fhir_files where batch_no = (select max(batch_no) from staging.base_fhir_files) order by record_count desc limit 1", null, cancellationToken)).Rows;
            return files.Count == 0 ? "" : $"; the largest of the files is {files[0][0]} with {files[0][1]} resources, and one bundle needs about ten times its size twice";
        }
        catch (WarehouseException)
        {
            return "";
        }
    }

    private static DbtRunException Failure(DbtResult result, string more)
    {
        if (result.Error is { } error)
        {
            return new DbtRunException(error.ToConsoleText(), error.IsTransient, error);
        }

        var failed = result.Nodes.Where(node => node.Status is DbtStatus.Error or DbtStatus.Fail or DbtStatus.RuntimeError or DbtStatus.PartialSuccess).ToList();
        var first = failed.FirstOrDefault();
        return new DbtRunException(
            $"{failed.Count} of {result.Nodes.Count} nodes failed{(first is null ? "" : $", the first: {first.UniqueId}: {first.Error?.ToConsoleText() ?? first.Message}")}{more}",
            failed.Count > 0 && failed.TrueForAll(node => node.Error?.IsTransient == true));
    }

    private string[] Arguments(JobContext context)
    {
        var threads = context.Threads(options.Threads);
        string[] arguments = ["build", "--project-dir", options.ProjectDir, "--profiles-dir", options.ProjectDir, "--target-path", options.TargetDir, "--vars", Vars()];
        return threads > 0 ? [.. arguments, "--threads", threads.ToString()] : arguments;
    }

    private string Vars() =>
        options.MaskingPolicy.Length == 0 ? $"max_new_entries: {options.MaxNewEntries}" : $"{{max_new_entries: {options.MaxNewEntries}, masking_policy: {options.MaskingPolicy}}}";

    // What has been loaded, in one cheap look: a run that would find the same again has nothing to do.
    private async Task<string> RawStateAsync(CancellationToken cancellationToken)
    {
        await using var session = await warehouse.OpenAsync(cancellationToken);
        await RawLayer.EnsureAsync(session, cancellationToken);
        var state = await session.QueryAsync("select count(*), max(loaded_at), sum(row_count) from raw.load_objects", null, cancellationToken);
        return string.Join('|', state.Rows[0]);
    }
}
