using System.Text;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Simulation;
using Hl7.Fhir.Model;

namespace FhirAspire.Fhir.Tests.Bundles;

public class FirelyTests
{
    public static TheoryData<BundleKind, ReferenceStyle, bool> Shapes()
    {
        var data = new TheoryData<BundleKind, ReferenceStyle, bool>();
        foreach (var kind in Enum.GetValues<BundleKind>())
        {
            foreach (var style in Enum.GetValues<ReferenceStyle>())
            {
                data.Add(kind, style, true);
                data.Add(kind, style, false);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void A_patient_with_every_kind_of_entry_agrees_with_the_model_in_every_shape(BundleKind kind, ReferenceStyle references, bool usCore)
    {
        using var writer = new PatientBundleWriter(new BundleOptions { Kind = kind, References = references, UsCore = usCore });

        var bundle = Firely.ShouldRoundTrip<Bundle>(writer.Write(new HandMade().Patient));

        bundle.Type.ShouldBe(kind == BundleKind.Transaction ? Bundle.BundleType.Transaction : Bundle.BundleType.Collection);
        bundle.Entry.Select(e => e.Resource!.TypeName).Distinct().Count().ShouldBe(references == ReferenceStyle.Contained ? 24 : 20);
        bundle.Entry.ShouldAllBe(e => e.FullUrl == "urn:uuid:" + e.Resource!.Id);
        bundle.Entry.ShouldAllBe(e => (e.Request == null) == (kind == BundleKind.Collection));
        bundle.Entry.Any(e => e.Resource!.Meta != null).ShouldBe(usCore);
        writer.Resources.ShouldBe(bundle.Entry.Count);
    }

    [Fact]
    public void An_indented_bundle_is_the_compact_one_with_lines()
    {
        using var compact = new PatientBundleWriter();
        using var pretty = new PatientBundleWriter(new BundleOptions { Indented = true });
        var patient = new HandMade().Patient;

        var indented = pretty.Write(patient);

        Firely.ShouldRoundTrip<Bundle>(indented);
        using var document = System.Text.Json.JsonDocument.Parse(indented);
        System.Text.Json.JsonSerializer.Serialize(document.RootElement).ShouldBe(
            System.Text.Json.JsonSerializer.Serialize(System.Text.Json.JsonDocument.Parse(compact.Write(patient)).RootElement));
        Encoding.UTF8.GetString(indented.Span).ShouldStartWith("{\n  \"resourceType\": \"Bundle\",\n  \"type\": \"transaction\",\n  \"entry\": [\n    {\n");
    }

    [Fact]
    public void Lines_of_bulk_data_are_resources_with_relative_references()
    {
        using var lines = new NdjsonPatientLines();
        lines.Add(new HandMade().Patient);

        foreach (var kind in Enum.GetValues<ResourceKind>())
        {
            foreach (var line in Encoding.UTF8.GetString(lines.Lines(kind).Span).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Firely.ShouldRoundTrip<Resource>(Encoding.UTF8.GetBytes(line)).TypeName.ShouldBe(kind.ToString());
            }
        }

        Encoding.UTF8.GetString(lines.Lines(ResourceKind.Condition).Span).ShouldContain($"\"subject\":{{\"reference\":\"Patient/{HandMade.Key.Id(0)}\"}}");
        Encoding.UTF8.GetString(lines.Lines(ResourceKind.Encounter).Span).ShouldContain("\"reference\":\"Organization/");
    }

    [SkippableFact]
    public void Simulated_patients_agree_with_the_model()
    {
        using var writer = new PatientBundleWriter();
        foreach (var patient in TestPatients.Some(8))
        {
            Firely.ShouldRoundTrip<Bundle>(writer.Write(patient));
        }
    }

    [SkippableFact]
    public void Hospital_and_practitioner_files_agree_with_the_model()
    {
        var generator = TestPatients.Generator();
        var totals = new RunTotals(generator);
        foreach (var patient in TestPatients.Some(5))
        {
            totals.Add(patient);
        }

        var hospitals = Firely.ShouldRoundTrip<Bundle>(RunInformation.Hospitals(totals));
        var practitioners = Firely.ShouldRoundTrip<Bundle>(RunInformation.Practitioners(totals));

        hospitals.Type.ShouldBe(Bundle.BundleType.Batch);
        var used = totals.UsedProviders.Count();
        hospitals.Entry.Count(e => e.Resource is Organization).ShouldBe(used);
        hospitals.Entry.Count(e => e.Resource is Location).ShouldBe(used + 1);
        practitioners.Entry.Count(e => e.Resource is Practitioner).ShouldBe(used);
        practitioners.Entry.Count(e => e.Resource is PractitionerRole).ShouldBe(used);
        hospitals.Entry.Select(e => e.Resource).OfType<Organization>()
            .Sum(o => ((Integer)o.Extension.Single(x => x.Url!.EndsWith("utilization-encounters-extension", StringComparison.Ordinal)).Value!).Value)
            .ShouldBe(totals.Encounters.Sum());
    }
}
