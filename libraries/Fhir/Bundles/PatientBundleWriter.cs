using FhirAspire.Simulation;

namespace FhirAspire.Fhir.Bundles;

/// <summary>
/// Writes a patient's life as one FHIR R4 bundle of the shape of Synthea 3.3.0, straight to UTF-8. One object per thread: its buffers are used
/// again for the next patient.
/// </summary>
public sealed class PatientBundleWriter : IDisposable
{
    // A buffer that one very long record has made larger than this goes back to the pool.
    private const int KeepAtMost = 32 << 20;

    private readonly BundleOptions options;
    private Utf8Buffer buffer = new(1 << 20);
    private ResourceWriter writer;
    private Utf8Buffer? indented;

    /// <summary>A writer with its own buffers.</summary>
    public PatientBundleWriter(BundleOptions? options = null)
    {
        this.options = options ?? BundleOptions.Default;
        writer = new ResourceWriter(buffer, this.options);
        indented = this.options.Indented ? new Utf8Buffer() : null;
    }

    /// <summary>Resources of the last bundle.</summary>
    public int Resources { get; private set; }

    /// <summary>Name of a patient's file: <c>{First}_{Middle}_{Last}_{id}.json</c>.</summary>
    public static string FileName(SimulatedPatient patient)
    {
        ArgumentNullException.ThrowIfNull(patient);
        var person = patient.Person;
        var name = string.Join('_', new[] { person.FirstName, person.MiddleName, person.LastName }.Where(part => part.Length > 0));
        return string.Concat(name.Select(c => c is ' ' ? '_' : char.IsLetterOrDigit(c) || c is '_' or '-' or '\'' ? c : '-')) + $"_{patient.Id:D}.json";
    }

    /// <summary>Writes a bundle.</summary>
    /// <returns>The JSON, valid until the next call or <see cref="Dispose"/>.</returns>
    /// <exception cref="FhirWriteException">The record holds a number that FHIR cannot hold.</exception>
    public ReadOnlyMemory<byte> Write(SimulatedPatient patient)
    {
        ArgumentNullException.ThrowIfNull(patient);
        Shrink();
        buffer.Clear();
        buffer.Raw(options.Kind == BundleKind.Transaction
            ? """{"resourceType":"Bundle","type":"transaction","entry":["""u8
            : """{"resourceType":"Bundle","type":"collection","entry":["""u8);
        RecordWalk.Write(writer, patient);
        if (options.References == ReferenceStyle.Contained)
        {
            foreach (var provider in writer.UsedProviders)
            {
                // Counts are of a run, which this bundle knows nothing of.
                writer.WriteOrganization(provider, null);
                writer.WriteLocation(provider);
                writer.WritePractitioner(provider.Clinician, null);
                writer.WritePractitionerRole(provider.Clinician);
            }

            if (writer.UsedPatientsHome)
            {
                writer.WriteHomeLocation();
            }
        }

        buffer.Raw("]}"u8);
        Resources = writer.Count;
        if (indented is null)
        {
            return buffer.Written;
        }

        indented.Clear();
        Indentation.Write(buffer.WrittenSpan, indented);
        return indented.Written;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        buffer.Dispose();
        indented?.Dispose();
    }

    private void Shrink()
    {
        if (indented is { Length: > KeepAtMost })
        {
            indented.Dispose();
            indented = new Utf8Buffer();
        }

        if (buffer.Length > KeepAtMost)
        {
            writer.Dispose();
            buffer.Dispose();
            buffer = new Utf8Buffer(1 << 20);
            writer = new ResourceWriter(buffer, options);
        }
    }
}
