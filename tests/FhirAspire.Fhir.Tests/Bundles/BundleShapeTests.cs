using System.Text.Json;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Simulation;
using FhirAspire.Tests;
using Xunit.Abstractions;

namespace FhirAspire.Fhir.Tests.Bundles;

/// <summary>Element by element: our bundles have the shape of those of Synthea 3.3.0, but for the differences admitted here with their reasons.</summary>
public class BundleShapeTests(ITestOutputHelper output)
{
    private const int Slots = 40;

    /// <summary>Elements or values that the sample has and we have not.</summary>
    private static readonly Dictionary<string, string> NotOurs = new(StringComparer.Ordinal)
    {
        ["ImagingStudy.series[].modality.system = http://dicom.nema.org/medical/dicom/current/output/chtml/part16/sect_CID_29.html"] = "that is a page; the URI of the code system is .../resources/ontology/DCM (FHIR R4, terminologies-systems)",
    };

    /// <summary>Elements or values that we have and the sample has not.</summary>
    private static readonly Dictionary<string, string> NotTheirs = new(StringComparer.Ordinal)
    {
        ["ImagingStudy.series[].modality.system = http://dicom.nema.org/resources/ontology/DCM"] = "see above",
        ["Practitioner.extension[].url = http://synthetichealth.github.io/synthea/utilization-procedures-extension"] = "the tables of providers have the number, and it is known",
    };

    /// <summary>Elements that the sample of 42 patients is too small to show.</summary>
    private static readonly Dictionary<string, string> Rare = new(StringComparer.Ordinal)
    {
        ["Patient.multipleBirthInteger"] = "twins, one birth in thirty",
        ["Patient.name[].suffix[]"] = "MD, JD, PhD: one adult in twenty or less",
        ["Device.manufacturer"] = "modules that name a maker: few",
        ["Device.modelNumber"] = "modules that name a model: few",
        ["Observation.valueBoolean"] = "modules that record true or false: few",
        ["Observation.dataAbsentReason.coding[]"] = "an observation without a value has to say so for US Core; Synthea's sample has none",
        ["MedicationRequest.reasonCode[]"] = "a reason that is no condition of the record",
        ["CarePlan.activity[].detail.reasonCode[]"] = "a reason that is no condition of the record",
    };

    /// <summary>Elements that another choice of their type takes the place of, which the sample is too small to show.</summary>
    private static readonly Dictionary<string, string> OtherChoice = new(StringComparer.Ordinal)
    {
        ["Patient.multipleBirthBoolean"] = "Patient.multipleBirthInteger",
    };

    [SkippableFact]
    public void Elements_cardinalities_systems_and_profiles_are_those_of_real_Synthea()
    {
        TestEnvironment.Require(TestEnvironment.SharedFolder is not null, "the sample of real Synthea");
        var real = BundleShape.Of(Directory.EnumerateFiles(TestEnvironment.RequireShared("samples/synthea/fhir")));
        var ours = Ours();

        var differences = Differences(real, ours).Order(StringComparer.Ordinal).ToList();
        differences.ForEach(output.WriteLine);
        differences.ShouldBeEmpty();
    }

    [Fact]
    public void A_missing_an_added_and_a_changed_element_are_noticed()
    {
        static BundleShape Shape(string resource)
        {
            var shape = new BundleShape();
            using var bundle = JsonDocument.Parse("{\"type\":\"batch\",\"entry\":[{\"resource\":" + resource + ",\"request\":{\"method\":\"POST\"}}]}");
            for (var i = 0; i < 100; i++)
            {
                shape.Add(bundle.RootElement);
            }

            return shape;
        }

        var real = Shape("""{"resourceType":"Device","status":"active","type":{"coding":[{"system":"http://a"}]}}""");

        Differences(real, real).ShouldBeEmpty();
        Differences(real, Shape("""{"resourceType":"Device","status":"active"}""")).ShouldBe(["missing Device.type.coding[].system", "missing Device.type.coding[].system = http://a"], ignoreOrder: true);
        Differences(real, Shape("""{"resourceType":"Device","status":"inactive","type":{"coding":[{"system":"http://a"}]},"note":1}""")).ShouldBe(
            ["missing Device.status = active", "added Device.note", "added Device.status = inactive"], ignoreOrder: true);
    }

    private static List<string> Differences(BundleShape real, BundleShape ours)
    {
        var found = new List<string>();
        found.AddRange(real.Resources.Keys.Except(ours.Resources.Keys).Select(type => "missing " + type));
        found.AddRange(ours.Resources.Keys.Except(real.Resources.Keys).Select(type => "added " + type));

        // What occurs in fewer than one of fifty resources may fail to occur in either sample by chance.
        found.AddRange(real.Elements.Keys.Where(path => real.Share(path) > 0.02 && !ours.Elements.ContainsKey(path) && !NotOurs.ContainsKey(path)).Select(path => "missing " + path));
        found.AddRange(ours.Elements.Keys.Where(path => !real.Elements.ContainsKey(path) && !NotTheirs.ContainsKey(path) && !Rare.Keys.Any(path.StartsWith)).Select(path => "added " + path));
        found.AddRange(real.Elements.Keys.Where(path => real.Share(path) >= 1 && ours.Elements.ContainsKey(path) && ours.Share(path) + Other(path) < 1).Select(path => $"not always {path}: {ours.Share(path):0.000}"));
        var realValues = Frequent(real);
        var oursValues = Frequent(ours);
        found.AddRange(realValues.Except(ours.Values.Keys).Except(NotOurs.Keys).Select(value => "missing " + value));
        found.AddRange(oursValues.Except(real.Values.Keys).Except(NotTheirs.Keys).Where(value => !Rare.Keys.Any(value.StartsWith)).Select(value => "added " + value));
        return found;

        double Other(string path) => OtherChoice.TryGetValue(path, out var other) && ours.Elements.ContainsKey(other) ? ours.Share(other) : 0;
    }

    private static HashSet<string> Frequent(BundleShape shape)
        => [.. shape.Values.Where(value => value.Value >= 20).Select(value => value.Key)];

    private static BundleShape Ours()
    {
        var generator = TestPatients.Generator(2);
        var totals = new RunTotals(generator);
        var shape = new BundleShape();
        using var writer = new PatientBundleWriter();
        for (var slot = 0; slot < Slots; slot++)
        {
            foreach (var patient in generator.Generate(slot))
            {
                totals.Add(patient);
                Add(writer.Write(patient));
            }
        }

        Add(RunInformation.Hospitals(totals));
        Add(RunInformation.Practitioners(totals));
        return shape;

        void Add(ReadOnlyMemory<byte> json)
        {
            using var bundle = JsonDocument.Parse(json);
            shape.Add(bundle.RootElement);
        }
    }
}
