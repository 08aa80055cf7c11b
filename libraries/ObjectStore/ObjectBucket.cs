using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace FhirAspire.ObjectStore;

/// <summary>One bucket, as the pipeline uses it. Safe for many threads.</summary>
/// <param name="client">The client; not disposed here.</param>
/// <param name="options">The bucket, and whether it may be made.</param>
public sealed class ObjectBucket(IAmazonS3 client, ObjectStoreOptions options)
{
    /// <summary>The metadata name under which an upload keeps its W3C trace context.</summary>
    public const string TraceParent = "traceparent";

    /// <summary>The client below, for what this class does not have.</summary>
    public IAmazonS3 Client { get; } = client;

    /// <summary>The bucket.</summary>
    public string Bucket { get; } = options.Bucket;

    /// <summary>Makes the bucket if need be, and tells that it answers, for a health check.</summary>
    /// <exception cref="ObjectStoreException">See <see cref="EnsureBucketAsync"/>.</exception>
    public async Task<string> CheckAsync(CancellationToken cancellationToken = default)
    {
        await EnsureBucketAsync(cancellationToken).ConfigureAwait(false);
        return $"bucket {Bucket} answers";
    }

    /// <summary>Makes the bucket when it is not there and <see cref="ObjectStoreOptions.CreateBucket"/> allows it.</summary>
    /// <exception cref="ObjectStoreException">S3C002: it is not there and may not be made. S3C003: it belongs to somebody else.</exception>
    public async Task EnsureBucketAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await Client.HeadBucketAsync(new HeadBucketRequest { BucketName = Bucket }, cancellationToken).ConfigureAwait(false);
            return;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.Forbidden)
        {
            throw new ObjectStoreException("S3C003", $"s3://{Bucket}", "these credentials may not use this bucket; set S3:Bucket to one of your own, or other credentials", e);
        }
        catch (AmazonS3Exception e) when (ObjectStoreErrors.IsNotFound(e))
        {
            if (!options.CreateBucket)
            {
                throw new ObjectStoreException("S3C002", $"s3://{Bucket}", "this bucket does not exist; make it, or set S3:CreateBucket to true", e);
            }
        }

        try
        {
            await Client.PutBucketAsync(new PutBucketRequest { BucketName = Bucket }, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "BucketAlreadyOwnedByYou")
        {
            // Somebody of ours was faster.
        }
        catch (AmazonS3Exception e) when (e.ErrorCode == "BucketAlreadyExists")
        {
            throw new ObjectStoreException("S3C003", $"s3://{Bucket}", "this bucket name is taken by somebody else; choose another in S3:Bucket", e);
        }

        if (options.NoncurrentDays > 0)
        {
            await KeepVersionsAsync(options.NoncurrentDays, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task KeepVersionsAsync(int days, CancellationToken cancellationToken)
    {
        await Client.PutBucketVersioningAsync(
            new PutBucketVersioningRequest { BucketName = Bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } }, cancellationToken).ConfigureAwait(false);
        await Client.PutLifecycleConfigurationAsync(
            new PutLifecycleConfigurationRequest
            {
                BucketName = Bucket,
                Configuration = new LifecycleConfiguration
                {
                    Rules =
                    [
                        new LifecycleRule
                        {
                            Id = "end-old-versions",
                            Status = LifecycleRuleStatus.Enabled,
                            Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = "" } },
                            NoncurrentVersionExpiration = new LifecycleRuleNoncurrentVersionExpiration { NoncurrentDays = days },
                            Expiration = new LifecycleRuleExpiration { ExpiredObjectDeleteMarker = true },
                            AbortIncompleteMultipartUpload = new LifecycleRuleAbortIncompleteMultipartUpload { DaysAfterInitiation = 7 },
                        },
                    ],
                },
            }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All objects under <paramref name="prefix"/> in key order (UTF-8 bytes), a page of 1,000 a request.</summary>
    /// <param name="prefix">What the keys begin with; empty for all.</param>
    /// <param name="startAfter">Begins behind this key.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, string? startAfter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var page in ListPagesAsync(prefix, startAfter, cancellationToken).ConfigureAwait(false))
        {
            foreach (var item in page)
            {
                yield return item;
            }
        }
    }

    /// <summary>As <see cref="ListAsync"/>, page by page.</summary>
    /// <param name="prefix">What the keys begin with; empty for all.</param>
    /// <param name="startAfter">Begins behind this key.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<IReadOnlyList<StoredObject>> ListPagesAsync(string prefix, string? startAfter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ListObjectsV2Request { BucketName = Bucket, Prefix = prefix, StartAfter = startAfter };
        ListObjectsV2Response response;
        do
        {
            response = await Client.ListObjectsV2Async(request, cancellationToken).ConfigureAwait(false);
            // The SDK leaves an empty collection null.
            yield return response.S3Objects?.ConvertAll(item => new StoredObject(
                item.Key, item.Size ?? 0, item.ETag.Trim('"'), Utc(item.LastModified), item.StorageClass?.Value ?? S3StorageClass.Standard.Value)) ?? [];
            request.ContinuationToken = response.NextContinuationToken;
        }
        while (response.IsTruncated == true);
    }

    /// <summary>The folders directly under <paramref name="prefix"/>, each with its closing slash, in order.</summary>
    /// <param name="prefix">Empty, or ending with a slash.</param>
    /// <param name="startAfter">Begins behind this key.</param>
    /// <param name="cancellationToken">Ends the listing.</param>
    public async IAsyncEnumerable<string> ListFoldersAsync(string prefix, string? startAfter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var request = new ListObjectsV2Request { BucketName = Bucket, Prefix = prefix, StartAfter = startAfter, Delimiter = "/" };
        ListObjectsV2Response response;
        do
        {
            response = await Client.ListObjectsV2Async(request, cancellationToken).ConfigureAwait(false);
            foreach (var folder in response.CommonPrefixes ?? [])
            {
                yield return folder;
            }

            request.ContinuationToken = response.NextContinuationToken;
        }
        while (response.IsTruncated == true);
    }

    /// <summary>Writes an object; one that is there already is replaced.</summary>
    /// <param name="key">The key.</param>
    /// <param name="content">The bytes; must be seekable, since a retry begins again. Stays open.</param>
    /// <param name="contentType">The media type, such as <c>application/fhir+json</c>.</param>
    /// <param name="metadata">User metadata by name, without <c>x-amz-meta-</c>; the trace context goes under <see cref="TraceParent"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The ETag without its quotes.</returns>
    public async Task<string> PutAsync(
        string key, Stream content, string contentType, IEnumerable<KeyValuePair<string, string>>? metadata = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var request = new PutObjectRequest
        {
            BucketName = Bucket,
            Key = key,
            InputStream = content,
            ContentType = contentType,
            AutoCloseStream = false,
            // TLS protects the body already. Without it the SDK insists on signing, chunk by chunk, in the one pass that sends it.
            DisablePayloadSigning = options.ServiceUrl?.StartsWith("http:", StringComparison.OrdinalIgnoreCase) != true,
        };
        foreach (var (name, value) in metadata ?? [])
        {
            request.Metadata[name] = value;
        }

        var response = await Client.PutObjectAsync(request, cancellationToken).ConfigureAwait(false);
        return response.ETag.Trim('"');
    }

    /// <summary>Writes a file as an object; see <see cref="PutAsync"/>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="path">The file.</param>
    /// <param name="contentType">The media type.</param>
    /// <param name="metadata">User metadata by name.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The ETag without its quotes.</returns>
    public async Task<string> PutFileAsync(
        string key, string path, string contentType, IEnumerable<KeyValuePair<string, string>>? metadata = null, CancellationToken cancellationToken = default)
    {
        // The SDK reads in large blocks itself: a second buffer would only copy.
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous | FileOptions.SequentialScan);
        return await PutAsync(key, file, contentType, metadata, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks an object up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when it is not there.</returns>
    public async Task<StoredObject?> FindAsync(string key, CancellationToken cancellationToken = default)
    {
        try
        {
            var head = await Client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = Bucket, Key = key }, cancellationToken).ConfigureAwait(false);
            return new StoredObject(key, head.ContentLength, head.ETag.Trim('"'), Utc(head.LastModified), head.StorageClass?.Value ?? S3StorageClass.Standard.Value);
        }
        catch (AmazonS3Exception exception) when (ObjectStoreErrors.IsNotFound(exception))
        {
            return null;
        }
    }

    /// <summary>A value that an object's writer has put beside it.</summary>
    /// <param name="key">The key.</param>
    /// <param name="name">The name of the value, such as <see cref="TraceParent"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null when neither is there.</returns>
    public async Task<string?> MetadataAsync(string key, string name, CancellationToken cancellationToken = default)
    {
        try
        {
            return (await Client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = Bucket, Key = key }, cancellationToken).ConfigureAwait(false)).Metadata[name];
        }
        catch (AmazonS3Exception exception) when (ObjectStoreErrors.IsNotFound(exception))
        {
            return null;
        }
    }

    /// <summary>Whether an object can be read now: it is in no archive class (Glacier), or it has been restored from there.</summary>
    /// <param name="item">The object, as listed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<bool> IsReadableAsync(StoredObject item, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.StorageClass is not ("GLACIER" or "DEEP_ARCHIVE"))
        {
            return true;
        }

        // A restored object keeps its class in listings.
        var head = await Client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = Bucket, Key = item.Key }, cancellationToken).ConfigureAwait(false);
        return head is { RestoreInProgress: false, RestoreExpiration: not null };
    }

    /// <summary>Opens an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="eTag">Only in this state: otherwise <see cref="ObjectStoreErrors.IsPreconditionFailed"/> is true of what is thrown.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ObjectContent> GetAsync(string key, string? eTag = null, CancellationToken cancellationToken = default) =>
        new(await Client.GetObjectAsync(new GetObjectRequest { BucketName = Bucket, Key = key, EtagToMatch = eTag is null ? null : $"\"{eTag}\"" }, cancellationToken).ConfigureAwait(false));

    /// <summary>Removes objects, 1,000 a request; what is not there is no error.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DeleteAsync(IEnumerable<string> keys, CancellationToken cancellationToken = default)
    {
        foreach (var some in keys.Chunk(1000))
        {
            var request = new DeleteObjectsRequest { BucketName = Bucket, Quiet = true, Objects = [.. some.Select(key => new KeyVersion { Key = key })] };
            await Client.DeleteObjectsAsync(request, cancellationToken).ConfigureAwait(false);
        }
    }

    // The SDK gives UTC, but not always with that kind.
    internal static DateTimeOffset Utc(DateTime? time) => time is { } value
        ? new DateTimeOffset(value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : DateTime.SpecifyKind(value, DateTimeKind.Utc))
        : DateTimeOffset.UnixEpoch;
}
