namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>A multipart upload that is not complete.</summary>
internal sealed record Upload(
    long Id, long Bucket, byte[] Key, long Initiated, string? Owner, string? StorageClass, StoredChecksum? Checksum, string? Tags, ObjectMetadata Metadata)
{
    public string UploadId => VersionIds.Encode(Id);
}
