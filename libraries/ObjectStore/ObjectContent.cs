using Amazon.S3.Model;

namespace FhirAspire.ObjectStore;

/// <summary>An object being read; disposing it gives the connection back.</summary>
public sealed class ObjectContent : IDisposable
{
    private readonly GetObjectResponse response;

    internal ObjectContent(GetObjectResponse response) => this.response = response;

    /// <summary>The bytes; to be read once, forwards.</summary>
    public Stream Stream => response.ResponseStream;

    /// <summary>Bytes.</summary>
    public long Size => response.ContentLength;

    /// <summary>The ETag without its quotes.</summary>
    public string ETag => response.ETag.Trim('"');

    /// <summary>When it was written, in whole seconds; UTC.</summary>
    public DateTimeOffset LastModified => ObjectBucket.Utc(response.LastModified);

    /// <summary>The version, in a bucket with versions.</summary>
    public string? VersionId => response.VersionId;

    /// <summary>The user metadata of that name (without <c>x-amz-meta-</c>), or null.</summary>
    public string? Metadata(string name) => response.Metadata[name];

    /// <inheritdoc/>
    public void Dispose() => response.Dispose();
}
