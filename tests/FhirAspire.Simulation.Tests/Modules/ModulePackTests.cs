using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Reference;
using FhirAspire.Tests;

namespace FhirAspire.Simulation.Tests.Modules;

public class ModulePackTests
{
    [SkippableFact]
    public void Every_module_of_Synthea_loads_without_an_unknown_construct()
    {
        var set = ModuleLoader.Load(FileSources.Open(TestEnvironment.RequireShared("synthea/modules.zip")));

        set.Modules.Count.ShouldBe(235);
        set.TopLevel.Count.ShouldBe(83);
        set.Modules.Sum(m => m.StateCount).ShouldBe(6753);
    }

    [SkippableFact]
    public void Patients_are_simulated_with_the_modules_and_data_of_Synthea()
    {
        var set = ModuleLoader.Load(FileSources.Open(TestEnvironment.RequireShared("synthea/modules.zip")));
        var reference = ReferenceData.From(FileSources.Open(TestEnvironment.RequireShared("synthea/data.zip")));
        var generator = new PatientGenerator(set, reference, new SimulationOptions { Seed = 7, AsOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) });

        var patients = Enumerable.Range(0, 20).SelectMany(i => generator.Generate(i)).ToList();

        patients.Count(p => p.Person.IsAlive).ShouldBe(20);
        patients.ShouldAllBe(p => p.Record.Encounters.Count > 0);
        patients.Sum(p => p.Record.Encounters.Sum(e => e.Observations.Count)).ShouldBeGreaterThan(1000);
    }
}
