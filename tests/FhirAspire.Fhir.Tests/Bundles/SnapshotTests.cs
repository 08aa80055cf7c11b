using FhirAspire.Fhir.Bundles;
using FhirAspire.Tests;

namespace FhirAspire.Fhir.Tests.Bundles;

/// <summary>
/// Whole bundles of a patient made by hand. A change shows as a difference of text; set FHIRASPIRE_UPDATE_SNAPSHOTS=1 to take it over, and read what changed.
/// </summary>
public class SnapshotTests
{
    [Theory]
    [InlineData("transaction", BundleKind.Transaction, ReferenceStyle.Conditional, true)]
    [InlineData("self-contained", BundleKind.Collection, ReferenceStyle.Contained, true)]
    [InlineData("base-r4", BundleKind.Transaction, ReferenceStyle.Conditional, false)]
    public void A_bundle_is_as_it_was(string name, BundleKind kind, ReferenceStyle references, bool usCore)
    {
        using var writer = new PatientBundleWriter(new BundleOptions { Kind = kind, References = references, UsCore = usCore, Indented = true });
        var written = System.Text.Encoding.UTF8.GetString(writer.Write(new HandMade(isDead: usCore).Patient).Span);
        var path = Path.Combine(TestEnvironment.RepositoryRoot, "tests", "FhirAspire.Fhir.Tests", "Snapshots", name + ".json");
        if (Environment.GetEnvironmentVariable("FHIRASPIRE_UPDATE_SNAPSHOTS") is { Length: > 0 })
        {
            File.WriteAllText(path, written + "\n");
        }

        written.ShouldBe(File.ReadAllText(path).TrimEnd('\n'));
    }
}
