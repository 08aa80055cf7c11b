using System.Globalization;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Reference;
using FhirAspire.Tests;

namespace FhirAspire.Simulation.Tests.Own;

/// <summary>Holds the own modules to the table of docs/prevalence.md.</summary>
public class PrevalenceTests
{
    private const int Slots = 700;

    /// <summary>Standard deviations of a sample of this size that are allowed beyond a range: about one false alarm in 60 runs of the table with other seeds.</summary>
    private const double Allowance = 3.3;

    [Fact]
    public void Main_conditions_are_as_frequent_by_age_and_sex_as_public_statistics_say()
    {
        var rows = Table();
        rows.Count.ShouldBeGreaterThan(25);
        var generator = new PatientGenerator(ModuleLoader.LoadOwn(), ReferenceData.Own(), new SimulationOptions { Seed = 2024, AsOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        var living = new (int Age, string Sex, HashSet<string> Open)[Slots];
        Parallel.For(0, Slots, slot =>
        {
            var patient = generator.Generate(slot)[^1];
            living[slot] = (SimTime.MonthsBetween(patient.Person.Birth, patient.AsOf) / 12, patient.Person.Gender,
                [.. patient.Record.Encounters.SelectMany(e => e.Conditions.ToArray()).Where(c => c.IsOpen).Select(c => c.Code.Value)]);
        });

        var outside = new List<string>();
        foreach (var row in rows)
        {
            var group = living.Where(p => p.Age >= row.From && p.Age <= row.To && (row.Sex == "all" || p.Sex == row.Sex)).ToList();
            group.Count.ShouldBeGreaterThan(30, row.Name);
            var found = group.Count(p => p.Open.Contains(row.Code)) / (double)group.Count;
            double Slack(double share) => Allowance * Math.Sqrt(share * (1 - share) / group.Count);
            if (found < row.Low - Slack(row.Low) || found > row.High + Slack(row.High))
            {
                outside.Add(string.Create(CultureInfo.InvariantCulture, $"{row.Name}, {row.Sex}, {row.From}-{row.To}: {found:P1} of {group.Count}, expected {row.Low:P1} to {row.High:P1}"));
            }
        }

        outside.ShouldBeEmpty();
    }

    private static List<Row> Table() =>
    [
        .. File.ReadLines(Path.Combine(TestEnvironment.RepositoryRoot, "docs", "prevalence.md"))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Where(cells => cells.Length == 9 && cells[2].Length > 0 && cells[2].All(char.IsAsciiDigit))
            .Select(cells =>
            {
                var age = cells[4].TrimEnd('+').Split('-').Select(Number).ToArray();
                var range = cells[5].Split('-').Select(Number).ToArray();
                return new Row(cells[1], cells[2], cells[3], (int)age[0], age.Length == 2 ? (int)age[1] : 150, range[0] / 100, range[1] / 100);
            }),
    ];

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private sealed record Row(string Name, string Code, string Sex, int From, int To, double Low, double High);
}
