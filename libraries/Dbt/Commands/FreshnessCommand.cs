using System.Globalization;
using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Commands;

/// <summary><c>source freshness</c>: how old the newest row of each source is (https://docs.getdbt.com/reference/resource-properties/freshness).</summary>
internal static class FreshnessCommand
{
    public static async Task<DbtResult> RunAsync(DbtSession session, IDbtObserver observer, CancellationToken cancellation)
    {
        var started = session.Invocation.TimeProvider.GetTimestamp();
        var graph = DbtGraph.Build(session.Manifest);
        session.Selected = Selecting.Select(session, graph, node => node.ResourceType == DbtResourceType.Source && HasThreshold(node), Selecting.State(session));
        if (session.Options.WriteJson)
        {
            ManifestWriter.Write(session);
        }

        var results = new List<DbtNodeResult>();
        var entries = new List<object?>();
        var connection = new Connection(session, isGrouped: false, cancellation);
        await using (connection.ConfigureAwait(false))
        {
            foreach (var id in session.Selected.Order(StringComparer.Ordinal))
            {
                var node = session.Manifest.Sources[id];
                observer.OnNodeStarted(new DbtNodeStarted(id, node.Name, node.ResourceType, node.RelationName, results.Count + 1, session.Selected.Count));
                var (result, entry) = Check(session, node, connection);
                results.Add(result);
                if (result.Status != DbtStatus.RuntimeError)
                {
                    // dbt writes what it could measure; the error is in the log and in the exit code.
                    entries.Add(entry);
                }

                observer.OnNodeFinished(result);
            }
        }

        if (results.Count == 0)
        {
            session.Log.Warn("NothingToDo", "Nothing to do. Try checking your model configs and model specification args");
        }

        var path = session.Options.Output is { } output ? Path.GetFullPath(output, session.Root.Root) : Path.Combine(session.TargetFolder, "sources.json");
        JsonValues.WriteFile(path, new DbtMap
        {
            ["metadata"] = ManifestWriter.Metadata(session, "https://schemas.getdbt.com/dbt/sources/v3.json"),
            ["results"] = entries,
            ["elapsed_time"] = session.Invocation.TimeProvider.GetElapsedTime(started).TotalSeconds,
        });
        return new DbtResult { ExitCode = results.Exists(result => result.Status is DbtStatus.Error or DbtStatus.RuntimeError) ? 1 : 0, Nodes = results, InvocationId = session.InvocationId };
    }

    private static bool HasThreshold(DbtNode node) => node.Source!.Freshness is { } freshness && (Period(freshness, "warn_after") is not null || Period(freshness, "error_after") is not null);

    private static TimeSpan? Period(DbtMap freshness, string key)
    {
        if (freshness.GetMap(key) is not { } threshold || threshold.Get("count") is not { } count || threshold.GetString("period") is not { } period)
        {
            return null;
        }

        var number = double.Parse(Val.Str(count), CultureInfo.InvariantCulture);
        return period switch { "minute" => TimeSpan.FromMinutes(number), "hour" => TimeSpan.FromHours(number), "day" => TimeSpan.FromDays(number), _ => null };
    }

    private static (DbtNodeResult Result, DbtMap Entry) Check(DbtSession session, DbtNode node, Connection connection)
    {
        var clock = new NodeClock(session, "main");
        var source = node.Source!;
        try
        {
            var relation = References.Relation(session, node);
            var scope = new NodeScope(session, ScopeMode.Run, node, node.PackageName) { Connection = connection };
            var freshness = source.Freshness!;
            object? outcome;
            if (source.LoadedAtQuery is { } query)
            {
                var rendered = session.Templates.Render(query, node.OriginalFilePath, scope);
                outcome = session.Templates.Start(scope.Callable(session.Macros.Find("collect_freshness_custom_sql", node.PackageName)!), [relation, rendered]);
            }
            else if (source.LoadedAtField is { } field)
            {
                outcome = session.Templates.Start(scope.Callable(session.Macros.Find("collect_freshness", node.PackageName)!), [relation, field, freshness.GetString("filter")]);
            }
            else
            {
                throw new DbtException("DBT4201", DbtErrorKind.Runtime, $"Could not compute freshness for source {node.Name}: no 'loaded_at_field' provided and {session.Adapter.Type} adapter does not support metadata-based freshness checks.")
                {
                    File = node.OriginalFilePath, Line = node.Line, Expected = "loaded_at_field or loaded_at_query",
                };
            }

            var statement = outcome as StatementResult;
            var table = statement?.Table ?? throw Host.Runtime($"freshness of {node.Name} gave no result");
            var (loaded, now) = Times(table, session);
            var age = now - loaded;
            var status = Period(freshness, "error_after") is { } error && age > error ? DbtStatus.Error : Period(freshness, "warn_after") is { } warn && age > warn ? DbtStatus.Warn : DbtStatus.Pass;
            var result = clock.Result(node, status, null);
            return (result, new DbtMap
            {
                ["unique_id"] = node.UniqueId,
                ["max_loaded_at"] = Iso(loaded),
                ["snapshotted_at"] = Iso(now),
                ["max_loaded_at_time_ago_in_s"] = age.TotalSeconds,
                ["status"] = RunResultsWriter.StatusName(status),
                ["criteria"] = freshness,
                ["adapter_response"] = (statement.Response as AdapterResponse)?.ToMap() ?? [],
                ["timing"] = RunResultsWriter.Timing(result),
                ["thread_id"] = result.Thread,
                ["execution_time"] = result.Seconds,
            });
        }
        catch (DbtException exception)
        {
            connection.Rollback();
            var error = exception.With(subject: node.Subject, file: node.OriginalFilePath);
            var result = clock.Result(node, DbtStatus.RuntimeError, error.ToDbtText(), error: error);
            return (result, new DbtMap { ["unique_id"] = node.UniqueId, ["error"] = error.ToDbtText(), ["status"] = "runtime error" });
        }
    }

    // As Python writes a time with a zone: microseconds where there are any.
    private static string Iso(DateTimeOffset time) => Val.Str(time.ToUniversalTime()).Replace(' ', 'T');

    // Without a row dbt takes the year 1.
    private static (DateTimeOffset Loaded, DateTimeOffset Now) Times(AgateTable table, DbtSession session)
    {
        if (table.Data.Count != 1 || table.Names.Count != 2)
        {
            throw Host.Runtime($"Got an invalid result from \"collect_freshness\" macro: {table.Data.Count} rows");
        }

        static DateTimeOffset? Read(object? value) => JinjaValue.ToPlain(value) switch
        {
            DateTimeOffset time => time,
            DateTime time => new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), TimeSpan.Zero),
            DateOnly date => new DateTimeOffset(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero),
            string text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time,
            null => null,
            var other => throw Host.Runtime($"Expected a timestamp value when querying field of table but received value of type '{LibraryFunctions.TypeName(other)}' instead"),
        };
        return (Read(table.Data[0][0]) ?? new DateTimeOffset(1, 1, 1, 0, 0, 0, TimeSpan.Zero), Read(table.Data[0][1]) ?? session.Invocation.TimeProvider.GetUtcNow());
    }
}
