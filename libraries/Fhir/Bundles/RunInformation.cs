using FhirAspire.Simulation;
using FhirAspire.Simulation.Providers;

namespace FhirAspire.Fhir.Bundles;

/// <summary>Writes what the patients of a run share: the hospital file and the practitioner file, as batch bundles.</summary>
public static class RunInformation
{
    /// <summary>Name of the hospital file.</summary>
    /// <param name="asOf">End of the simulation, milliseconds since 1970.</param>
    public static string HospitalFileName(long asOf) => $"hospitalInformation{asOf}.json";

    /// <summary>Name of the practitioner file.</summary>
    /// <param name="asOf">End of the simulation, milliseconds since 1970.</param>
    public static string PractitionerFileName(long asOf) => $"practitionerInformation{asOf}.json";

    /// <summary>Organizations that the run has used, with their counts, and their locations.</summary>
    public static byte[] Hospitals(RunTotals totals, BundleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(totals);
        return Batch(options, writer =>
        {
            foreach (var provider in totals.UsedProviders)
            {
                writer.WriteOrganization(provider, CountsOf(totals, provider));
                writer.WriteLocation(provider);
            }

            writer.WriteHomeLocation();
        });
    }

    /// <summary>The clinicians of those organizations, with their counts, and their roles.</summary>
    public static byte[] Practitioners(RunTotals totals, BundleOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(totals);
        return Batch(options, writer =>
        {
            foreach (var provider in totals.UsedProviders)
            {
                writer.WritePractitioner(provider.Clinician, CountsOf(totals, provider));
                writer.WritePractitionerRole(provider.Clinician);
            }
        });
    }

    internal static ProviderCounts CountsOf(RunTotals totals, Provider provider)
        => new(totals.Encounters[provider.Number], totals.Procedures[provider.Number], totals.Labs[provider.Number], totals.Prescriptions[provider.Number]);

    private static byte[] Batch(BundleOptions? options, Action<ResourceWriter> write)
    {
        options ??= BundleOptions.Default;
        using var buffer = new Utf8Buffer();
        using var writer = new ResourceWriter(buffer, options with { Kind = BundleKind.Transaction });
        buffer.Raw("""{"resourceType":"Bundle","type":"batch","entry":["""u8);
        write(writer);
        buffer.Raw("]}"u8);
        if (!options.Indented)
        {
            return buffer.WrittenSpan.ToArray();
        }

        using var indented = new Utf8Buffer();
        Indentation.Write(buffer.WrittenSpan, indented);
        return indented.WrittenSpan.ToArray();
    }
}
