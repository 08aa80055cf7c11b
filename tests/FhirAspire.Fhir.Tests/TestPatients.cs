using FhirAspire.Simulation;
using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Reference;
using FhirAspire.Tests;

namespace FhirAspire.Fhir.Tests;

/// <summary>Simulated patients: with the modules and data of Synthea where they are there, else with our own.</summary>
internal static class TestPatients
{
    public static readonly DateTimeOffset AsOf = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly Lazy<(ModuleSet Modules, ReferenceData Data)?> Sources = new(Open);

    public static PatientGenerator Generator(ulong seed = 7, Func<SimulationOptions, SimulationOptions>? change = null)
    {
        TestEnvironment.Require(Sources.Value is not null, "modules and data to simulate with");
        var options = new SimulationOptions { Seed = seed, AsOf = AsOf };
        lock (Sources)
        {
            // A zip is read by one thread at a time.
            return new PatientGenerator(Sources.Value!.Value.Modules, Sources.Value.Value.Data, change?.Invoke(options) ?? options);
        }
    }

    /// <summary>All patients of the first slots.</summary>
    public static List<SimulatedPatient> Some(int slots, ulong seed = 7)
    {
        var generator = Generator(seed);
        return [.. Enumerable.Range(0, slots).SelectMany(slot => generator.Generate(slot))];
    }

    private static (ModuleSet Modules, ReferenceData Data)? Open()
    {
        var shared = TestEnvironment.SharedFolder;
        if (shared is not null && File.Exists(Path.Combine(shared, "synthea/modules.zip")))
        {
            return (ModuleLoader.Load(FileSources.Open(Path.Combine(shared, "synthea/modules.zip"))), ReferenceData.From(FileSources.Open(Path.Combine(shared, "synthea/data.zip"))));
        }

        return FileSources.OwnModules().Paths.Any() && FileSources.OwnData().Paths.Any() ? (ModuleLoader.LoadOwn(), ReferenceData.Own()) : null;
    }
}
