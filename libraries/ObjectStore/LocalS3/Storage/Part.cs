namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>A part of an upload that is not complete.</summary>
internal sealed record Part(int Number, long Blob, long Size, string ETag, long Modified, StoredChecksum? Checksum);
