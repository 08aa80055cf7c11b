using System.Text.Json;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>Compares <c>run_results.json</c>.</summary>
internal static class NodeComparison
{
    private static readonly string[] Kinds = ["Compilation Error", "Parsing Error", "Runtime Error", "Database Error", "Dependency Error", "Internal Error"];

    public static void Compare(JsonElement expected, string workspace, bool isFailFast, List<string> differences)
    {
        var path = Path.Combine(workspace, "target", "run_results.json");
        if (!File.Exists(path))
        {
            differences.Add("no run_results.json");
            return;
        }

        var found = JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("results").EnumerateArray().ToDictionary(node => node.GetProperty("unique_id").GetString()!, StringComparer.Ordinal);
        foreach (var node in expected.EnumerateObject().Where(node => !isFailFast || node.Value.GetProperty("status").GetString() is "error" or "fail"))
        {
            if (!found.Remove(node.Name, out var own))
            {
                differences.Add($"{node.Name} has no result");
                continue;
            }

            CompareNode(node.Name, node.Value, own, differences);
        }

        if (!isFailFast)
        {
            differences.AddRange(found.Keys.Select(id => $"{id} has a result that dbt has not"));
        }
    }

    private static void CompareNode(string id, JsonElement wanted, JsonElement own, List<string> differences)
    {
        void Check(string what, string? expected, string? found)
        {
            if ((expected ?? string.Empty) != (found ?? string.Empty))
            {
                differences.Add($"{id}: {what} is {found}, dbt's is {expected}");
            }
        }

        string? Text(JsonElement element, string key) => element.TryGetProperty(key, out var value) ? value.ToString() : null;
        foreach (var key in new[] { "status", "failures", "relation_name" })
        {
            Check(key, Text(wanted, key), Text(own, key));
        }

        if (wanted.TryGetProperty("batches", out var batches))
        {
            foreach (var kind in batches.EnumerateObject())
            {
                Check($"batches {kind.Name}", kind.Value.ToString(), own.GetProperty("batch_results").GetProperty(kind.Name).GetArrayLength().ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        var message = Text(own, "message") ?? string.Empty;
        if (wanted.TryGetProperty("message_kind", out var messageKind))
        {
            Check("kind of error", messageKind.GetString(), Array.Find(Kinds, kind => message.StartsWith(kind, StringComparison.Ordinal)));
            Check("first line of the error", Text(wanted, "message")!.Split('\n')[0], message.Split('\n')[0]);
        }
        else if (Text(wanted, "message") is { } text)
        {
            // What follows is a table for people.
            const string Differs = "actual differs from expected";
            // What a database says follows the first line, and is its own.
            string Compared(string all) => Text(wanted, "status") == "error" ? all.Split('\n')[0] : all.Split(Differs)[0];
            Check("message", Compared(text), Compared(message));
        }
    }
}
