using System.Collections.Concurrent;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Simulation;

namespace FhirAspire.Fhir.Export;

/// <summary>A file a resource type; a type that does not occur has none.</summary>
internal sealed class NdjsonTarget : IExportTarget<NdjsonPatientLines>
{
    private readonly ExportOptions options;
    private readonly Dictionary<string, long> lengths;
    private readonly ConcurrentBag<NdjsonPatientLines> free = [];
    private readonly ResumableFile?[] files = new ResumableFile?[Enum.GetValues<ResourceKind>().Length];

    public NdjsonTarget(ExportOptions options, Dictionary<string, long> lengths)
    {
        this.options = options;
        this.lengths = lengths;
        foreach (var kind in Enum.GetValues<ResourceKind>())
        {
            if (File.Exists(PathOf(kind)))
            {
                // What lies behind the mark is cut off, in files that the next patients may not need as well.
                files[(int)kind] = Open(kind);
            }
        }
    }

    public NdjsonPatientLines Render(IReadOnlyList<SimulatedPatient> patients)
    {
        if (!free.TryTake(out var lines))
        {
            lines = new NdjsonPatientLines(options.Bundles.UsCore);
        }

        lines.Clear();
        foreach (var patient in patients)
        {
            lines.Add(patient);
        }

        return lines;
    }

    public (long Resources, long Bytes) Take(NdjsonPatientLines rendered)
    {
        var bytes = 0L;
        foreach (var kind in Enum.GetValues<ResourceKind>())
        {
            var lines = rendered.Lines(kind);
            if (lines.Length > 0)
            {
                bytes += lines.Length;
                (files[(int)kind] ??= Open(kind)).Write(lines.Span);
            }
        }

        free.Add(rendered);
        return (rendered.Resources, bytes);
    }

    public Dictionary<string, long> Mark()
    {
        var marks = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var kind in Enum.GetValues<ResourceKind>())
        {
            if (files[(int)kind] is { } file)
            {
                marks[NameOf(kind)] = file.Mark();
            }
        }

        return marks;
    }

    public (long Resources, long Bytes) Finish(RunTotals totals)
    {
        var lines = new NdjsonPatientLines(options.Bundles.UsCore);
        lines.AddTotals(totals);
        return Take(lines);
    }

    public void Dispose()
    {
        foreach (var file in files)
        {
            file?.Dispose();
        }

        while (free.TryTake(out var lines))
        {
            lines.Dispose();
        }
    }

    private string NameOf(ResourceKind kind) => $"{kind}.ndjson{(options.Gzip ? ".gz" : "")}";

    private string PathOf(ResourceKind kind) => Path.Combine(options.Output, NameOf(kind));

    private ResumableFile Open(ResourceKind kind) => new(PathOf(kind), options.Gzip, lengths.GetValueOrDefault(NameOf(kind)));
}
