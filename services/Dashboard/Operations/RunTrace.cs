using FhirAspire.Dashboard.State;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.Operations;

/// <summary>The spans of a run, from what the history keeps: its wait, its attempts, the layers of a dbt run in them, and their longest nodes.</summary>
public static class RunTrace
{
    /// <summary>Nodes that a layer shows; its other ones are counted.</summary>
    public const int NodesOfLayer = 12;

    private static readonly string[] Layers = ["source", "seeds", "staging", "intermediate", "marts", "tests"];

    /// <summary>The spans, each behind the one that holds it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="nodes">Its dbt nodes.</param>
    /// <param name="now">The end of what still goes on, UTC.</param>
    public static IReadOnlyList<RunSpan> Of(JobRun run, IReadOnlyList<NodeRun> nodes, DateTime now)
    {
        ArgumentNullException.ThrowIfNull(run);
        ArgumentNullException.ThrowIfNull(nodes);
        var end = run.FinishedAt ?? Later(now, run.StartedAt);
        var spans = new List<RunSpan> { new(0, run.Job, run.QueuedAt < run.StartedAt ? run.QueuedAt : run.StartedAt, end, run.FinishedAt is null ? SpanState.Running : run.Status == RunStatus.Succeeded ? SpanState.Good : SpanState.Bad) };
        if (run.QueuedAt < run.StartedAt)
        {
            spans.Add(new RunSpan(1, "waits for its turn", run.QueuedAt, run.StartedAt, SpanState.Waiting));
        }

        var attempts = run.AttemptLog.OrderBy(attempt => attempt.Number).ToList();
        var from = DateTime.MinValue;
        for (var i = 0; i < attempts.Count; i++)
        {
            var attempt = attempts[i];
            // An attempt whose end is not known ended at the latest with the next one's start, or with the run.
            var next = i + 1 < attempts.Count ? attempts[i + 1].StartedAt : (DateTime?)null;
            var attemptEnd = attempt.FinishedAt ?? next ?? end;
            var state = attempt.Error is not null || (attempt.FinishedAt is null && (next is not null || (run.FinishedAt is not null && run.Status != RunStatus.Succeeded))) ? SpanState.Bad
                : attempt.FinishedAt is null && run.FinishedAt is null ? SpanState.Running : SpanState.Good;
            spans.Add(new RunSpan(1, $"attempt {attempt.Number}", attempt.StartedAt, attemptEnd, state, attempt.Error));
            spans.AddRange(OfNodes([.. nodes.Where(node => node.StartedAt >= from && (next is null || node.StartedAt < next))], 2));
            if (next is null)
            {
                spans.AddRange(OfPhases(run, attempt.StartedAt, attemptEnd));
            }

            from = next ?? from;
            if (next > attemptEnd)
            {
                spans.Add(new RunSpan(1, "waits for the next attempt", attemptEnd, next.Value, SpanState.Waiting));
            }
        }

        if (attempts.Count == 0)
        {
            spans.AddRange(OfNodes(nodes, 1));
        }

        return spans;
    }

    private static IEnumerable<RunSpan> OfNodes(IReadOnlyList<NodeRun> nodes, int depth)
    {
        foreach (var layer in nodes.GroupBy(LayerOf, StringComparer.Ordinal).OrderBy(group => Array.IndexOf(Layers, group.Key)))
        {
            var ran = layer.OrderByDescending(node => DbtNames.IsFailed(node.Status)).ThenByDescending(node => node.Seconds).ThenBy(node => node.UniqueId, StringComparer.Ordinal).ToList();
            var shown = ran.Take(NodesOfLayer).ToList();
            var failed = ran.Count(node => DbtNames.IsFailed(node.Status));
            var note = $"{ran.Count} nodes, {ran.Sum(node => node.Seconds).ToString("0.0", System.Globalization.CultureInfo.InvariantCulture)} s added up"
                + (failed > 0 ? $", {failed} failed" : "")
                + (ran.Count > shown.Count ? $"; the {shown.Count} longest are shown" : "");
            yield return new RunSpan(depth, layer.Key, ran.Min(node => node.StartedAt), ran.Max(End), failed > 0 ? SpanState.Bad : SpanState.Good, note);
            foreach (var node in shown.OrderBy(node => node.StartedAt).ThenBy(node => node.UniqueId, StringComparer.Ordinal))
            {
                yield return new RunSpan(depth + 1, DbtNames.NameOf(node.UniqueId), node.StartedAt, End(node), DbtNames.IsFailed(node.Status) ? SpanState.Bad : node.Status == "skipped" ? SpanState.Waiting : SpanState.Good, node.Status == "skipped" ? "skipped" : null);
            }
        }
    }

    // Added up over the batches of a load, and drawn one after the other. Where attempts before have counted too, they are longer than the last one: then they stand among the counts only.
    private static IEnumerable<RunSpan> OfPhases(JobRun run, DateTime start, DateTime until)
    {
        if (start.AddMilliseconds(RunPhases.OfLoad.Sum(phase => run.Counts.GetValueOrDefault(RunPhases.CountOf(phase)))) > until)
        {
            yield break;
        }

        foreach (var phase in RunPhases.OfLoad)
        {
            if (run.Counts.TryGetValue(RunPhases.CountOf(phase), out var milliseconds))
            {
                var end = start.AddMilliseconds(milliseconds);
                yield return new RunSpan(2, phase, start, end, SpanState.Good, PhaseNote(phase));
                start = end;
            }
        }
    }

    private static string PhaseNote(string phase) => phase switch
    {
        RunPhases.Listing => "what the bucket has, compared with what is loaded",
        RunPhases.Reading => "waiting for objects that are fetched and checked",
        RunPhases.Writing => "rows into the warehouse, while the next objects are read",
        _ => "all batches; parts are drawn one after the other, added up over them",
    };

    private static string LayerOf(NodeRun node) => node.Kind is "test" or "unit_test" or "unittest" ? "tests" : DbtNames.LayerOf(node.UniqueId);

    private static DateTime End(NodeRun node) => node.StartedAt.AddSeconds(Math.Max(0, node.Seconds));

    private static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;
}

/// <summary>A part of a run's time.</summary>
/// <param name="Depth">0 for the run, 1 for what it holds.</param>
/// <param name="Name">What it is.</param>
/// <param name="Start">When it began, UTC.</param>
/// <param name="End">When it ended, UTC.</param>
/// <param name="State">How it went.</param>
/// <param name="Note">More of it, or why it failed.</param>
public sealed record RunSpan(int Depth, string Name, DateTime Start, DateTime End, SpanState State, string? Note = null);

/// <summary>How a span went.</summary>
public enum SpanState
{
    /// <summary>Well.</summary>
    Good,

    /// <summary>It failed, or what it holds did.</summary>
    Bad,

    /// <summary>It goes on.</summary>
    Running,

    /// <summary>Nothing was done in it.</summary>
    Waiting,
}
