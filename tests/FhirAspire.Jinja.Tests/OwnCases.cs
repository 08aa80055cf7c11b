using FhirAspire.Tests;

namespace FhirAspire.Jinja.Tests;

/// <summary>The case files of this folder: templates of ours, with results captured from Jinja2. They run everywhere.</summary>
public sealed class OwnCases
{
    /// <summary>Cases that differ for a reason: id and reason.</summary>
    private static readonly Dictionary<string, string> AdmittedGaps = new(StringComparer.Ordinal);

    private static string Folder => Path.Combine(TestEnvironment.RepositoryRoot, "tests", "FhirAspire.Jinja.Tests", "Cases");

    public static TheoryData<string> Files() => [.. Directory.EnumerateFiles(Folder, "*.yml").Order(StringComparer.Ordinal).Select(Path.GetFileNameWithoutExtension).Select(name => name!)];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_case_of_the_file_gives_what_the_reference_gave(string file)
    {
        var failures = CaseFile.Read(Folder).Where(item => item.File == file && !AdmittedGaps.ContainsKey(item.Id))
            .Select(item => (item.Id, Difference: CaseRunner.Run(item))).Where(item => item.Difference is not null).Select(item => $"{item.Id}: {item.Difference}").ToList();
        failures.ShouldBeEmpty();
    }
}
