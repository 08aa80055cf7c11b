using FhirAspire.Fhir.Bundles;

namespace FhirAspire.Fhir.Export;

/// <summary>What a bulk export writes, and where.</summary>
public sealed record ExportOptions
{
    /// <summary>Living patients; those who die on the way come on top.</summary>
    public required long Patients { get; init; }

    /// <summary>The folder, new or empty, or that of an interrupted export with the same options.</summary>
    public required string Output { get; init; }

    /// <summary>The kind of files.</summary>
    public ExportFormat Format { get; init; } = ExportFormat.Fhir;

    /// <summary>Whether files are gzipped; <c>.gz</c> is appended to their names.</summary>
    public bool Gzip { get; init; }

    /// <summary>Threads; 0 for one a core.</summary>
    public int Threads { get; init; }

    /// <summary>The shape of bundles.</summary>
    public BundleOptions Bundles { get; init; } = BundleOptions.Default;

    /// <summary>Slots between two points that an interrupted export goes on from.</summary>
    public int CheckpointEvery { get; init; } = 100;

    /// <summary>What makes two runs the same beyond the options of the simulation: names and versions of modules and data.</summary>
    public string Sources { get; init; } = "";
}

/// <summary>Kinds of output.</summary>
public enum ExportFormat
{
    /// <summary>A bundle a patient, and the hospital and practitioner files.</summary>
    Fhir,

    /// <summary>Bulk Data: a file a resource type, one resource a line.</summary>
    Ndjson,

    /// <summary>The 18 tables of Synthea's CSV export.</summary>
    Csv,
}
