using System.Text.Json;
using CsCheck;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Simulation;

namespace FhirAspire.Fhir.Tests.Bundles;

/// <summary>What holds for every bundle of every seed.</summary>
public class BundleLawTests
{
    private static readonly string[] PostMortem = ["308646001"];

    [SkippableFact]
    public void Ids_are_unique_references_resolve_and_time_flows_whatever_the_seed()
    {
        TestPatients.Generator();
        Gen.ULong.Sample(
            seed =>
            {
                using var writer = new PatientBundleWriter(new BundleOptions { References = ReferenceStyle.Contained });
                var ids = new HashSet<string>(StringComparer.Ordinal);
                foreach (var patient in TestPatients.Some(4, seed))
                {
                    using var bundle = JsonDocument.Parse(writer.Write(patient));
                    ShouldBeSound(bundle.RootElement, patient, ids);
                }
            },
            iter: 5, threads: 1);
    }

    [Fact]
    public void A_patient_with_every_kind_of_entry_is_sound()
    {
        var patient = new HandMade().Patient;
        using var writer = new PatientBundleWriter(new BundleOptions { References = ReferenceStyle.Contained });
        using var bundle = JsonDocument.Parse(writer.Write(patient));

        ShouldBeSound(bundle.RootElement, patient, []);
    }

    [Fact]
    public void Conditional_references_name_an_identifier_of_the_run_s_files()
    {
        var made = new HandMade();
        using var writer = new PatientBundleWriter();
        using var bundle = JsonDocument.Parse(writer.Write(made.Patient));

        var outside = References(bundle.RootElement).Where(reference => reference.Contains('?')).Distinct().Order(StringComparer.Ordinal).ToList();

        outside.ShouldBe(new[]
        {
            $"Location?identifier=https://github.com/synthetichealth/synthea|{made.Provider.LocationId}",
            $"Location?identifier=https://github.com/synthetichealth/synthea|{ResourceWriter.PatientsHome}",
            $"Organization?identifier=https://github.com/synthetichealth/synthea|{made.Provider.Id}",
            $"Practitioner?identifier=http://hl7.org/fhir/sid/us-npi|{made.Provider.Clinician.Npi}",
        }.Order(StringComparer.Ordinal));
    }

    [SkippableFact]
    public void Every_conditional_reference_of_a_run_finds_exactly_one_resource_of_its_files()
    {
        var totals = new RunTotals(TestPatients.Generator(3));
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        using var writer = new PatientBundleWriter();
        foreach (var patient in TestPatients.Some(12, 3))
        {
            totals.Add(patient);
            using var bundle = JsonDocument.Parse(writer.Write(patient));
            wanted.UnionWith(References(bundle.RootElement).Where(reference => reference.Contains('?')));
        }

        var found = new List<string>();
        foreach (var file in new[] { RunInformation.Hospitals(totals), RunInformation.Practitioners(totals) })
        {
            using var bundle = JsonDocument.Parse(file);
            found.AddRange(bundle.RootElement.GetProperty("entry").EnumerateArray()
                .Where(entry => entry.GetProperty("request").TryGetProperty("ifNoneExist", out _))
                .Select(entry => $"{entry.GetProperty("resource").GetProperty("resourceType").GetString()}?{entry.GetProperty("request").GetProperty("ifNoneExist").GetString()}"));
        }

        found.ShouldBeUnique();
        wanted.Except(found).ShouldBeEmpty();
        wanted.Count.ShouldBeGreaterThan(10);
    }

    [SkippableFact]
    public void A_writer_that_has_written_others_before_writes_the_same_bytes()
    {
        var patients = TestPatients.Some(3);
        using var used = new PatientBundleWriter();
        foreach (var patient in Enumerable.Reverse(patients))
        {
            used.Write(patient);
        }

        foreach (var patient in patients)
        {
            using var fresh = new PatientBundleWriter();
            fresh.Write(patient).Span.SequenceEqual(used.Write(patient).Span).ShouldBeTrue();
        }
    }

    private static void ShouldBeSound(JsonElement bundle, SimulatedPatient patient, HashSet<string> idsOfOthers)
    {
        var urls = bundle.GetProperty("entry").EnumerateArray().Select(entry => entry.GetProperty("fullUrl").GetString()!).ToHashSet(StringComparer.Ordinal);
        urls.Count.ShouldBe(bundle.GetProperty("entry").GetArrayLength());
        References(bundle).Where(reference => !reference.StartsWith('#')).ShouldAllBe(reference => urls.Contains(reference));
        var birth = SimTime.ToDateTimeOffset(patient.Person.Birth);
        var death = patient.Person.IsAlive ? DateTimeOffset.MaxValue : SimTime.ToDateTimeOffset(patient.Person.Death);
        var isPostMortem = false;
        foreach (var entry in bundle.GetProperty("entry").EnumerateArray())
        {
            var resource = entry.GetProperty("resource");
            var type = resource.GetProperty("resourceType").GetString();
            if (type is "Organization" or "Location" or "Practitioner" or "PractitionerRole")
            {
                // Shared by all patients, and the same for all.
                continue;
            }

            idsOfOthers.Add(resource.GetProperty("id").GetString()!).ShouldBeTrue();
            if (type == "Encounter")
            {
                isPostMortem = PostMortem.Contains(resource.GetProperty("type")[0].GetProperty("coding")[0].GetProperty("code").GetString());
            }

            foreach (var name in new[] { "onsetDateTime", "effectiveDateTime", "occurrenceDateTime", "authoredOn", "recordedDate", "started" })
            {
                if (resource.TryGetProperty(name, out var value))
                {
                    var instant = value.GetDateTimeOffset();
                    instant.ShouldBeGreaterThanOrEqualTo(birth.AddSeconds(-1), $"{type}.{name}");
                    (isPostMortem || instant <= death).ShouldBeTrue($"{type}.{name} {instant:O} after death {death:O}");
                }
            }

            foreach (var name in new[] { "period", "performedPeriod", "billablePeriod" })
            {
                if (resource.TryGetProperty(name, out var period) && period.TryGetProperty("end", out var end))
                {
                    end.GetDateTimeOffset().ShouldBeGreaterThanOrEqualTo(period.GetProperty("start").GetDateTimeOffset(), $"{type}.{name}");
                }
            }
        }
    }

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property is { Name: "reference", Value.ValueKind: JsonValueKind.String }
            ? [property.Value.GetString()!]
            : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
