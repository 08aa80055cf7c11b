using System.Globalization;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary>Writes what happens as lines, or as JSON lines with <c>--log-format json</c>.</summary>
internal sealed class ConsoleObserver(DbtOptions options, TextWriter output, TextWriter errors, IDbtObserver? next, TimeProvider time) : IDbtObserver
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

        Line(DbtLogLevel.Info, $"{node.Index} of {node.Total} START {What(node.ResourceType)} {node.RelationName ?? node.Name}", "NodeStart", new DbtMap { ["unique_id"] = node.UniqueId });
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
        Line(level, string.Create(CultureInfo.InvariantCulture, $"{place}{status}{details} {What(node.ResourceType)} {node.RelationName ?? node.Name} [{node.Seconds:0.00}s]"), "NodeFinished",
            new DbtMap { ["unique_id"] = node.UniqueId, ["status"] = RunResultsWriter.StatusName(node.Status), ["execution_time"] = node.Seconds, ["failures"] = node.Failures, ["rows_affected"] = node.RowsAffected });
        next?.OnNodeFinished(node);
    }

    public void OnRunFinished(DbtResult result)
    {
        foreach (var node in result.Nodes.Where(node => node.Status is DbtStatus.Error or DbtStatus.Fail or DbtStatus.RuntimeError))
        {
            Line(DbtLogLevel.Error, node.Error?.ToConsoleText() ?? $"Failure in {node.ResourceType.ToString().ToLowerInvariant()} {node.Name}\n  {node.Message}", "NodeError", new DbtMap { ["unique_id"] = node.UniqueId });
        }

        if (result.Nodes.Count > 0)
        {
            int Count(params DbtStatus[] statuses) => result.Nodes.Count(node => statuses.Contains(node.Status));
            var summary = string.Create(CultureInfo.InvariantCulture,
                $"Done. PASS={Count(DbtStatus.Success, DbtStatus.Pass)} WARN={Count(DbtStatus.Warn)} ERROR={Count(DbtStatus.Error, DbtStatus.Fail, DbtStatus.RuntimeError, DbtStatus.PartialSuccess)} SKIP={Count(DbtStatus.Skipped)} NO-OP={Count(DbtStatus.NoOp)} TOTAL={result.Nodes.Count} in {result.Seconds:0.00}s");
            Line(DbtLogLevel.Info, Count(DbtStatus.RolledBack) is > 0 and var rolledBack ? $"{summary} ROLLED BACK={rolledBack}" : summary, "RunFinished", new DbtMap { ["exit_code"] = (long)result.ExitCode });
        }

        next?.OnRunFinished(result);
    }

    public void OnLog(DbtLogLevel level, string message)
    {
        Line(level, message, level.ToString(), []);
        next?.OnLog(level, message);
    }

    private void Line(DbtLogLevel level, string message, string name, DbtMap data)
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
                ["info"] = new DbtMap { ["level"] = level switch { DbtLogLevel.Debug => "debug", DbtLogLevel.Warn => "warn", DbtLogLevel.Error => "error", _ => "info" }, ["msg"] = message, ["name"] = name, ["ts"] = ManifestWriter.Time(time.GetUtcNow()) },
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
