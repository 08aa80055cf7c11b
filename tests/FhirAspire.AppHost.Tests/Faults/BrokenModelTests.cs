using FhirAspire.AppHost.Tests.EndToEnd;

namespace FhirAspire.AppHost.Tests.Faults;

/// <summary>The mission's second recovery scenario: a dbt model fails.</summary>
public sealed class BrokenModelTests
{
    [Fact]
    public async Task Marts_and_published_files_stay_as_they_were_and_are_current_when_the_model_is_mended()
    {
        using var data = new TemporaryData();
        using var project = new TemporaryData();
        Copy(Path.Combine(FhirAspire.Tests.TestEnvironment.RepositoryRoot, "dbt"), project.Path);
        await OnceAsync(data, project, 1, expected: 0);
        var marts = await MartsAsync(data);
        var published = new DirectoryInfo(Path.Combine(data.Path, "marts", "current")).LinkTarget;
        marts.Patients.ShouldBe(1);

        // It fails after other marts of the same run have been built.
        var model = Path.Combine(project.Path, "models", "marts", "fct_claims.sql");
        var sound = await File.ReadAllTextAsync(model);
        await File.WriteAllTextAsync(model, sound.Replace("c.total,", "c.total / 0 + c.no_such_column as total,", StringComparison.Ordinal));
        var output = await OnceAsync(data, project, 3, expected: 1);
        output.ShouldContain("no_such_column");
        (await MartsAsync(data)).ShouldBe(marts);
        new DirectoryInfo(Path.Combine(data.Path, "marts", "current")).LinkTarget.ShouldBe(published);

        await File.WriteAllTextAsync(model, sound);
        await OnceAsync(data, project, 3, expected: 0);
        (await MartsAsync(data)).Patients.ShouldBe(3);
        new DirectoryInfo(Path.Combine(data.Path, "marts", "current")).LinkTarget.ShouldNotBe(published);
    }

    private static async Task<string> OnceAsync(TemporaryData data, TemporaryData project, int patients, int expected)
    {
        var (exitCode, output) = await HostProcess.RunAsync(["once", "--data", data.Path, "--patients", patients.ToString(), "--set", "Generator:Mode=Replay", "--source", Path.Combine(FhirAspire.Tests.TestEnvironment.RepositoryRoot, "samples", "synthea", "fhir-small"), "--set", $"Dbt:ProjectDir={project.Path}"]);
        exitCode.ShouldBe(expected, output);
        return output;
    }

    private static async Task<(long Patients, long Encounters, long Claims)> MartsAsync(TemporaryData data)
    {
        await using var warehouse = data.OpenWarehouse();
        await using var session = await warehouse.OpenAsync();
        var row = (await session.QueryAsync("select (select count(*) from marts.dim_patients), (select count(*) from marts.fct_encounters), (select count(*) from marts.fct_claims)")).Rows.Single();
        return (Convert.ToInt64(row[0]), Convert.ToInt64(row[1]), Convert.ToInt64(row[2]));
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => !file.Contains($"{Path.DirectorySeparatorChar}target{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            var path = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Copy(file, path);
        }
    }
}
