using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Run;

/// <summary>Runs one node: compiles it, calls its materialization, judges the outcome.</summary>
internal sealed class NodeRunner(DbtSession session, NodeCompiler compiler)
{
    public DbtSession Session => session;

    /// <summary>Runs a node on a connection. A failure is a result, never an exception; cancellation is one.</summary>
    public DbtNodeResult Run(DbtNode node, Connection connection, string thread)
    {
        var clock = new NodeClock(session, thread);
        try
        {
            return node.ResourceType switch
            {
                DbtResourceType.Test => RunTest(node, connection, clock),
                DbtResourceType.UnitTest => new UnitTestRunner(session, compiler, this).Run(node, connection, clock),
                DbtResourceType.Exposure or DbtResourceType.SavedQuery => clock.Result(node, DbtStatus.NoOp, "NO-OP", failures: 0),
                DbtResourceType.Model when Microbatch.Is(node) => new Microbatch(session, this).Run(node, connection, clock),
                _ => RunModel(node, connection, clock),
            };
        }
        catch (DbtException exception)
        {
            connection.Rollback();
            return clock.Failed(node, exception);
        }
        catch (WarehouseException exception)
        {
            connection.Rollback();
            return clock.Failed(node, DatabaseErrors.Translate(session.Adapter, exception));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // A fault of the engine itself stops the node and nothing else.
            connection.Rollback();
            return clock.Failed(node, new DbtException("DBT9000", DbtErrorKind.Internal, $"{exception.GetType().Name}: {exception.Message}", exception) { Hint = "this is a fault of the engine" });
        }
    }

    /// <summary>Compiles alone.</summary>
    public DbtNodeResult CompileOnly(DbtNode node, Connection connection, string thread)
    {
        var clock = new NodeClock(session, thread);
        if (node.ResourceType is not (DbtResourceType.Seed or DbtResourceType.UnitTest))
        {
            compiler.Compile(node, connection);
        }

        clock.Compiled();
        return clock.Result(node, DbtStatus.Success, null);
    }

    public void Compile(DbtNode node, Connection connection, string? suffix = null) => compiler.Compile(node, connection, suffix);

    /// <summary>Calls a node's materialization.</summary>
    /// <returns>The result of its statement named <c>main</c>.</returns>
    public StatementResult Materialize(DbtNode node, Connection connection, string name, IReadOnlyDictionary<string, object?>? extra = null)
    {
        var macro = session.Macros.Materialization(name) ?? throw UnknownMaterialization(name);
        var scope = new NodeScope(session, ScopeMode.Run, node, node.PackageName) { Connection = connection, Extra = extra };
        object? returned;
        try
        {
            returned = session.Templates.Start(scope.Callable(macro), []);
        }
        catch (DbtException exception)
        {
            throw exception.With(subject: node.Subject, file: node.OriginalFilePath);
        }

        foreach (var relation in Relations(returned, macro))
        {
            session.Relations.Add(relation);
        }

        return scope.StatementResults.GetValueOrDefault("main") as StatementResult ?? (name == "clone" ? new StatementResult("No-op", new AgateTable([], [])) : throw Host.Compilation("main is not being called during running model", "DBT3201"));
    }

    private DbtNodeResult RunModel(DbtNode node, Connection connection, NodeClock clock)
    {
        if (node.ResourceType != DbtResourceType.Seed && session.Options.Command != "clone")
        {
            compiler.Compile(node, connection);
        }

        clock.Compiled();
        if (node.Language == "python" && session.Options.Command != "clone")
        {
            throw new DbtException("DBT2203", DbtErrorKind.Runtime, $"The Python model {node.Name} cannot be run by this engine") { File = node.OriginalFilePath, Subject = node.Subject, Found = "a model in Python", Expected = "a model in SQL", Hint = "set enabled: false for it, or leave it out with --exclude" };
        }

        if (node.IsEphemeral)
        {
            return clock.Result(node, DbtStatus.Success, null);
        }

        var main = Materialize(node, connection, session.Options.Command == "clone" ? "clone" : node.Materialized);
        return clock.Result(node, DbtStatus.Success, Message(main.Response), response: main.Response as AdapterResponse);
    }

    private DbtNodeResult RunTest(DbtNode node, Connection connection, NodeClock clock)
    {
        if (node.Test is { } test && node.DependsOnMacros.Count == 0)
        {
            throw new DbtException("DBT2113", DbtErrorKind.Compilation, $"'test_{test.Name}' is undefined. This can happen when calling a macro that does not exist. Check for typos and/or install package dependencies with \"dbt deps\".")
            {
                Subject = node.Subject, File = node.OriginalFilePath, Line = node.Line, Found = test.Name, Expected = "a generic test", Hint = Text.DidYouMean(test.Name, session.Macros.Names.Where(name => name.StartsWith("test_", StringComparison.Ordinal)).Select(name => name[5..])),
            };
        }

        compiler.Compile(node, connection);
        clock.Compiled();
        // --store-failures counts for every test that says nothing itself.
        var main = Materialize(node, connection, "test");
        return TestVerdict.Of(session, node, main.Table, clock, main.Response as AdapterResponse);
    }

    private static string? Message(object? response) => response switch
    {
        AdapterResponse adapter => adapter.Message,
        null => null,
        _ => Host.Text(response),
    };

    private static List<DbtRelation> Relations(object? returned, DbtMacro macro)
    {
        if (returned is JinjaDict dict && dict.TryGetValue("relations", out var list) && list is JinjaList or JinjaTuple)
        {
            return [.. Host.Items(dict["relations"]).OfType<DbtRelation>()];
        }

        var name = macro.Name["materialization_".Length..];
        throw new DbtException("DBT3202", DbtErrorKind.Compilation, returned is null or string
            ? $"The materialization (\"{name}\") did not explicitly return a list of relations to add to the cache."
            : $"Invalid return value from materialization, \"relations\" not found, got keys: {(returned is JinjaDict keys ? string.Join(", ", keys.Keys) : Host.Text(returned))}")
        {
            File = macro.OriginalFilePath, Line = macro.Line, Expected = "{{ return({'relations': [target_relation]}) }}",
        };
    }

    private DbtException UnknownMaterialization(string name)
    {
        var known = session.Macros.Names.Where(macro => macro.StartsWith("materialization_", StringComparison.Ordinal)).Select(macro => macro["materialization_".Length..macro.LastIndexOf('_')]).Distinct(StringComparer.Ordinal).ToList();
        return new DbtException("DBT3203", DbtErrorKind.Compilation, $"No materialization '{name}' was found for adapter {session.Adapter.Type}! (searched types 'default' and '{session.Adapter.Type}')")
        {
            Found = name, Expected = string.Join(", ", known.Order(StringComparer.Ordinal)), Hint = Text.DidYouMean(name, known),
        };
    }
}
