using System.Globalization;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary>Writes what happens as lines, or as JSON lines with <c>--log-format json</c>.</summary>
internal sealed class ConsoleObserver(DbtOptions options, TextWriter output, TextWriter errors, IDbtObserver? next, TimeProvider time, Func<string> runId) : IDbtObserver
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> indexes = new(StringComparer.Ordinal);
    private int total;

    public void OnNodeStarted(DbtNodeStarted node)
    {
        lock (gate)
        {
            indexes[node.UniqueId] = node.Index;
            total = node.Total;
        }

        Line(DbtLogLevel.Info, $"{node.Index} of {node.Total} START {What(node.ResourceType)} {node.RelationName ?? node.Name}", "LogStartLine", "Q011",
            new DbtMap { ["description"] = $"{What(node.ResourceType)} {node.RelationName ?? node.Name}", ["index"] = (long)node.Index, ["total"] = (long)node.Total, ["node_info"] = NodeInfo(node.UniqueId, node.Name, node.ResourceType, "started", node.RelationName) });
        next?.OnNodeStarted(node);
    }

    public void OnNodeFinished(DbtNodeResult node)
    {
        int index;
        lock (gate)
        {
            index = indexes.TryGetValue(node.UniqueId, out var known) ? known : 0;
        }

        var place = index == 0 ? string.Empty : $"{index} of {total} ";
        var status = node.Status.ToString().ToUpperInvariant();
        var details = node.Status is DbtStatus.Fail or DbtStatus.Warn ? $" {node.Failures}" : node.RowsAffected is { } rows ? $" {rows} rows" : string.Empty;
        var level = node.Status is DbtStatus.Error or DbtStatus.Fail or DbtStatus.RolledBack ? DbtLogLevel.Error : node.Status is DbtStatus.Warn ? DbtLogLevel.Warn : DbtLogLevel.Info;
        Line(level, string.Create(CultureInfo.InvariantCulture, $"{place}{status}{details} {What(node.ResourceType)} {node.RelationName ?? node.Name} [{node.Seconds:0.00}s]"), Event(node.ResourceType).Name, Event(node.ResourceType).Code, Finished(node, index));
        next?.OnNodeFinished(node);
    }

    public void OnRunFinished(DbtResult result)
    {
        foreach (var node in result.Nodes.Where(node => node.Status is DbtStatus.Error or DbtStatus.Fail or DbtStatus.RuntimeError))
        {
            Line(DbtLogLevel.Error, node.Error?.ToConsoleText() ?? $"Failure in {node.ResourceType.ToString().ToLowerInvariant()} {node.Name}\n  {node.Message ?? $"Status: {RunResultsWriter.StatusName(node.Status)}"}", node.Status == DbtStatus.Fail ? "RunResultFailure" : "RunResultError", node.Status == DbtStatus.Fail ? "Z022" : "Z024", new DbtMap { ["msg"] = node.Message, ["node_info"] = NodeInfo(node.UniqueId, node.Name, node.ResourceType, RunResultsWriter.StatusName(node.Status), node.RelationName) });
        }

        // Where nodes are only read there is nothing to count, and what was asked for stands last.
        if (result.Nodes.Count > 0 && options.Command is not ("show" or "compile" or "docs generate"))
        {
            int Count(params DbtStatus[] statuses) => result.Nodes.Count(node => statuses.Contains(node.Status));
            var summary = string.Create(CultureInfo.InvariantCulture,
                $"Done. PASS={Count(DbtStatus.Success, DbtStatus.Pass)} WARN={Count(DbtStatus.Warn)} ERROR={Count(DbtStatus.Error, DbtStatus.Fail, DbtStatus.RuntimeError, DbtStatus.PartialSuccess)} SKIP={Count(DbtStatus.Skipped)} NO-OP={Count(DbtStatus.NoOp)} TOTAL={result.Nodes.Count} in {result.Seconds:0.00}s");
            Line(DbtLogLevel.Info, Count(DbtStatus.RolledBack) is > 0 and var rolledBack ? $"{summary} ROLLED BACK={rolledBack}" : summary, "StatsLine", "Z023", new DbtMap
            {
                ["exit_code"] = (long)result.ExitCode,
                ["stats"] = new DbtMap
                {
                    ["pass"] = (long)Count(DbtStatus.Success, DbtStatus.Pass), ["warn"] = (long)Count(DbtStatus.Warn), ["error"] = (long)Count(DbtStatus.Error, DbtStatus.Fail, DbtStatus.RuntimeError, DbtStatus.PartialSuccess),
                    ["skip"] = (long)Count(DbtStatus.Skipped), ["noop"] = (long)Count(DbtStatus.NoOp), ["total"] = (long)result.Nodes.Count,
                },
            });
        }

        next?.OnRunFinished(result);
    }

    public void OnLog(DbtLogLevel level, string message)
    {
        var (name, code) = level switch
        {
            DbtLogLevel.User => ("JinjaLogInfo", "I062"),
            DbtLogLevel.Print => ("PrintEvent", "Z052"),
            DbtLogLevel.Error => ("MainEncounteredError", "Z002"),
            // A warning begins with its name in brackets.
            DbtLogLevel.Warn when message.StartsWith("[WARNING][", StringComparison.Ordinal) && message.IndexOf(']', 10) is > 0 and var end => (message[10..end], string.Empty),
            _ => ("Note", "Z050"),
        };
        Line(level, message, name, code, new DbtMap { ["msg"] = message });
        next?.OnLog(level, message);
    }

    // dbt's names and codes of events, so that tools that read its log read this one.
    private static (string Name, string Code) Event(DbtResourceType type) => type switch
    {
        DbtResourceType.Test or DbtResourceType.UnitTest => ("LogTestResult", "Q007"),
        DbtResourceType.Seed => ("LogSeedResult", "Q016"),
        DbtResourceType.Snapshot => ("LogSnapshotResult", "Q015"),
        DbtResourceType.Operation => ("LogHookEndLine", "Q033"),
        DbtResourceType.Source => ("LogFreshnessResult", "Q018"),
        DbtResourceType.Model => ("LogModelResult", "Q012"),
        _ => ("LogNodeResult", "Q008"),
    };

    private DbtMap Finished(DbtNodeResult node, int index)
    {
        var status = RunResultsWriter.StatusName(node.Status);
        var info = NodeInfo(node.UniqueId, node.Name, node.ResourceType, status, node.RelationName);
        info["node_started_at"] = ManifestWriter.Time(node.StartedAt);
        info["node_finished_at"] = ManifestWriter.Time(node.FinishedAt);
        return new DbtMap
        {
            ["description"] = $"{What(node.ResourceType)} {node.RelationName ?? node.Name}", ["execution_time"] = node.Seconds, ["index"] = (long)index, ["total"] = (long)total, ["status"] = status, ["num_failures"] = node.Failures,
            ["rows_affected"] = node.RowsAffected, ["node_info"] = info,
        };
    }

    private static DbtMap NodeInfo(string id, string name, DbtResourceType type, string status, string? relation) =>
        new() { ["unique_id"] = id, ["node_name"] = name, ["resource_type"] = Parse.ResourceTypes.Name(type), ["node_status"] = status, ["relation_name"] = relation };

    private void Line(DbtLogLevel level, string message, string name, string code, DbtMap data)
    {
        if (!IsShown(level))
        {
            return;
        }

        var writer = level == DbtLogLevel.Error ? errors : output;
        string line;
        if (options.LogFormat == "json")
        {
            line = JsonValues.Write(new DbtMap
            {
                ["data"] = data,
                ["info"] = new DbtMap { ["level"] = level switch { DbtLogLevel.Debug => "debug", DbtLogLevel.Warn => "warn", DbtLogLevel.Error => "error", _ => "info" }, ["msg"] = message, ["name"] = name, ["code"] = code, ["category"] = string.Empty, ["extra"] = new DbtMap(), ["invocation_id"] = runId(), ["pid"] = (long)Environment.ProcessId, ["thread"] = Thread.CurrentThread.Name ?? "MainThread", ["ts"] = ManifestWriter.Time(time.GetUtcNow()) },
            });
        }
        else if (level == DbtLogLevel.Print)
        {
            line = message;
        }
        else
        {
            line = $"{time.GetUtcNow():HH:mm:ss}  {message}";
        }

        lock (gate)
        {
            writer.WriteLine(line);
        }
    }

    private bool IsShown(DbtLogLevel level)
    {
        if (level == DbtLogLevel.Print)
        {
            return true;
        }

        if (options.Quiet || options.Command == "list")
        {
            return level == DbtLogLevel.Error || (options.Command == "list" && level == DbtLogLevel.Warn && !options.Quiet);
        }

        return options.LogLevel switch
        {
            "debug" => true,
            "warn" => level is DbtLogLevel.Warn or DbtLogLevel.Error,
            "error" => level == DbtLogLevel.Error,
            "none" => false,
            _ => level != DbtLogLevel.Debug,
        };
    }

    private static string What(DbtResourceType type) => type switch
    {
        DbtResourceType.UnitTest => "unit test",
        DbtResourceType.Operation => "hook",
        _ => type.ToString().ToLowerInvariant(),
    };
}
