namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>A piece of an object that was uploaded in parts.</summary>
internal readonly record struct Segment(int Part, long Blob, long Size, StoredChecksum? Checksum);
