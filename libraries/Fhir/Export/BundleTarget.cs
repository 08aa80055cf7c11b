using System.Collections.Concurrent;
using System.IO.Compression;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Simulation;

namespace FhirAspire.Fhir.Export;

/// <summary>A file a patient. What lies behind the last mark is written again, with the same bytes under the same names.</summary>
internal sealed class BundleTarget(ExportOptions options, long asOf) : IExportTarget<(long Resources, long Bytes)>
{
    private readonly ConcurrentBag<PatientBundleWriter> writers = [];

    public (long Resources, long Bytes) Render(IReadOnlyList<SimulatedPatient> patients)
    {
        if (!writers.TryTake(out var writer))
        {
            writer = new PatientBundleWriter(options.Bundles);
        }

        long resources = 0, bytes = 0;
        foreach (var patient in patients)
        {
            var json = writer.Write(patient);
            resources += writer.Resources;
            bytes += json.Length;
            WriteFile(PatientBundleWriter.FileName(patient), json.Span);
        }

        writers.Add(writer);
        return (resources, bytes);
    }

    public (long Resources, long Bytes) Take((long Resources, long Bytes) rendered) => rendered;

    public Dictionary<string, long> Mark() => [];

    public (long Resources, long Bytes) Finish(RunTotals totals)
    {
        var hospitals = RunInformation.Hospitals(totals, options.Bundles);
        var practitioners = RunInformation.Practitioners(totals, options.Bundles);
        WriteFile(RunInformation.HospitalFileName(asOf), hospitals);
        WriteFile(RunInformation.PractitionerFileName(asOf), practitioners);
        return ((totals.UsedProviders.Count() * 4) + 1, hospitals.Length + practitioners.Length);
    }

    public void Dispose()
    {
        while (writers.TryTake(out var writer))
        {
            writer.Dispose();
        }
    }

    private void WriteFile(string name, ReadOnlySpan<byte> json)
    {
        using var file = new FileStream(Path.Combine(options.Output, options.Gzip ? name + ".gz" : name), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        if (!options.Gzip)
        {
            file.Write(json);
            return;
        }

        using var packed = new GZipStream(file, CompressionLevel.Fastest);
        packed.Write(json);
    }
}
