namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>What a DELETE has done.</summary>
/// <param name="VersionId">The version removed, or the delete marker made; null in a bucket without versions.</param>
/// <param name="IsDeleteMarker">Whether that version is a delete marker.</param>
/// <param name="MarkerMade">Whether it was made now, rather than removed.</param>
internal readonly record struct Deletion(string? VersionId, bool IsDeleteMarker, bool MarkerMade);
