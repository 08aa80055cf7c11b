using System.Collections.Concurrent;
using FhirAspire.Simulation;
using FhirAspire.Simulation.Csv;

namespace FhirAspire.Fhir.Export;

/// <summary>The 18 tables.</summary>
internal sealed class CsvTarget : IExportTarget<CsvPatientRows>
{
    private readonly ConcurrentBag<CsvPatientRows> free = [];
    private readonly Dictionary<string, ResumableFile> files = new(StringComparer.Ordinal);
    private readonly CsvSink sink;

    public CsvTarget(ExportOptions options, Dictionary<string, long> lengths)
    {
        sink = new CsvSink(
            table =>
            {
                var name = $"{table}.csv{(options.Gzip ? ".gz" : "")}";
                return files[name] = new ResumableFile(Path.Combine(options.Output, name), options.Gzip, lengths.GetValueOrDefault(name));
            },
            withHeaders: lengths.Count == 0);
    }

    public CsvPatientRows Render(IReadOnlyList<SimulatedPatient> patients)
    {
        if (!free.TryTake(out var rows))
        {
            rows = new CsvPatientRows();
        }

        rows.Clear();
        foreach (var patient in patients)
        {
            rows.Add(patient);
        }

        return rows;
    }

    public (long Resources, long Bytes) Take(CsvPatientRows rendered)
    {
        var before = sink.Rows;
        sink.Append(rendered);
        var bytes = rendered.Bytes;
        free.Add(rendered);
        return (sink.Rows - before, bytes);
    }

    public Dictionary<string, long> Mark() => files.ToDictionary(file => file.Key, file => file.Value.Mark(), StringComparer.Ordinal);

    public (long Resources, long Bytes) Finish(RunTotals totals)
    {
        var before = sink.Rows;
        sink.WriteTotals(totals);
        return (sink.Rows - before, 0);
    }

    public void Dispose() => sink.Dispose();
}
