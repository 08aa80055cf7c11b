using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Commands;

/// <summary><c>show</c>, and <c>compile --inline</c>: compiles a query and shows it or its rows.</summary>
internal static class ShowCommand
{
    public static async Task<DbtResult> RunAsync(DbtSession session, IDbtObserver observer, CancellationToken cancellation)
    {
        var options = session.Options;
        var graph = DbtGraph.Build(session.Manifest);
        Deferral.Apply(session);
        List<DbtNode> nodes;
        if ((options.Inline ?? options.InlineDirect) is not null)
        {
            nodes = [Inline(session, (options.Inline ?? options.InlineDirect)!)];
        }
        else
        {
            if (options.Select is null or { Count: 0 } && options.Selector is null)
            {
                throw new DbtException("DBT0011", DbtErrorKind.Runtime, "Either --select or --inline must be passed to show") { Expected = "--select NODE or --inline SQL" };
            }

            var types = Selecting.Types(options, DbtResourceType.Model, DbtResourceType.Test, DbtResourceType.Snapshot, DbtResourceType.Analysis, DbtResourceType.Seed, DbtResourceType.UnitTest);
            session.Selected = Selecting.Select(session, graph, types, Selecting.State(session));
            nodes = [.. graph.Subset(session.Selected).TopologicalOrder().Select(id => session.Manifest.Find(id)!)];
            if (nodes.Count == 0)
            {
                session.Log.Warn("NoNodesSelected", "No nodes selected!");
                session.Log.Warn("NothingToDo", "Nothing to do. Try checking your model configs and model specification args");
            }
        }

        var results = new List<DbtNodeResult>();
        var connection = new Connection(session, isGrouped: false, cancellation);
        await using (connection.ConfigureAwait(false))
        {
            if (nodes.Exists(node => node.ResourceType == DbtResourceType.Seed) && session.Options.PopulateCache)
            {
                Preparation.FillCache(session, connection);
            }

            // A unit test comes with the model that was asked for, and has no rows of its own.
            foreach (var node in nodes.Where(node => node.ResourceType != DbtResourceType.UnitTest))
            {
                results.Add(Show(session, node, connection));
            }
        }

        if (options.WriteJson)
        {
            RunResultsWriter.Write(session, results, results.Sum(result => result.Seconds));
            ManifestWriter.Write(session);
        }

        _ = observer;
        return new DbtResult { ExitCode = 0, Nodes = results, InvocationId = session.InvocationId };
    }

    /// <summary>Whether dbt prints a node for a selection: where its name is part of the first criterion.</summary>
    public static bool IsNamed(string criterion, string name) => criterion.Contains(name, StringComparison.Ordinal);

    public static void PrintCompiled(DbtSession session, DbtNode node, bool isInline)
    {
        var code = node.CompiledCode ?? string.Empty;
        if (session.Options.Output == "json")
        {
            var map = isInline ? new DbtMap { ["compiled"] = code } : new DbtMap { ["node"] = node.Name, ["compiled"] = code };
            session.Log.Print(JsonValues.WriteIndented(map));
        }
        else
        {
            session.Log.Print(session.Options.Quiet ? code : isInline ? $"Compiled inline node is:\n{code}" : $"Compiled node '{node.Name}' is:\n{code}");
        }
    }

    private static DbtNode Inline(DbtSession session, string sql)
    {
        var factory = new NodeFactory(session);
        var node = factory.Create(DbtResourceType.SqlOperation, session.Root.Name, "inline_query", "sql/inline_query", "from remote system.sql", [session.Root.Name, "sql", "inline_query"], sql);
        if (session.Options.InlineDirect is not null && session.Options.Inline is null)
        {
            node.RawCode = $"{{% raw %}}{sql}{{% endraw %}}";
        }

        factory.Parse(node);
        try
        {
            foreach (var reference in node.Refs)
            {
                node.DependsOnNodes.Add((session.Manifest.Lookup.Node(reference, session.Root.Name, session.Root.Name) ?? throw ReferenceResolver.MissingNode(session.Manifest, node, reference, session.Root.Name)).UniqueId);
            }

            foreach (var (source, table) in node.Sources)
            {
                node.DependsOnNodes.Add((session.Manifest.Lookup.Source(source, table, session.Root.Name, session.Root.Name) ?? throw ReferenceResolver.MissingSource(session.Manifest, node, source, table)).UniqueId);
            }
        }
        catch (DbtException exception)
        {
            throw new DbtException(exception.Code, DbtErrorKind.Plain, "Error parsing inline query", exception) { Found = exception.Found, Expected = exception.Message, Hint = exception.Hint };
        }

        return node;
    }

    private static DbtNodeResult Show(DbtSession session, DbtNode node, Connection connection)
    {
        var clock = new NodeClock(session, "main");
        try
        {
            if (node.ResourceType == DbtResourceType.Seed)
            {
                // As with dbt a seed is loaded, and the rows of its file are shown.
                var loaded = new NodeRunner(session, new NodeCompiler(session)).Run(node, connection, "main");
                if (loaded.Error is not null)
                {
                    throw loaded.Error;
                }

                Print(session, node, SeedObject.Typed(new NodeScope(session, ScopeMode.Run, node, node.PackageName) { Connection = connection }));
                return loaded;
            }

            new NodeCompiler(session).Compile(node, connection);
            clock.Compiled();
            if (session.Options.Command == "compile")
            {
                PrintCompiled(session, node, isInline: true);
                return clock.Result(node, DbtStatus.Success, null);
            }

            var limit = session.Options.Limit is { } given && given >= 0 ? given : (int?)null;
            var scope2 = new NodeScope(session, ScopeMode.Run, node, node.PackageName) { Connection = connection };
            var sql = Host.Text(session.Templates.Start(scope2.Callable(session.Macros.Find("get_show_sql", session.Root.Name)!), [node.CompiledCode, Host.ToTemplate(node.Config.Get("sql_header")), limit is { } rows ? (long)rows : null]));
            node.CompiledCode = sql;
            var (response, table) = connection.Execute(sql, autoBegin: false, fetch: true);
            Print(session, node, table);
            return clock.Result(node, DbtStatus.Success, null, response: response);
        }
        catch (DbtException exception)
        {
            var error = exception.With(subject: node.Subject, file: node.OriginalFilePath);
            throw new DbtException(error.Code, DbtErrorKind.Runtime, error.ToDbtText(), error) { File = error.File, Line = error.Line, Column = error.Column, Found = error.Found, Expected = error.Expected, Hint = error.Hint };
        }
    }

    private static void Print(DbtSession session, DbtNode node, AgateTable table)
    {
        var isInline = node.ResourceType == DbtResourceType.SqlOperation;
        if (!isInline && session.Options.Select is [var first, ..] && !IsNamed(first, node.Name))
        {
            return;
        }

        var name = node.Version is null ? node.Name : $"{node.Name}.v{Val.Str(node.Version)}";
        if (session.Options.Output == "json")
        {
            session.Log.Print(TablePrinter.Json(name, table.Names, table.Data, isInline));
        }
        else
        {
            var text = TablePrinter.Text(table.Names, table.Data);
            session.Log.Print(session.Options.Quiet ? text : $"{(isInline ? "Previewing inline node:" : $"Previewing node '{name}':")}\n{text}");
        }
    }
}
