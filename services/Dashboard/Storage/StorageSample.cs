using System.Text.Json.Serialization;
using FhirAspire.Pipeline.Telemetry;

namespace FhirAspire.Dashboard.Storage;

/// <summary>What lay where at an instant, and what the process had used by then.</summary>
public sealed record StorageSample
{
    /// <summary>When, UTC.</summary>
    public DateTime At { get; init; }

    /// <summary>The places by key (<see cref="StoragePlaces"/>); one that could not be measured is missing, never 0.</summary>
    public IReadOnlyDictionary<string, PlaceSize> Places { get; init; } = new Dictionary<string, PlaceSize>();

    /// <summary>Rows of the warehouse's tables by <c>schema.table</c>; null where no load and no build has ended since the sample before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, long>? Tables { get; init; }

    /// <summary>The process that hosts the dashboard, and with it the embedded pipeline.</summary>
    public ProcessUse Process { get; init; } = new();
}

/// <summary>How much lies at a place.</summary>
/// <param name="Bytes">Bytes; null where only the number is known.</param>
/// <param name="Items">Files, objects or rows.</param>
public sealed record PlaceSize(long? Bytes, long? Items);

/// <summary>The places that are measured, in the order in which data passes them.</summary>
public static class StoragePlaces
{
    /// <summary>Every place.</summary>
    public static IReadOnlyList<StoragePlace> All { get; } =
    [
        new("spool", "Spool", "files", "Files that the generator wrote; they go 24 h after their upload."),
        new("s3", "S3", "objects", "Objects that the loader has seen, by their size in the bucket."),
        new("raw", "RAW", "rows", "Bundles as they were loaded, in the warehouse."),
        new("staging", "Staging", "rows", "Resources taken apart, and the intermediate models."),
        new("marts", "Marts", "rows", "What analysts read, in the warehouse."),
        new("parquet", "Parquet", "tables", "The published marts as files: the newest set."),
    ];
}

/// <summary>A place where data lies.</summary>
/// <param name="Key">Its key in samples.</param>
/// <param name="Name">Its name.</param>
/// <param name="Unit">What its items are.</param>
/// <param name="About">What it is, for newcomers.</param>
public sealed record StoragePlace(string Key, string Name, string Unit, string About);
