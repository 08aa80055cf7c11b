using FhirAspire.Simulation.Files;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Reference;

namespace FhirAspire.Simulation.Tests.Own;

public class OwnModulesTests
{
    private static readonly DateTimeOffset AsOf = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_own_modules_have_no_fault_and_no_warning() => ModuleLoader.Check(FileSources.OwnModules()).ShouldBeEmpty();

    [Fact]
    public void Every_own_module_cites_its_source()
    {
        var source = FileSources.OwnModules();
        foreach (var path in source.Paths.Where(p => p.EndsWith(".json", StringComparison.Ordinal)))
        {
            using var document = System.Text.Json.JsonDocument.Parse(source.ReadText(path)!);
            document.RootElement.GetProperty("remarks")[0].GetString()!.Length.ShouldBeGreaterThan(10, path);
        }
    }

    [Theory]
    [InlineData("Massachusetts")]
    [InlineData("TX")]
    [InlineData("washington")]
    public void Own_data_serve_several_states(string state)
    {
        var generator = new PatientGenerator(ModuleLoader.LoadOwn(), ReferenceData.Own(), new SimulationOptions { Seed = 3, State = state, AsOf = AsOf });

        generator.Generate(0)[^1].Person.IsAlive.ShouldBeTrue();
    }

    [Fact]
    public void An_unknown_state_or_city_is_refused_with_a_suggestion()
    {
        var modules = ModuleLoader.LoadOwn();
        Should.Throw<SimulationException>(() => new PatientGenerator(modules, ReferenceData.Own(), new SimulationOptions { State = "Masachusetts", AsOf = AsOf })).Message.ShouldContain("did you mean 'Massachusetts'?");
        Should.Throw<SimulationException>(() => new PatientGenerator(modules, ReferenceData.Own(), new SimulationOptions { City = "Bostom", AsOf = AsOf })).Message.ShouldContain("did you mean 'Boston'?");
    }

    [Fact]
    public void Options_narrow_down_who_is_generated()
    {
        var generator = new PatientGenerator(ModuleLoader.LoadOwn(), ReferenceData.Own(), new SimulationOptions { Seed = 5, City = "Worcester", Gender = "F", MinAge = 40, MaxAge = 60, AsOf = AsOf });

        foreach (var person in Enumerable.Range(0, 10).Select(i => generator.Generate(i)[^1].Person))
        {
            person.City.ShouldBe("Worcester");
            person.Gender.ShouldBe("F");
            (SimTime.MonthsBetween(person.Birth, AsOf.ToUnixTimeMilliseconds()) / 12).ShouldBeInRange(40, 60);
        }
    }

    [Fact]
    public void The_tables_of_200_patients_have_plausible_sizes()
    {
        // Rows for each living patient of real Synthea, over all ages (medians of three runs); the own modules stay within a factor of two.
        var expected = new Dictionary<string, double>
        {
            ["encounters"] = 35.7, ["conditions"] = 29, ["procedures"] = 111, ["observations"] = 349, ["immunizations"] = 14, ["careplans"] = 3, ["devices"] = 4, ["supplies"] = 15.8, ["medications"] = 12.7,
        };
        var generator = new PatientGenerator(ModuleLoader.LoadOwn(), ReferenceData.Own(), new SimulationOptions { Seed = 11, AsOf = AsOf });
        var living = Enumerable.Range(0, 200).Select(i => generator.Generate(i)[^1]).ToList();
        double Median(Func<Encounter, int> count) => living.Select(p => p.Record.Encounters.Sum(count)).Order().ElementAt(100);
        var found = new Dictionary<string, double>
        {
            ["encounters"] = living.Select(p => p.Record.Encounters.Count).Order().ElementAt(100),
            ["conditions"] = Median(e => e.Conditions.Count),
            ["procedures"] = Median(e => e.Procedures.Count),
            ["observations"] = Median(e => e.Observations.Sum(o => Math.Max(1, o.Components.Count))),
            ["immunizations"] = Median(e => e.Immunizations.Count),
            ["careplans"] = Median(e => e.CarePlans.Count),
            ["devices"] = Median(e => e.Devices.Count),
            ["supplies"] = Median(e => e.Supplies.Count),
            ["medications"] = Median(e => e.Medications.Count),
        };

        foreach (var (table, rows) in expected)
        {
            found[table].ShouldBeInRange(rows / 2, rows * 2, table);
        }
    }
}
