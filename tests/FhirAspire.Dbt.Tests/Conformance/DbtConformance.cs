using Xunit.Abstractions;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>
/// The captured results of dbt: exit codes, node results, errors, warnings, logged and printed lines, listings, previews, artifacts, compiled SQL and the
/// database after every step. Artifacts fit dbt's schemas.
/// </summary>
public sealed class DbtConformance(ITestOutputHelper output)
{
    /// <summary>Further case folders, separated by colons.</summary>
    private const string CasesVariable = "DBT_CASES";

    [SkippableFact]
    public async Task Every_case_that_is_not_an_admitted_gap_gives_what_dbt_gives()
    {
        var pack = TestEnvironment.RequireShared("dbt-conformance");
        var schemas = new ArtifactSchemas(TestEnvironment.RequireShared("dbt-artifact-schemas"));
        var failed = new List<string>();
        var mended = new List<string>();
        var (total, passed) = (0, 0);
        foreach (var root in (string[])[pack, .. (Environment.GetEnvironmentVariable(CasesVariable) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)])
        {
            foreach (var folder in Directory.EnumerateDirectories(root).Where(folder => File.Exists(Path.Combine(folder, "case.yml"))).Order(StringComparer.Ordinal))
            {
                var @case = new ConformanceCase(folder);
                IReadOnlyList<string> differences;
                try
                {
                    differences = await @case.RunAsync(Path.Combine(pack, "profiles.yml"), schemas);
                }
                catch (Exception exception) when (exception is not OutOfMemoryException)
                {
                    differences = [$"{exception.GetType().Name}: {exception.Message}"];
                }

                total++;
                passed += differences.Count == 0 ? 1 : 0;
                output.WriteLine($"{(differences.Count == 0 ? "ok  " : "FAIL")} {@case.Name}\n{string.Join('\n', differences.Take(12).Select(line => "       " + line))}");
                var isAdmitted = AdmittedGaps.Reasons.ContainsKey(@case.Name);
                if (differences.Count > 0 && !isAdmitted)
                {
                    failed.Add($"{@case.Name}: {differences[0]}");
                }
                else if (differences.Count == 0 && isAdmitted)
                {
                    mended.Add(@case.Name);
                }
            }
        }

        output.WriteLine($"{passed} of {total} cases");
        failed.ShouldBeEmpty(string.Join('\n', failed));
        mended.ShouldBeEmpty("these are mended: take them out of the admitted gaps");
    }
}
