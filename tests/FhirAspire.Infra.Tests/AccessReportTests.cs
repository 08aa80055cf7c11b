using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FhirAspire.Tests.Infra;

public sealed class AccessReportTests
{
    /// <summary>Set to write the report anew instead of comparing it.</summary>
    private const string AcceptVariable = "FHIRASPIRE_ACCEPT_SNAPSHOTS";

    [Fact]
    public void The_access_report_says_what_the_files_say()
    {
        var root = TestEnvironment.RepositoryRoot;
        var path = Path.Combine(root, "docs", "access-report.md");
        var report = Report(root);
        if (Environment.GetEnvironmentVariable(AcceptVariable) is { Length: > 0 })
        {
            File.WriteAllText(path, report);
        }

        File.ReadAllText(path).ReplaceLineEndings("\n").ShouldBe(report);
    }

    private static string Report(string root)
    {
        var text = new StringBuilder("# Access report\n\nGenerated from `infra/` by `tests/FhirAspire.Infra.Tests`.\n\n## AWS\n\n| role | may | on |\n| --- | --- | --- |\n");
        var resources = JsonNode.Parse(File.ReadAllText(Path.Combine(root, "infra", "aws", "pipeline.json")))!["Resources"]!.AsObject();
        foreach (var (name, role) in resources.Where(r => (string?)r.Value!["Type"] == "AWS::IAM::Role"))
        {
            foreach (var statement in role!["Properties"]!["Policies"]!.AsArray().SelectMany(p => p!["PolicyDocument"]!["Statement"]!.AsArray()))
            {
                var condition = statement!["Condition"] is { } c ? $" if `{c.ToJsonString()}`" : "";
                text.Append($"| {name} | {string.Join(", ", statement["Action"]!.AsArray())} | `{statement["Resource"]!["Fn::Sub"]}`{condition} |\n");
            }
        }

        text.Append("\n## Snowflake\n\n| role | has |\n| --- | --- |\n");
        foreach (var file in Directory.GetFiles(Path.Combine(root, "infra", "snowflake"), "*.sql").Order(StringComparer.Ordinal))
        {
            foreach (Match grant in Regex.Matches(File.ReadAllText(file), @"^grant (?<grant>.+) to role (?<role>\w+);", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))
            {
                text.Append($"| {grant.Groups["role"].Value} | {grant.Groups["grant"].Value} |\n");
            }
        }

        return text.ToString();
    }
}
