namespace FhirAspire.Tests;

/// <summary>Where a test finds what is not on every machine, and how it says that it is not there.</summary>
internal static class TestEnvironment
{
    /// <summary>Set by .ci/run: what a test needs is installed, so a skip is a failure.</summary>
    public const string NoSkipsVariable = "FHIRASPIRE_NO_SKIPS";

    /// <summary>Names the folder with the large oracles; by default it is looked for beside the repository, as <c>../shared</c>.</summary>
    public const string SharedVariable = "FHIRASPIRE_SHARED";

    public static string RepositoryRoot { get; } = FindUpwards("FhirAspire.sln");

    public static string? SharedFolder { get; } = FindShared();

    /// <summary>A folder of the large oracles; skips the test when there is none.</summary>
    public static string RequireShared(string relativePath)
    {
        // The oracles are no package that .ci/run could install, so their absence never fails a build.
        var path = SharedFolder is null ? null : Path.Combine(SharedFolder, relativePath);
        Skip.If(path is null || !Path.Exists(path), $"needs {relativePath} in the folder named by {SharedVariable} (default: ../shared beside the repository)");
        return path!;
    }

    /// <summary>Skips with a reason, or fails where .ci/run has promised that what is needed is there.</summary>
    public static void Require(bool present, string what)
    {
        if (present)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(NoSkipsVariable) is { Length: > 0 })
        {
            Assert.Fail($"{what} is not there, and {NoSkipsVariable} forbids to skip");
        }

        Skip.If(true, $"needs {what}");
    }

    private static string FindUpwards(string file)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, file)))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException($"{file} stands in no folder above {AppContext.BaseDirectory}");
    }

    private static string? FindShared()
    {
        var folder = Environment.GetEnvironmentVariable(SharedVariable) ?? Path.Combine(RepositoryRoot, "..", "shared");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }
}
