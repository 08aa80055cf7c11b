using FhirAspire.Dbt;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.DbtRunner;

/// <summary>Hears the nodes of a run: counts them for the history, and tells how far it is.</summary>
internal sealed class DbtNodeCollector(long runId, IProgress<JobProgress> progress, ILogger logger) : IDbtObserver
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, NodeRun> nodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> counts = new(StringComparer.Ordinal);
    private int total;

    /// <summary>The nodes, each as it ended last: what was built and then rolled back with its group is heard of twice.</summary>
    public IReadOnlyCollection<NodeRun> Nodes => nodes.Values;

    public Dictionary<string, long> Counts => counts;

    public void OnNodeStarted(DbtNodeStarted node) => total = node.Total;

    public void OnNodeFinished(DbtNodeResult node)
    {
        lock (gate)
        {
            var isAgain = nodes.ContainsKey(node.UniqueId);
            nodes[node.UniqueId] = new NodeRun
            {
                RunId = runId, UniqueId = node.UniqueId, Kind = node.ResourceType.ToString().ToLowerInvariant(), Status = node.Status.ToString().ToLowerInvariant(),
                StartedAt = node.StartedAt.UtcDateTime, Seconds = node.Seconds, Rows = node.RowsAffected, Failures = node.Failures, Message = node.Message,
            };
            if (isAgain)
            {
                return;
            }

            var layer = DbtLayers.Of(node);
            Count(DbtLayers.MillisecondsOf(layer), (long)(node.Seconds * 1000));
            if (node.ResourceType is DbtResourceType.Test or DbtResourceType.UnitTest)
            {
                Count(DbtLayers.TestPrefix + node.Status.ToString().ToLowerInvariant(), 1);
            }
            else
            {
                Count("nodes", 1);
                Count(DbtLayers.RowsOf(layer), Math.Max(0, node.RowsAffected ?? 0));
            }

            progress.Report(new JobProgress(nodes.Count, total, "models and tests"));
        }

        if (node.Status is DbtStatus.Error or DbtStatus.Fail or DbtStatus.RuntimeError)
        {
            DbtRunnerLog.NodeFailed(logger, node.UniqueId, node.Error?.ToConsoleText() ?? node.Message);
        }
    }

    /// <summary>Adds the rows and times of an earlier pass, whose nodes run again in this one.</summary>
    public void AddPass(DbtNodeCollector pass)
    {
        foreach (var layer in DbtLayers.All)
        {
            Count(DbtLayers.MillisecondsOf(layer), pass.Counts.GetValueOrDefault(DbtLayers.MillisecondsOf(layer)));
            Count(DbtLayers.RowsOf(layer), pass.Counts.GetValueOrDefault(DbtLayers.RowsOf(layer)));
        }
    }

    private void Count(string name, long value) => counts[name] = counts.GetValueOrDefault(name) + value;
}
