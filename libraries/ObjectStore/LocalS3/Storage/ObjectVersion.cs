namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>One version of one object, or a delete marker.</summary>
internal sealed record ObjectVersion
{
    /// <summary>Rises with every version written; never repeats within a root folder.</summary>
    public long Sequence { get; init; }

    public VersionFlags Flags { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long Modified { get; init; }

    public long Size { get; init; }

    /// <summary>Without quotes.</summary>
    public string ETag { get; init; } = "";

    /// <summary>Null is STANDARD.</summary>
    public string? StorageClass { get; init; }

    /// <summary>Null when the object was written without one.</summary>
    public StoredChecksum? Checksum { get; init; }

    public long Blob { get; init; }

    public string? Owner { get; init; }

    /// <summary>URL-encoded pairs, as in the header x-amz-tagging; null without tags.</summary>
    public string? Tags { get; init; }

    public ObjectMetadata Metadata { get; init; } = ObjectMetadata.Empty;

    public bool IsDeleteMarker => Flags.HasFlag(VersionFlags.DeleteMarker);

    public bool IsNull => Flags.HasFlag(VersionFlags.Null);

    public bool IsSegmented => Flags.HasFlag(VersionFlags.Segmented);

    public string VersionId => IsNull ? VersionIds.Null : VersionIds.Encode(Sequence);
}
