namespace FhirAspire.ObjectStore;

/// <summary>One line of a listing.</summary>
/// <param name="Key">The key.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ETag">The ETag without its quotes.</param>
/// <param name="LastModified">When it was written, in whole seconds as S3 gives it; UTC.</param>
/// <param name="StorageClass">The storage class, such as <c>STANDARD</c>.</param>
public sealed record StoredObject(string Key, long Size, string ETag, DateTimeOffset LastModified, string StorageClass);
