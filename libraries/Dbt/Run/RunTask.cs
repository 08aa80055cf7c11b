using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Parse;

namespace FhirAspire.Dbt.Run;

/// <summary>Which outcomes of a node keep its descendants from running.</summary>
internal enum SkipRule
{
    /// <summary>Errors alone: <c>run</c>, <c>test</c>, <c>seed</c>.</summary>
    Errors,

    /// <summary>Errors and failed tests: <c>build</c>.</summary>
    ErrorsAndFailures,
}

/// <summary>Runs selected nodes in graph order on several threads.</summary>
internal sealed class RunTask(DbtSession session, IDbtObserver observer, NodeRunner runner, DbtGraph graph, SkipRule rule, CancellationToken cancellation)
{
    private readonly Lock gate = new();
    private readonly List<DbtNodeResult> results = [];
    private readonly Dictionary<string, string> skippedBy = new(StringComparer.Ordinal);
    private AtomicGroups groups = AtomicGroups.None;
    private bool isStopping;
    private int started;

    public IReadOnlyList<DbtNodeResult> Results => results;

    /// <summary>What is done with each node; by default it is run.</summary>
    public Func<DbtNode, Connection, string, DbtNodeResult>? Work { get; init; }

    /// <summary>Whether nothing begins any more after the first error: <c>compile</c>, <c>show</c>.</summary>
    public bool StopsAtFirstError { get; init; }

    /// <summary>Runs the nodes; the graph holds no others.</summary>
    public async Task RunAsync(AtomicGroups? atomicGroups = null)
    {
        groups = atomicGroups ?? AtomicGroups.None;
        var threads = Math.Max(1, session.Options.Threads ?? session.Profile.Threads);
        var queue = new RunQueue(graph, groups.Sets);
        var total = queue.Remaining;
        using var signal = new SemaphoreSlim(0);
        var busy = 0;
        var workers = new List<Task>();
        while (true)
        {
            string? next = null;
            lock (gate)
            {
                if (queue.Remaining == 0 && busy == 0)
                {
                    break;
                }

                if (busy < threads && queue.TryTake(out var id))
                {
                    next = id;
                    busy++;
                }
            }

            if (next is null)
            {
                await signal.WaitAsync(CancellationToken.None).ConfigureAwait(false);
                continue;
            }

            var slot = $"Thread-{workers.Count(worker => !worker.IsCompleted) + 1} (worker)";
            workers.RemoveAll(worker => worker.IsCompleted);
            workers.Add(Task.Factory.StartNew(
                () =>
                {
                    try
                    {
                        Process(next, slot, total);
                    }
                    finally
                    {
                        lock (gate)
                        {
                            queue.Done(next);
                            busy--;
                        }

                        signal.Release();
                    }
                },
                CancellationToken.None,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default));
        }

        await Task.WhenAll(workers).ConfigureAwait(false);
        await groups.FinishAsync(session, results, observer).ConfigureAwait(false);
    }

    public void Add(DbtNodeResult result)
    {
        lock (gate)
        {
            results.Add(result);
        }
    }

    private void Process(string id, string slot, int total)
    {
        var node = session.Manifest.Find(id);
        if (node is null)
        {
            return;
        }

        string? blocker;
        int index;
        bool stop;
        lock (gate)
        {
            skippedBy.TryGetValue(id, out blocker);
            stop = isStopping || cancellation.IsCancellationRequested;
            index = ++started;
        }

        if (blocker is not null || stop || groups.IsBroken(id))
        {
            Skip(node, blocker, blocker is null ? "main" : slot);
            return;
        }

        observer.OnNodeStarted(new DbtNodeStarted(node.UniqueId, node.Name, node.ResourceType, node.RelationName, index, total));
        DbtNodeResult result;
        try
        {
            result = groups.TryEnter(id, out var shared) ? RunShared(node, shared, slot) : RunAlone(node, slot);
        }
        catch (OperationCanceledException)
        {
            var clock = new NodeClock(session, slot);
            result = clock.Result(node, DbtStatus.Skipped, "cancelled");
        }
        catch (Exception exception)
        {
            // Whatever goes wrong in a worker is the node's own error; it must not vanish with the worker's task.
            var error = exception as DbtException ?? new DbtException("DBT9001", DbtErrorKind.Internal, $"{exception.GetType().Name}: {exception.Message}", exception) { Hint = "this is a fault of the engine: please report it with the project" };
            result = new NodeClock(session, slot).Failed(node, error);
        }

        if (node.IsEphemeral && result.Status == DbtStatus.Success && (Work is null || session.Options.Select is not { Count: > 0 }))
        {
            // Ephemeral models are part of what uses them; dbt does not list them, except those that were asked for by a selection of compile.
            return;
        }

        Finish(node, result);
    }

    private DbtNodeResult RunAlone(DbtNode node, string slot)
    {
        var connection = new Connection(session, isGrouped: false, cancellation);
        try
        {
            var result = Do(node, connection, slot);
            result.DatabaseSeconds = connection.DatabaseSeconds;
            return result;
        }
        finally
        {
            connection.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private DbtNodeResult RunShared(DbtNode node, AtomicGroup group, string slot)
    {
        lock (group)
        {
            var connection = group.Connection(session, cancellation);
            var before = connection.DatabaseSeconds;
            var result = Do(node, connection, slot);
            result.DatabaseSeconds = connection.DatabaseSeconds - before;
            group.Note(result);
            return result;
        }
    }

    private DbtNodeResult Do(DbtNode node, Connection connection, string slot) => Work is null ? runner.Run(node, connection, slot) : Work(node, connection, slot);

    private void Skip(DbtNode node, string? blocker, string thread)
    {
        if (node.IsEphemeral)
        {
            // In a build what reads it is told of the ephemeral model, whatever went wrong above it.
            var isBuild = rule == SkipRule.ErrorsAndFailures;
            MarkChildren(node.UniqueId, isBuild ? node.UniqueId : blocker ?? node.UniqueId, isNearer: isBuild);
            return;
        }

        var clock = new NodeClock(session, thread);
        var isFailFast = isStopping && !cancellation.IsCancellationRequested && session.Options.FailFast;
        var reason = isFailFast ? "Skipping due to fail_fast"
            : blocker is not null && session.Manifest.Find(blocker) is { IsEphemeral: true } ? $"Compilation Error in {node.UniqueId}, caused by compilation error in referenced ephemeral model {blocker}"
            : blocker is not null ? $"Skipping because of {blocker}" : null;
        Finish(node, clock.Result(node, DbtStatus.Skipped, reason), blocker);
    }

    private void Finish(DbtNode node, DbtNodeResult result, string? blocker = null)
    {
        lock (gate)
        {
            results.Add(result);
            var isFailure = result.Status is DbtStatus.Error or DbtStatus.Fail or DbtStatus.PartialSuccess;
            if (isFailure && (session.Options.FailFast || StopsAtFirstError))
            {
                isStopping = true;
            }
        }

        var blocks = result.Status is DbtStatus.Error or DbtStatus.Skipped or DbtStatus.PartialSuccess || (rule == SkipRule.ErrorsAndFailures && result.Status == DbtStatus.Fail);
        if (blocks && !(result.Status == DbtStatus.PartialSuccess && rule == SkipRule.Errors))
        {
            MarkChildren(node.UniqueId, blocker is null || (rule == SkipRule.ErrorsAndFailures && session.Manifest.Find(blocker) is { IsEphemeral: true }) ? node.UniqueId : blocker);
        }

        observer.OnNodeFinished(result);
    }

    private void MarkChildren(string id, string blocker, bool isNearer = false)
    {
        lock (gate)
        {
            foreach (var child in graph.ChildrenOf(id))
            {
                if (isNearer)
                {
                    skippedBy[child] = blocker;
                }
                else
                {
                    skippedBy.TryAdd(child, blocker);
                }
            }
        }
    }
}
