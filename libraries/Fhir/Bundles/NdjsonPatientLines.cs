using FhirAspire.Simulation;

namespace FhirAspire.Fhir.Bundles;

/// <summary>
/// Renders patients as lines of Bulk Data NDJSON (http://hl7.org/fhir/uv/bulkdata/), one list of lines a resource type; references are relative
/// (<c>Patient/id</c>). One object per thread; render in parallel, then append in the order of the slots.
/// </summary>
public sealed class NdjsonPatientLines : IDisposable
{
    private readonly Utf8Buffer[] buffers = [.. Enum.GetValues<ResourceKind>().Select(_ => new Utf8Buffer(1 << 12))];
    private readonly ResourceWriter writer;

    /// <summary>Empty lists.</summary>
    /// <param name="usCore">Whether resources claim the profiles of US Core.</param>
    public NdjsonPatientLines(bool usCore = true) => writer = new ResourceWriter(kind => buffers[(int)kind], usCore);

    /// <summary>Resources since the last <see cref="Clear"/>.</summary>
    public int Resources { get; private set; }

    /// <summary>The lines of a type, each with its line end.</summary>
    public ReadOnlyMemory<byte> Lines(ResourceKind kind) => buffers[(int)kind].Written;

    /// <summary>Forgets all lines.</summary>
    public void Clear()
    {
        Resources = 0;
        foreach (var buffer in buffers)
        {
            buffer.Clear();
        }
    }

    /// <summary>Adds a patient's resources.</summary>
    public void Add(SimulatedPatient patient)
    {
        ArgumentNullException.ThrowIfNull(patient);
        RecordWalk.Write(writer, patient);
        Resources += writer.Count;
    }

    /// <summary>Adds the organizations, locations and clinicians of a run.</summary>
    public void AddTotals(RunTotals totals)
    {
        ArgumentNullException.ThrowIfNull(totals);
        writer.Reset();
        foreach (var provider in totals.UsedProviders)
        {
            var counts = RunInformation.CountsOf(totals, provider);
            writer.WriteOrganization(provider, counts);
            writer.WriteLocation(provider);
            writer.WritePractitioner(provider.Clinician, counts);
            writer.WritePractitionerRole(provider.Clinician);
        }

        writer.WriteHomeLocation();
        Resources += writer.Count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        writer.Dispose();
        foreach (var buffer in buffers)
        {
            buffer.Dispose();
        }
    }
}
