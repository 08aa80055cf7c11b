namespace FhirAspire.ObjectStore.LocalS3;

/// <summary>A change of an object, named as S3 names its event notifications.</summary>
/// <param name="Name">Such as <c>ObjectCreated:Put</c>, <c>ObjectCreated:Copy</c>, <c>ObjectCreated:CompleteMultipartUpload</c>, <c>ObjectRemoved:Delete</c>,
/// <c>ObjectRemoved:DeleteMarkerCreated</c>, <c>ObjectTagging:Put</c>, <c>ObjectTagging:Delete</c>, <c>LifecycleExpiration:Delete</c>,
/// <c>LifecycleExpiration:DeleteMarkerCreated</c>, <c>LifecycleTransition</c>.</param>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The key.</param>
/// <param name="VersionId">The version, in a bucket with versions.</param>
/// <param name="Size">Bytes; 0 of what was removed.</param>
/// <param name="ETag">The ETag without quotes; null of what was removed.</param>
/// <param name="Time">When, by the server's <see cref="LocalS3Options.TimeProvider"/>.</param>
public sealed record LocalS3Event(string Name, string Bucket, string Key, string? VersionId, long Size, string? ETag, DateTimeOffset Time);
