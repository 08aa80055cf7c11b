using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Run;

namespace FhirAspire.Dbt.Commands;

/// <summary><c>run</c>, <c>test</c>, <c>build</c>, <c>seed</c>, <c>snapshot</c>, <c>compile</c>, <c>clone</c>: select nodes, run them, write the results.</summary>
internal static class NodeCommand
{
    public static async Task<DbtResult> RunAsync(DbtSession session, IDbtObserver observer, CancellationToken cancellation)
    {
        var command = session.Options.Command;
        var started = session.Invocation.TimeProvider.GetTimestamp();
        var graph = DbtGraph.Build(session.Manifest);
        var state = Selecting.State(session);
        Deferral.Apply(session);
        session.Selected = Selecting.Select(session, graph, Types(session.Options), state);
        if (session.Options.WriteJson)
        {
            ManifestWriter.Write(session);
        }

        if (session.Selected.Count == 0)
        {
            session.Log.Warn("NoNodesSelected", "No nodes selected!");
            session.Log.Warn("NothingToDo", "Nothing to do. Try checking your model configs and model specification args");
            Write(session, [], started);
            return new DbtResult { ExitCode = 0, InvocationId = session.InvocationId };
        }

        var run = graph;
        if (command == "build")
        {
            run = DbtGraph.Build(session.Manifest);
            UnitTestEdges(session, run);
            run.AddTestEdges(session.Manifest);
        }

        var compiler = new NodeCompiler(session);
        var runner = new NodeRunner(session, compiler);
        var task = new RunTask(session, observer, runner, run.Subset(session.Selected), command == "build" ? SkipRule.ErrorsAndFailures : SkipRule.Errors, cancellation)
        {
            Work = command == "compile" ? runner.CompileOnly : null,
            StopsAtFirstError = command == "compile",
        };
        var results = new List<DbtNodeResult>();
        try
        {
            if (command == "compile")
            {
                await CompileAsync(session, task, cancellation).ConfigureAwait(false);
                results.AddRange(task.Results);
            }
            else
            {
                results.AddRange(await ExecuteAsync(session, observer, task, compiler, graph, cancellation).ConfigureAwait(false));
            }
        }
        finally
        {
            if (results.Count == 0)
            {
                results.AddRange(task.Results);
            }

            // dbt leaves the results of the run before where a node can't be compiled.
            if (command != "compile" || !results.Exists(result => result.Status == DbtStatus.Error))
            {
                Write(session, results, started);
            }
        }

        if (session.Options.Show)
        {
            await ShowSeedsAsync(session, results, cancellation).ConfigureAwait(false);
        }

        if (results.Count > 0)
        {
            session.Log.Debug($"The engine's own share: {results.Sum(result => result.Seconds - result.DatabaseSeconds) * 1000 / results.Count:0.00} ms a node, the database's: {results.Sum(result => result.DatabaseSeconds) * 1000 / results.Count:0.00} ms");
        }

        if (command == "compile")
        {
            ThrowFirst(results);
        }

        if (command == "compile" && session.Options.Select is [var first, ..])
        {
            foreach (var result in results.Where(result => ShowCommand.IsNamed(first, result.Name)))
            {
                ShowCommand.PrintCompiled(session, session.Manifest.Find(result.UniqueId)!, isInline: false);
            }
        }

        return new DbtResult { ExitCode = ExitCode(results, cancellation), Nodes = results, InvocationId = session.InvocationId };
    }

    /// <summary>Where nodes are only compiled, one that can't be is an error of the command.</summary>
    /// <exception cref="DbtException">A node failed.</exception>
    public static void ThrowFirst(List<DbtNodeResult> results)
    {
        if (results.Find(result => result.Status == DbtStatus.Error) is { Error: { } error })
        {
            throw new DbtException(error.Code, DbtErrorKind.Runtime, error.ToDbtText(), error) { File = error.File, Line = error.Line, Column = error.Column, Found = error.Found, Expected = error.Expected, Hint = error.Hint };
        }
    }

    private static Func<DbtNode, bool> Types(DbtOptions options)
    {
        var types = options.Command switch
        {
            "run" => Selecting.Types(options, DbtResourceType.Model),
            "test" => Selecting.Types(options, DbtResourceType.Test, DbtResourceType.UnitTest),
            "seed" => Selecting.Types(options, DbtResourceType.Seed),
            "snapshot" => Selecting.Types(options, DbtResourceType.Snapshot),
            "clone" => Selecting.Types(options, DbtResourceType.Model, DbtResourceType.Seed, DbtResourceType.Snapshot),
            "compile" => Selecting.Types(options, DbtResourceType.Model, DbtResourceType.Test, DbtResourceType.Snapshot, DbtResourceType.Analysis, DbtResourceType.Seed, DbtResourceType.Operation),
            _ => Selecting.Types(options, DbtResourceType.Model, DbtResourceType.Seed, DbtResourceType.Snapshot, DbtResourceType.Test, DbtResourceType.UnitTest, DbtResourceType.Exposure, DbtResourceType.SavedQuery),
        };
        return types;
    }

    private static async Task CompileAsync(DbtSession session, RunTask task, CancellationToken cancellation)
    {
        if (session.Options.Introspect && session.Options.PopulateCache)
        {
            var connection = new Connection(session, isGrouped: false, cancellation);
            await using (connection.ConfigureAwait(false))
            {
                Preparation.FillCache(session, connection);
            }
        }

        await task.RunAsync().ConfigureAwait(false);
    }

    private static async Task<List<DbtNodeResult>> ExecuteAsync(DbtSession session, IDbtObserver observer, RunTask task, NodeCompiler compiler, DbtGraph graph, CancellationToken cancellation)
    {
        var connection = new Connection(session, isGrouped: false, cancellation);
        await using (connection.ConfigureAwait(false))
        {
            Preparation.CreateSchemas(session, connection);
            Preparation.FillCache(session, connection);
        }

        var results = new List<DbtNodeResult>();
        var hooks = new Hooks(session, observer, cancellation);
        var hasHooks = session.Options.Command is not "clone";
        var isGood = true;
        if (hasHooks)
        {
            (var startResults, isGood) = await hooks.RunAsync("on-run-start", new Dictionary<string, object?>(StringComparer.Ordinal)).ConfigureAwait(false);
            results.AddRange(startResults);
        }

        // A project may ask with a flag that nothing runs after a failed hook; without it dbt goes on.
        if (isGood || session.Options.Flag("skip_nodes_if_on_run_start_fails") != true)
        {
            await task.RunAsync(Preparation.Groups(session, graph)).ConfigureAwait(false);
            results.AddRange(task.Results);
        }
        else
        {
            foreach (var id in session.Selected.Order(StringComparer.Ordinal))
            {
                if (session.Manifest.Find(id) is { } node && !node.IsEphemeral)
                {
                    var skipped = new NodeClock(session, "main").Result(node, DbtStatus.Skipped, "Skipping due to on-run-start failure");
                    results.Add(skipped);
                    observer.OnNodeFinished(skipped);
                }
            }
        }

        if (hasHooks && !cancellation.IsCancellationRequested)
        {
            var schemas = results.Where(result => result.Status is not (DbtStatus.Error or DbtStatus.Fail or DbtStatus.Skipped)).Select(result => session.Manifest.Find(result.UniqueId))
                .OfType<DbtNode>().Where(node => node.IsRelational && !node.IsEphemeral).Select(node => (node.Database, node.Schema)).Distinct().ToList();
            var (endResults, _) = await hooks.RunAsync("on-run-end", Hooks.EndVariables(session, results, schemas)).ConfigureAwait(false);
            results.AddRange(endResults);
        }

        return results;
    }

    // A model waits for its unit tests, and they wait for what the model reads.
    private static void UnitTestEdges(DbtSession session, DbtGraph graph)
    {
        foreach (var test in session.Manifest.UnitTests.Values.Where(test => session.Selected.Contains(test.UniqueId)))
        {
            var model = test.UnitTest!.TestedNodeUniqueId!;
            if (!session.Selected.Contains(model))
            {
                continue;
            }

            foreach (var parent in graph.ParentsOf(model).Where(parent => !parent.StartsWith("unit_test.", StringComparison.Ordinal)).ToList())
            {
                graph.AddEdge(parent, test.UniqueId);
            }

            graph.RemoveEdge(model, test.UniqueId);
            graph.AddEdge(test.UniqueId, model);
        }
    }

    private static void Write(DbtSession session, List<DbtNodeResult> results, long started)
    {
        if (session.Options.WriteJson)
        {
            RunResultsWriter.Write(session, results, session.Invocation.TimeProvider.GetElapsedTime(started).TotalSeconds);
            ManifestWriter.Write(session);
        }
    }

    private static int ExitCode(List<DbtNodeResult> results, CancellationToken cancellation) =>
        cancellation.IsCancellationRequested ? 130 : results.Exists(result => result.Status is DbtStatus.Error or DbtStatus.Fail or DbtStatus.PartialSuccess or DbtStatus.RuntimeError) ? 1 : 0;

    // dbt takes rows by chance; here they are the first of the file.
    private static async Task ShowSeedsAsync(DbtSession session, List<DbtNodeResult> results, CancellationToken cancellation)
    {
        const int most = 10;
        var connection = new Connection(session, isGrouped: false, cancellation);
        await using (connection.ConfigureAwait(false))
        {
            foreach (var result in results.Where(result => result.ResourceType == DbtResourceType.Seed && result.Status == DbtStatus.Success))
            {
                var node = session.Manifest.Nodes[result.UniqueId];
                var table = SeedObject.Typed(new NodeScope(session, ScopeMode.Run, node, node.PackageName) { Connection = connection });
                session.Log.Info($"Random sample of table: {node.Schema}.{node.Alias}");
                session.Log.Print(TablePrinter.Text(table.Names, [.. table.Data.Take(most)]) + (table.Data.Count > most ? "\n..." : string.Empty));
            }
        }
    }
}
