using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Run;

/// <summary>Runs the hooks of <c>on-run-start</c> and <c>on-run-end</c>: packages first, the root project last, each in its order.</summary>
internal sealed class Hooks(DbtSession session, IDbtObserver observer, CancellationToken cancellation)
{
    /// <summary>Runs the hooks of a kind; after one that fails the others are skipped.</summary>
    /// <returns>Their results, and whether all went well.</returns>
    public async Task<(List<DbtNodeResult> Results, bool IsGood)> RunAsync(string kind, IReadOnlyDictionary<string, object?> extra)
    {
        var hooks = session.Manifest.Nodes.Values
            .Where(node => node.ResourceType == DbtResourceType.Operation && node.Tags.Contains(kind, StringComparer.Ordinal))
            .OrderBy(node => node.PackageName == session.Root.Name ? 1 : 0).ThenBy(node => node.PackageName, StringComparer.Ordinal).ThenBy(node => Order(node))
            .ToList();
        var results = new List<DbtNodeResult>();
        var isGood = true;
        // As with dbt they share a connection.
        var connection = new Connection(session, isGrouped: false, cancellation);
        await using var closed = connection.ConfigureAwait(false);
        for (var i = 0; i < hooks.Count; i++)
        {
            var hook = hooks[i];
            hook.Index = i + 1;
            var clock = new NodeClock(session, "main");
            var name = $"{hook.PackageName}.{kind}.{i}";
            if (!isGood || cancellation.IsCancellationRequested)
            {
                results.Add(clock.Result(hook, DbtStatus.Skipped, $"{name} skipped", failures: 1));
                observer.OnNodeFinished(results[^1]);
                continue;
            }

            observer.OnNodeStarted(new DbtNodeStarted(hook.UniqueId, hook.Name, hook.ResourceType, null, i + 1, hooks.Count));
            var sql = Compile(hook, connection, clock, extra);
            try
            {
                if (sql.Trim().Length > 0)
                {
                    connection.Execute(sql, autoBegin: false, fetch: false);
                    connection.Commit();
                }

                results.Add(clock.Result(hook, DbtStatus.Success, $"{name} passed", failures: 0));
            }
            catch (DbtException exception)
            {
                connection.Rollback();
                var error = exception.With(subject: hook.Subject, file: "dbt_project.yml");
                results.Add(clock.Result(hook, DbtStatus.Error, $"{name} failed, error:\n {exception.Message}", failures: 1, error: error));
                isGood = false;
            }

            observer.OnNodeFinished(results[^1]);
        }

        return (results, isGood);
    }

    // A hook that cannot be compiled ends the command, as with dbt.
    private string Compile(DbtNode hook, Connection connection, NodeClock clock, IReadOnlyDictionary<string, object?> extra)
    {
        var scope = new NodeScope(session, ScopeMode.Run, hook, hook.PackageName) { Connection = connection, Extra = extra };
        try
        {
            hook.CompiledCode = session.Templates.Render(hook.RawCode, hook.OriginalFilePath, scope);
        }
        catch (DbtException exception)
        {
            throw exception.With(subject: hook.Subject, file: "dbt_project.yml");
        }

        hook.IsCompiled = true;
        hook.ExtraCtesInjected = true;
        CompiledFiles.WriteCompiled(session, hook);
        clock.Compiled();
        return hook.CompiledCode;
    }

    private static int Order(DbtNode node) => int.TryParse(node.Name[(node.Name.LastIndexOf('-') + 1)..], out var index) ? index : 0;

    /// <summary>The variables of hooks that run at the end.</summary>
    public static Dictionary<string, object?> EndVariables(DbtSession session, IReadOnlyList<DbtNodeResult> results, IReadOnlyCollection<(string? Database, string? Schema)> schemas) => new(StringComparer.Ordinal)
    {
        // As with dbt: what ran in the main thread, such as hooks, is not among them unless it failed.
        ["results"] = new JinjaList(results.Where(result => result.Thread != "main" || result.Status == DbtStatus.Error).Select(result => (object?)new ResultObject(session, result))),
        ["schemas"] = new JinjaList(schemas.Select(schema => (object?)schema.Schema).Distinct()),
        ["database_schemas"] = new JinjaList(schemas.Distinct().Select(schema => (object?)new JinjaTuple(schema.Database, schema.Schema))),
    };
}

/// <summary>A node's result for hooks at the end.</summary>
internal sealed class ResultObject(DbtSession session, DbtNodeResult result) : JinjaObject
{
    public override string TypeName => "RunResult";

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        switch (name)
        {
            case "status":
                value = Artifacts.RunResultsWriter.StatusName(result.Status);
                return true;
            case "node":
                value = session.Manifest.Find(result.UniqueId) is { } node ? new NodeObject(node) : null;
                return true;
            case "unique_id":
                value = result.UniqueId;
                return true;
            case "message":
                value = result.Message;
                return true;
            case "failures":
                value = result.Failures;
                return true;
            case "execution_time":
                value = result.Seconds;
                return true;
            case "thread_id":
                value = result.Thread;
                return true;
            case "adapter_response":
                value = Host.ToTemplate(result.AdapterResponse);
                return true;
            case "timing":
                value = new JinjaList(Timings());
                return true;
            case "agate_table" or "batch_results":
                value = name == "agate_table" ? null : Host.ToTemplate(result.BatchResults);
                return true;
            case "to_dict":
                value = Host.Function(name, _ => ToDict());
                return true;
            case "error" or "fail" or "skipped":
                value = name switch { "error" => result.Status == DbtStatus.Error ? result.Message : null, "fail" => result.Status == DbtStatus.Fail, _ => result.Status == DbtStatus.Skipped };
                return true;
            default:
                value = null;
                return false;
        }
    }

    private object? ToDict()
    {
        var map = Artifacts.RunResultsWriter.Result(result);
        map["node"] = session.Manifest.Find(result.UniqueId) is { } node ? Artifacts.NodeWriter.Write(node) : null;
        return Host.ToTemplate(map);
    }

    private IEnumerable<object?> Timings() => result.Status == DbtStatus.Skipped
        ? []
        : [new TimingObject("compile", result.StartedAt, result.CompiledAt), new TimingObject("execute", result.CompiledAt, result.FinishedAt)];
}

/// <summary>When a phase of a node began and ended.</summary>
internal sealed class TimingObject(string phase, DateTimeOffset start, DateTimeOffset end) : JinjaObject
{
    public override string TypeName => "TimingInfo";

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "name" => phase,
            "started_at" => JinjaDateTime.From(start.UtcDateTime, (TimeSpan?)null),
            "completed_at" => JinjaDateTime.From(end.UtcDateTime, (TimeSpan?)null),
            "to_dict" => Host.Function(name, _ => new JinjaDict { ["name"] = phase, ["started_at"] = Artifacts.ManifestWriter.Time(start), ["completed_at"] = Artifacts.ManifestWriter.Time(end) }),
            _ => null,
        };
        return value is not null;
    }
}
