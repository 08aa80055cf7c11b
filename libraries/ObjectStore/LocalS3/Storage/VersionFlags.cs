namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>What a row of <c>versions</c> is.</summary>
[Flags]
internal enum VersionFlags
{
    None = 0,

    /// <summary>A delete marker.</summary>
    DeleteMarker = 1,

    /// <summary>The version with the id <c>null</c>: written while the bucket had no versioning.</summary>
    Null = 2,

    /// <summary>Its bytes are several blobs: it was uploaded in parts.</summary>
    Segmented = 4,
}
