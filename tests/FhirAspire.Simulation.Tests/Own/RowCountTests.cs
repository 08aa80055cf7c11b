using System.Globalization;
using System.Text.Json;
using FhirAspire.Simulation.Csv;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Reference;
using FhirAspire.Tests;

namespace FhirAspire.Simulation.Tests.Own;

/// <summary>
/// The own modules give, per living patient and age band, rows within a factor of two of those of real Synthea: of the three runs of <c>statistics.json</c>, from half the
/// least mean to twice the greatest. Three runs, since a single patient moves a mean: images at 50 to 64 are 47, 125 and 4 a patient.
/// </summary>
public class RowCountTests
{
    /// <summary>The seed and the slots of the sample; <c>FHIRASPIRE_ROW_SEED</c> asks for another seed.</summary>
    private const int Slots = 1400;

    private static readonly (string Name, int From)[] Bands = [("0-4", 0), ("5-17", 5), ("18-34", 18), ("35-49", 35), ("50-64", 50), ("65-79", 65), ("80+", 80)];

    [SkippableFact]
    public void Rows_of_every_table_and_age_band_are_within_a_factor_of_two_of_real_Synthea()
    {
        using var statistics = JsonDocument.Parse(File.ReadAllBytes(TestEnvironment.RequireShared("synthea/statistics.json")));
        var runs = statistics.RootElement.GetProperty("runs").EnumerateObject().Select(run => run.Value.GetProperty("counts")).ToList();
        var tables = runs[0].EnumerateObject().Select(table => table.Name).Where(name => CsvTables.Names.Contains(name)).ToList();
        tables.Count.ShouldBe(14, "of 18: the others are of patients themselves, organizations, providers and payers");
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("FHIRASPIRE_ROW_SEED") ?? "11", CultureInfo.InvariantCulture);

        var living = Living(seed);
        var outside = new List<string>();
        foreach (var table in tables)
        {
            var column = CsvTables.Names.ToList().IndexOf(table);
            foreach (var (band, from) in Bands)
            {
                var group = living.Where(p => Bands.Last(b => p.Age >= b.From).From == from).ToList();
                group.Count.ShouldBeGreaterThan(30, band);
                var means = runs.ConvertAll(run => run.GetProperty(table).GetProperty(band).GetProperty("mean").GetDouble());
                var mean = group.Average(p => p.Rows[column]);
                if (mean < means.Min() / 2 || mean > means.Max() * 2)
                {
                    outside.Add(string.Create(CultureInfo.InvariantCulture, $"{table}, {band}: {mean:F2} rows of {group.Count} patients, expected {means.Min() / 2:F2} to {means.Max() * 2:F2}"));
                }
            }
        }

        outside.ShouldBeEmpty();
    }

    private static (int Age, int[] Rows)[] Living(ulong seed)
    {
        var generator = new PatientGenerator(ModuleLoader.LoadOwn(), ReferenceData.Own(), new SimulationOptions { Seed = seed, AsOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        var living = new (int Age, int[] Rows)[Slots];
        Parallel.For(0, Slots, () => new CsvPatientRows(), (slot, _, rows) =>
        {
            var patient = generator.Generate(slot)[^1];
            rows.Clear();
            rows.Add(patient);
            living[slot] = (SimTime.MonthsBetween(patient.Person.Birth, patient.AsOf) / 12, [.. rows.Buffers.Select(buffer => buffer.Written.Span.Count((byte)'\n'))]);
            return rows;
        }, _ => { });
        return living;
    }
}
