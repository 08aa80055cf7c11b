using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Reference;

namespace FhirAspire.Simulation.Tests.Own;

/// <summary>
/// Synthea takes the whole effect of each drug off a value that only the body mass index gives, so that its diabetics come to 3 %; with the own modules HbA1c is as in
/// surveys of the United States (Fang et al., N Engl J Med 2021, 384:2219: below 7 % in 50.5 % of adults with diagnosed diabetes, below 8 % in 75.4 %).
/// </summary>
public class GlycatedHemoglobinTests
{
    [Fact]
    public void Diabetics_have_the_levels_that_surveys_find_and_nobody_an_impossible_one()
    {
        var generator = new PatientGenerator(ModuleLoader.LoadOwn(), ReferenceData.Own(), new SimulationOptions { Seed = 31, AsOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), MinAge = 45, MaxAge = 85 });
        var all = new List<double>();
        var newest = new List<double>();
        foreach (var patient in Enumerable.Range(0, 800).AsParallel().AsOrdered().Select(slot => generator.Generate(slot)[^1]).AsEnumerable())
        {
            var onset = patient.Record.Encounters.SelectMany(e => e.Conditions.ToArray()).FirstOrDefault(c => c.Code.Value == "44054006")?.Start;
            var values = patient.Record.Encounters.SelectMany(e => e.Observations.ToArray()).Where(o => o.Code.Value == "4548-4").OrderBy(o => o.Start).ToList();
            all.AddRange(values.Select(o => o.NumberValue));
            if (onset is not null && values.LastOrDefault(o => o.Start > onset) is { } last)
            {
                newest.Add(last.NumberValue);
            }
        }

        all.ShouldAllBe(value => value >= 4 && value <= 12);
        newest.Count.ShouldBeGreaterThan(80);
        double ShareBelow(double level) => newest.Count(value => value < level) / (double)newest.Count;

        // Three standard deviations of a share of 0.5 and 0.75 of so many people.
        ShareBelow(7).ShouldBe(0.505, 1.5 / Math.Sqrt(newest.Count));
        ShareBelow(8).ShouldBe(0.754, 1.3 / Math.Sqrt(newest.Count));
    }
}
