using System.Text.Json;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>Compares a step with everything that the pack captured of it; its README says what that is.</summary>
internal static class StepComparison
{
    public static async Task<List<string>> RunAsync(string expected, string workspace, StepOutput output, IReadOnlySet<string> masks, StepKind step)
    {
        var differences = new List<string>();
        var result = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(expected, "result.json"))).RootElement;
        if (output.ExitCode != result.GetProperty("exit_code").GetInt32())
        {
            differences.Add($"exit code {output.ExitCode}, dbt's is {result.GetProperty("exit_code")}: {output.ErrorText}");
        }

        if (result.TryGetProperty("nodes", out var nodes))
        {
            NodeComparison.Compare(nodes, workspace, step.IsFailFast, differences);
        }

        if (step.IsFailFast)
        {
            // Which nodes had begun depends on dbt's own order among free nodes.
            return differences;
        }

        OutputComparison.Compare(result, output, step, differences);
        ArtifactComparison.CompareSources(result, workspace, differences);
        ArtifactComparison.CompareManifest(Path.Combine(expected, "manifest.json"), workspace, differences);
        ArtifactComparison.CompareCatalog(Path.Combine(expected, "catalog.json"), workspace, differences);
        if (!step.StopsAtAnyOf(result))
        {
            CompareCompiled(Path.Combine(expected, "compiled"), Path.Combine(workspace, "target", "compiled"), differences);
        }

        await DatabaseComparison.CompareAsync(Path.Combine(expected, "database.json"), workspace, masks, differences);
        return differences;
    }

    private static void CompareCompiled(string expected, string found, List<string> differences)
    {
        var wanted = Files(expected);
        var own = Files(found);
        foreach (var (name, file) in wanted)
        {
            if (!own.Remove(name, out var ownFile))
            {
                differences.Add($"compiled/{name} is not there");
            }
            else if (File.ReadAllText(file).ReplaceLineEndings("\n") is var wantedText && File.ReadAllText(ownFile).ReplaceLineEndings("\n") is var ownText && wantedText != ownText)
            {
                differences.Add($"compiled/{name} differs: {Differences.OfLines(wantedText, ownText)}");
            }
        }

        // Inputs of unit tests are not part of the pack.
        differences.AddRange(own.Keys.Where(name => !Directory.Exists(Path.GetDirectoryName(Path.Combine(expected, name))!) || !name.Contains(".yml/", StringComparison.Ordinal)).Select(name => $"compiled/{name} is there, and not with dbt"));
    }

    private static SortedDictionary<string, string> Files(string root) => new(
        Directory.Exists(root) ? Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).ToDictionary(file => Name(Path.GetRelativePath(root, file)), StringComparer.Ordinal) : [], StringComparer.Ordinal);

    // The path of an inline query is no matter.
    private static string Name(string relative) => relative.Contains("inline_query", StringComparison.Ordinal) ? "inline_query" : relative;
}

/// <summary>What kind of command a step runs.</summary>
internal sealed record StepKind(string Command, bool IsParsedAnew)
{
    public bool IsFailFast => System.Text.RegularExpressions.Regex.IsMatch(Command, @"\s(--fail-fast|-x)\b");

    /// <summary>Whether it compiles several nodes at once and failed: it stops at whichever error comes first, so neither the error's name nor what was compiled by then is certain.</summary>
    public bool StopsAtAnyOf(JsonElement expected) => expected.TryGetProperty("error", out var error) && error.GetProperty("kind").GetString() == "Runtime Error" && Command.Contains(" compile", StringComparison.Ordinal) && !Command.Contains("-s", StringComparison.Ordinal) && !Command.Contains("--inline", StringComparison.Ordinal);

    /// <summary>Whether its lines come one after the other.</summary>
    public bool IsSerial => Command.Contains("run-operation", StringComparison.Ordinal);
}

internal static class Differences
{
    /// <summary>The first line in which two texts differ.</summary>
    public static string OfLines(string expected, string found)
    {
        var (wanted, own) = (expected.Split('\n'), found.Split('\n'));
        var at = Enumerable.Range(0, Math.Max(wanted.Length, own.Length)).First(i => wanted.ElementAtOrDefault(i) != own.ElementAtOrDefault(i));
        return $"line {at + 1} is [{own.ElementAtOrDefault(at)}], dbt's [{wanted.ElementAtOrDefault(at)}]";
    }
}
