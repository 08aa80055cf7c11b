using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary><c>docs generate</c>: writes the manifest and the catalog.</summary>
internal static class DocsCommand
{
    public static async Task<DbtResult> RunAsync(DbtSession session, IDbtObserver observer, CancellationToken cancellation)
    {
        var started = session.Invocation.TimeProvider.GetTimestamp();
        var graph = DbtGraph.Build(session.Manifest);
        var types = Selecting.Types(session.Options, DbtResourceType.Model, DbtResourceType.Test, DbtResourceType.Snapshot, DbtResourceType.Analysis, DbtResourceType.Seed, DbtResourceType.Operation);
        Deferral.Apply(session);
        session.Selected = Selecting.Select(session, graph, types, Selecting.State(session));
        var results = new List<DbtNodeResult>();
        if (session.Options.Compile)
        {
            var runner = new NodeRunner(session, new NodeCompiler(session));
            var task = new RunTask(session, observer, runner, graph.Subset(session.Selected), SkipRule.Errors, cancellation) { Work = runner.CompileOnly, StopsAtFirstError = true };
            var compileConnection = new Connection(session, isGrouped: false, cancellation);
            await using (compileConnection.ConfigureAwait(false))
            {
                Preparation.FillCache(session, compileConnection);
            }

            await task.RunAsync().ConfigureAwait(false);
            results.AddRange(task.Results);
            NodeCommand.ThrowFirst(results);
            RunResultsWriter.Write(session, results, session.Invocation.TimeProvider.GetElapsedTime(started).TotalSeconds);
        }

        var rows = new AgateTable([], []);
        if (!session.Options.EmptyCatalog)
        {
            var connection = new Connection(session, isGrouped: false, cancellation);
            await using (connection.ConfigureAwait(false))
            {
                rows = CatalogRows(session, connection);
            }
        }

        var wanted = session.Options.Compile ? session.Selected.Concat(Selecting.Select(session, graph, node => node.ResourceType == DbtResourceType.Source, Selecting.State(session))).ToHashSet(StringComparer.Ordinal) : null;
        CatalogWriter.Write(session, rows, node => wanted?.Contains(node.UniqueId) != false);
        if (session.Options.Compile)
        {
            ManifestWriter.Write(session);
        }

        return new DbtResult { ExitCode = 0, Nodes = results, InvocationId = session.InvocationId };
    }

    private static AgateTable CatalogRows(DbtSession session, Connection connection)
    {
        var nodes = session.Manifest.Nodes.Values.Where(node => node.ResourceType is DbtResourceType.Model or DbtResourceType.Seed or DbtResourceType.Snapshot or DbtResourceType.Test && !node.IsEphemeral).Concat(session.Manifest.Sources.Values).ToList();
        var names = new List<string>();
        var data = new List<object?[]>();
        foreach (var database in nodes.GroupBy(node => node.Database ?? session.Profile.Database, StringComparer.OrdinalIgnoreCase))
        {
            var scope = new NodeScope(session, ScopeMode.Run, null, session.Root.Name) { Connection = connection };
            var macro = session.Macros.Find("get_catalog", session.Root.Name)!;
            var information = new DbtRelation(new DbtRelationParts(database.Key, null, null) { InformationSchemaView = string.Empty });
            var schemas = new FhirAspire.Jinja.JinjaList(database.Select(node => (object?)node.Schema).Distinct());
            if (session.Templates.Start(scope.Callable(macro), [information, schemas]) is AgateTable table)
            {
                names = [.. table.Names];
                data.AddRange(table.Data);
            }
        }

        return new AgateTable(names, data);
    }
}
