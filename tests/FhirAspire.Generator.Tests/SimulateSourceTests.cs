using FhirAspire.Generator.Simulate;
using FhirAspire.Simulation.Files;
using FhirAspire.Tests;

namespace FhirAspire.Generator.Tests;

public sealed class SimulateSourceTests : IDisposable
{
    private readonly Workspace workspace = new();

    public void Dispose() => workspace.Dispose();

    [SkippableFact]
    public async Task Each_patient_gets_a_folder_with_the_three_files()
    {
        using var source = Source();

        var written = await source.NextAsync(default);

        written.ShouldNotBeEmpty();
        written.ShouldAllBe(item => item.Files == 3 && item.Kind == SpooledKind.Patient);
        foreach (var item in written)
        {
            var names = item.Folder.Files().Select(file => file.Name).ToList();
            names.Count(name => name.StartsWith("hospitalInformation1767225600000", StringComparison.Ordinal)).ShouldBe(1);
            names.Count(name => name.StartsWith("practitionerInformation1767225600000", StringComparison.Ordinal)).ShouldBe(1);
            names.Count(name => name.EndsWith(item.Folder.Key.Split('_')[1] + ".json", StringComparison.Ordinal)).ShouldBe(1);
            item.Bytes.ShouldBe(item.Folder.Files().Sum(file => file.Length));
        }
    }

    [SkippableFact]
    public async Task A_restarted_host_goes_on_with_new_patients()
    {
        var ids = new List<string>();
        for (var start = 0; start < 3; start++)
        {
            using var source = Source();
            ids.AddRange((await source.NextAsync(default)).Select(item => item.Folder.Key.Split('_')[1]));
            ids.AddRange((await source.NextAsync(default)).Select(item => item.Folder.Key.Split('_')[1]));
        }

        ids.Count.ShouldBeGreaterThanOrEqualTo(6);
        ids.ShouldBeUnique();
    }

    [SkippableFact]
    public async Task The_next_day_has_a_new_end_of_the_simulation()
    {
        using var source = Source();
        await source.NextAsync(default);
        workspace.Time.Advance(TimeSpan.FromDays(1));

        var written = await source.NextAsync(default);

        written[^1].Folder.Files().ShouldContain(file => file.Name == "hospitalInformation1767312000000.json");
    }

    [SkippableFact]
    public async Task Many_at_a_time_are_the_same_patients_as_one_at_a_time()
    {
        var ids = new List<string>[2];
        for (var i = 0; i < 2; i++)
        {
            File.Delete(Path.Combine(workspace.Root, "position.json"));
            ids[i] = [];
            using var source = Source(patientsPerRun: i == 0 ? 1 : 100);
            for (var slot = 0; slot < 6; slot++)
            {
                ids[i].AddRange((await source.NextAsync(default)).Select(item => item.Folder.Key.Split('_')[1]));
            }
        }

        ids[1].ShouldBe(ids[0]);
    }

    private SimulateSource Source(int patientsPerRun = 1)
    {
        var options = workspace.Options(GeneratorMode.Simulate);
        options.PatientsPerRun = patientsPerRun;
        if (TestEnvironment.SharedFolder is { } shared && File.Exists(Path.Combine(shared, "synthea", "data.zip")))
        {
            options.Modules = Path.Combine(shared, "synthea", "modules.zip");
            options.SyntheaData = Path.Combine(shared, "synthea", "data.zip");
        }
        else
        {
            TestEnvironment.Require(FileSources.OwnModules().Paths.Any() && FileSources.OwnData().Paths.Any(), "modules and data to simulate with");
        }

        return new SimulateSource(options, workspace.Spool, new SlotPosition(options.PositionFile), workspace.Time);
    }
}
