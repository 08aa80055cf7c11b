using System.Text.RegularExpressions;

namespace FhirAspire.Dbt.Tests;

public sealed partial class ErrorCodeTests
{
    [Fact]
    public void The_page_of_errors_lists_every_code_of_the_engine_and_no_other()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(TestEnvironment.RepositoryRoot, "libraries", "Dbt"), "*.cs", SearchOption.AllDirectories).Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal));
        var used = sources.SelectMany(file => Code().Matches(File.ReadAllText(file)).Select(match => match.Value.Trim('"'))).ToHashSet(StringComparer.Ordinal);
        var listed = Listed().Matches(File.ReadAllText(Path.Combine(TestEnvironment.RepositoryRoot, "docs", "dbt-errors.md"))).Select(match => match.Value).ToHashSet(StringComparer.Ordinal);

        used.Except(listed, StringComparer.Ordinal).ShouldBeEmpty("codes that the page does not list");
        listed.Except(used, StringComparer.Ordinal).ShouldBeEmpty("codes that the engine does not have");
        used.Count.ShouldBeGreaterThan(80);
    }

    [GeneratedRegex("\"DBT[0-9]{4}\"", RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex(@"\bDBT[0-9]{4}\b", RegexOptions.CultureInvariant)]
    private static partial Regex Listed();
}
