using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>Compares what a command said: its error, warnings, logged and printed lines, lists and previews.</summary>
internal static partial class OutputComparison
{
    private static readonly string[] Own = ["dbt", "dbt_duckdb"];

    public static void Compare(JsonElement expected, StepOutput output, StepKind step, List<string> differences)
    {
        CompareError(expected, output, step, differences);
        CompareWarnings(expected, output, step, differences);
        CompareLines("log", Texts(expected, "log"), output.Of(DbtLogLevel.User), step.IsSerial, differences);
        var printed = output.Of(DbtLogLevel.Print);
        var list = output.Result?.List ?? [];
        CompareLines("list", [.. Texts(expected, "list").Select(Listed)], [.. list.Select(Listed)], isOrdered: false, differences);
        var isShown = step.Command.Contains(" show", StringComparison.Ordinal) || step.Command.Contains(" compile", StringComparison.Ordinal);
        // With --quiet the text stands alone.
        var isQuiet = step.Command.Contains("--quiet", StringComparison.Ordinal) || step.Command.Contains(" -q", StringComparison.Ordinal);
        var shown = isShown ? printed.Where(line => isQuiet || ShownStart().IsMatch(line)).ToList() : [];
        CompareLines("show", [.. Texts(expected, "show").Select(Shown)], [.. shown.Select(Shown)], isOrdered: false, differences);
        CompareLines("print", Texts(expected, "print"), [.. printed.Except(shown, StringComparer.Ordinal).Except(list, StringComparer.Ordinal)], step.IsSerial, differences);
    }

    private static void CompareError(JsonElement expected, StepOutput output, StepKind step, List<string> differences)
    {
        var error = output.Result?.Error;
        if (!expected.TryGetProperty("error", out var wanted))
        {
            if (error is not null)
            {
                differences.Add($"ended with an error that dbt has not: {error.ToConsoleText()}");
            }

            return;
        }

        var kind = wanted.GetProperty("kind").GetString();
        // A command line that is refused never becomes a run.
        var ownKind = error?.KindName ?? (output.ExitCode == 2 && output.Result is null ? "Usage" : "no error");
        if ((kind ?? string.Empty) != ownKind)
        {
            differences.Add($"the kind of error is {ownKind}, dbt's is {kind}: {error?.ToConsoleText() ?? output.ErrorText}");
        }

        // A good message says at least as much: every name that dbt quotes, every file.
        var text = error?.ToConsoleText() ?? output.ErrorText;
        var message = wanted.GetProperty("message").GetString()!;
        if (kind is not "Usage" && !step.StopsAtAnyOf(expected))
        {
            differences.AddRange(Named().Matches(message).Select(match => match.Value.Trim('\'', '"', '`')).Where(name => !name.Contains('<', StringComparison.Ordinal) && !text.Contains(name, StringComparison.Ordinal)).Distinct(StringComparer.Ordinal)
                .Select(name => $"the error does not name {name}: {text}"));
        }
    }

    private static void CompareWarnings(JsonElement expected, StepOutput output, StepKind step, List<string> differences)
    {
        string Line(string name, string message) => $"{name}: {message}";
        var wanted = expected.TryGetProperty("warnings", out var warnings) ? warnings.EnumerateArray().Select(warning => Line(warning.GetProperty("name").GetString()!, warning.GetProperty("msg").GetString()!)).ToList() : [];
        var own = output.Warnings.Select(warning => Line(warning.Name, warning.Message)).ToList();
        bool IsCompared(string line) => !line.Split(':')[0].EndsWith("Deprecation", StringComparison.Ordinal);
        if (step.IsParsedAnew)
        {
            CompareLines("warning", [.. wanted.Where(IsCompared)], [.. own.Where(IsCompared)], isOrdered: false, differences);
        }
        else
        {
            differences.AddRange(wanted.Where(IsCompared).Except(own, StringComparer.Ordinal).Select(line => $"no warning {line}; ours are {string.Join(" / ", own)}"));
        }
    }

    private static void CompareLines(string what, IReadOnlyList<string> wanted, IReadOnlyList<string> own, bool isOrdered, List<string> differences)
    {
        if (!isOrdered)
        {
            wanted = [.. wanted.Order(StringComparer.Ordinal)];
            own = [.. own.Order(StringComparer.Ordinal)];
        }

        if (!wanted.SequenceEqual(own, StringComparer.Ordinal))
        {
            var missing = wanted.Except(own, StringComparer.Ordinal).FirstOrDefault();
            var extra = own.Except(wanted, StringComparer.Ordinal).FirstOrDefault();
            differences.Add($"{what}: {own.Count} lines, dbt has {wanted.Count}; only ours [{extra}]; only dbt's [{missing}]");
        }
    }

    private static IReadOnlyList<string> Texts(JsonElement result, string key) => result.TryGetProperty(key, out var list) ? [.. list.EnumerateArray().Select(line => line.ToString())] : [];

    // A line of ls: as it is, or parsed, with what has no order sorted.
    private static string Listed(string line)
    {
        if (!line.StartsWith('{') || JsonNode.Parse(line) is not JsonObject node)
        {
            return line;
        }

        if (node["depends_on"] is JsonObject depends)
        {
            foreach (var key in new[] { "nodes", "macros" })
            {
                if (depends[key] is JsonArray list)
                {
                    depends[key] = new JsonArray([.. list.Select(item => item!.ToString()).Where(id => !Array.Exists(Own, package => id.StartsWith($"macro.{package}.", StringComparison.Ordinal))).Order(StringComparer.Ordinal).Select(id => (JsonNode)id)]);
                }
            }
        }

        if (node["depends_on.nodes"] is JsonArray parents)
        {
            node["depends_on.nodes"] = new JsonArray([.. parents.Select(item => item!.ToString()).Order(StringComparer.Ordinal).Select(id => (JsonNode)id)]);
        }

        return ArtifactComparison.Sorted(node)!.ToJsonString();
    }

    // A preview: JSON parsed, or the cells of a table without their widths.
    private static string Shown(string text) => text.StartsWith('{') ? JsonNode.Parse(text)!.ToJsonString()
        : string.Join('\n', text.TrimEnd().Split('\n').Select(line => line.StartsWith('|') ? Dashes().Replace(Spaces().Replace(line, " "), "-").TrimEnd() : line));

    [GeneratedRegex(@"^(\{|Previewing (node|inline)|Compiled (node|inline))")]
    private static partial Regex ShownStart();

    [GeneratedRegex(@"'[A-Za-z_][\w.\-]*'|[\w/]+\.(sql|yml|csv)\b")]
    private static partial Regex Named();

    [GeneratedRegex(" +")]
    private static partial Regex Spaces();

    [GeneratedRegex("-{2,}")]
    private static partial Regex Dashes();
}
