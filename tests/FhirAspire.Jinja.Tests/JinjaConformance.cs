using FhirAspire.Tests;
using Xunit.Abstractions;

namespace FhirAspire.Jinja.Tests;

/// <summary>The cases captured from Jinja2 and dbt: those beside the repository, and those in the folders that <c>JINJA_CASES</c> names (colon separated).</summary>
public sealed class JinjaConformance(ITestOutputHelper output)
{
    /// <summary>Cases that differ for a reason: id and reason. None.</summary>
    private static readonly Dictionary<string, string> AdmittedGaps = new(StringComparer.Ordinal);

    [SkippableFact]
    public void Every_captured_case_gives_what_the_reference_gave() => Check(TestEnvironment.RequireShared("jinja-conformance/cases"));

    [SkippableFact]
    public void Every_case_of_the_folders_named_by_JINJA_CASES_gives_what_the_reference_gave()
    {
        var folders = (Environment.GetEnvironmentVariable("JINJA_CASES") ?? string.Empty).Split(':', StringSplitOptions.RemoveEmptyEntries);
        Skip.If(folders.Length == 0, "JINJA_CASES names no folder");
        foreach (var folder in folders)
        {
            Check(folder);
        }
    }

    private void Check(string folder)
    {
        var failures = new List<string>();
        var (total, admitted) = (0, 0);
        foreach (var @case in CaseFile.Read(folder))
        {
            total++;
            string? difference;
            try
            {
                difference = CaseRunner.Run(@case);
            }
            catch (Exception error) when (error is not OutOfMemoryException)
            {
                difference = $"crashed: {error}";
            }

            if (AdmittedGaps.TryGetValue(@case.Id, out var reason))
            {
                admitted++;
                (difference ?? string.Empty).ShouldNotBeEmpty($"{@case.Id} passes, so it is no gap any more ({reason})");
            }
            else if (difference is not null)
            {
                failures.Add($"{@case.File}/{@case.Id}: {difference}");
            }
        }

        output.WriteLine($"{total} cases, {failures.Count} differ, {admitted} admitted gaps");
        total.ShouldBeGreaterThan(0);
        failures.ShouldBeEmpty();
    }
}
