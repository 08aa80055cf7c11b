using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Simulation;
using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Reference;
using FhirAspire.Tests;

namespace FhirAspire.Fhir.Tests.Bundles;

/// <summary>
/// A few whole patients of the own modules: a line for each encounter of their lives, and the hash of the bundle. Whatever changes who they are or what befalls them shows
/// here; set FHIRASPIRE_UPDATE_SNAPSHOTS=1 to take it over, and read what changed.
/// </summary>
public class LifeSnapshotTests
{
    [Theory]
    [InlineData("infant", "F", 1, 10, 0)]
    [InlineData("child", "M", 9, 5, 0)]
    [InlineData("woman-32", "F", 32, 5, 0)]
    [InlineData("man-58", "M", 58, 3, 0)]
    [InlineData("woman-84-and-who-died-before", "F", 84, 2, 7)]
    public void A_life_is_as_it_was(string name, string sex, int age, int yearsOfHistory, long slot)
    {
        var generator = new PatientGenerator(ModuleLoader.LoadOwn(), ReferenceData.Own(), new SimulationOptions
        {
            Seed = 20, Gender = sex, MinAge = age, MaxAge = age, YearsOfHistory = yearsOfHistory, AsOf = TestPatients.AsOf,
        });
        var written = string.Join('\n', generator.Generate(slot).Select(Life));

        var path = Path.Combine(TestEnvironment.RepositoryRoot, "tests", "FhirAspire.Fhir.Tests", "Snapshots", name + ".txt");
        if (Environment.GetEnvironmentVariable("FHIRASPIRE_UPDATE_SNAPSHOTS") is { Length: > 0 })
        {
            File.WriteAllText(path, written);
        }

        written.ShouldBe(File.ReadAllText(path));
    }

    private static string Life(SimulatedPatient patient)
    {
        var text = new StringBuilder();
        var p = patient.Person;
        text.Append(CultureInfo.InvariantCulture, $"{p.FullName}, {p.Gender}, {p.Race}, {p.Ethnicity}, {p.City}, income {p.Income}, born {Instant(p.Birth)}");
        text.Append(p.IsAlive ? ", alive" : $", died {Instant(p.Death)} of {p.CauseOfDeath?.Display ?? "nothing known"}").Append('\n');
        foreach (var encounter in patient.Record.Encounters)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Instant(encounter.Start)} {encounter.Class}: {encounter.Code.Display}");
            text.Append(encounter.Reason is { } reason ? $" because of {reason.Display}" : "").Append(Counts(encounter)).Append('\n');
            foreach (var condition in encounter.Conditions)
            {
                text.Append(CultureInfo.InvariantCulture, $"    {condition.Code.Display}, {(condition.IsOpen ? "open" : "until " + Instant(condition.Stop)[..10])}\n");
            }

            foreach (var medication in encounter.Medications)
            {
                text.Append(CultureInfo.InvariantCulture, $"    {medication.Code.Display}, {(medication.IsAdministration ? "given" : medication.IsOpen ? "open" : "until " + Instant(medication.Stop)[..10])}\n");
            }
        }

        using var writer = new PatientBundleWriter();
        var bundle = writer.Write(patient).Span;
        return text.Append(CultureInfo.InvariantCulture, $"{writer.Resources} resources, {bundle.Length} bytes, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(bundle))}\n").ToString();
    }

    private static string Counts(Encounter e)
    {
        var counts = new (string Name, int Count)[]
        {
            ("observations", e.Observations.Count), ("reports", e.Reports.Count), ("procedures", e.Procedures.Count), ("immunizations", e.Immunizations.Count), ("allergies", e.Allergies.Count),
            ("care plans", e.CarePlans.Count), ("studies", e.ImagingStudies.Count), ("devices", e.Devices.Count), ("supplies", e.Supplies.Count),
        };
        var some = counts.Where(c => c.Count > 0).Select(c => $"{c.Count} {c.Name}").ToList();
        return some.Count > 0 ? " (" + string.Join(", ", some) + ")" : "";
    }

    private static string Instant(long time) => SimTime.ToDateTimeOffset(time).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
