using System.Globalization;
using System.Xml.Linq;
using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Lifecycle;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>PutObject, DeleteObject, DeleteObjects.</summary>
internal sealed class WriteOperations(Store store)
{
    /// <summary>The most that one PUT may bring: 5 GiB.</summary>
    public const long SizeLimit = 5L * 1024 * 1024 * 1024;

    public async Task PutAsync(S3Request request, Bucket bucket)
    {
        Access.RefuseUnsupported(request);
        var key = request.RequiredKey;
        var metadata = ObjectHeaders.Of(request);
        var storageClass = ObjectHeaders.StorageClass(request);
        var tags = Tags.OfHeader(request);
        var conditions = Conditions(request);
        CheckLength(request);
        var checks = BodyChecks.Of(request);
        var (received, checksum) = await checks.StoreAsync(request, store, request.Http.RequestAborted).ConfigureAwait(false);
        using var blob = received;
        var draft = new ObjectVersion
        {
            Size = blob.Size,
            ETag = Convert.ToHexStringLower(blob.Md5),
            StorageClass = storageClass,
            Checksum = checksum,
            Blob = blob.Id,
            Tags = tags,
            Metadata = metadata,
        };
        var stored = await store.WriteAsync(t =>
        {
            var result = store.Put(t, bucket.Name, key, draft, conditions, "ObjectCreated:Put");
            t.Add(blob);
            return result;
        }).ConfigureAwait(false);
        request.Header("ETag", $"\"{stored.Version.ETag}\"");
        request.Header("x-amz-version-id", stored.VersionId);
        ObjectHeaders.WriteChecksum(request, checksum);
        ObjectHeaders.WriteEncryption(request, metadata);
        request.Header("x-amz-expiration", LifecycleRules.ExpirationOf(bucket, key, stored.Version, store.Options));
        await Reply.EmptyAsync(request).ConfigureAwait(false);
    }

    public static WriteConditions Conditions(S3Request request)
    {
        var ifMatch = request.Header("If-Match");
        var ifNoneMatch = request.Header("If-None-Match");
        return ifMatch is null && ifNoneMatch is null ? WriteConditions.None : new WriteConditions(ifMatch, ifNoneMatch);
    }

    public static void CheckLength(S3Request request)
    {
        if (request.Http.Request.ContentLength is null && request.Header("Transfer-Encoding") is null)
        {
            throw S3Errors.MissingContentLength();
        }

        if (request.Http.Request.ContentLength is > SizeLimit and { } length)
        {
            throw S3Errors.EntityTooLarge(length);
        }
    }

    public async Task DeleteAsync(S3Request request, Bucket bucket)
    {
        var key = request.RequiredKey;
        var version = VersionOf(request);
        var conditions = DeleteConditions(
            request.Header("If-Match"), request.Header("x-amz-if-match-last-modified-time"), request.Header("x-amz-if-match-size"));
        var deletion = await store.WriteAsync(t => store.Delete(t, bucket.Name, key, version, conditions)).ConfigureAwait(false);
        request.Header("x-amz-version-id", deletion.VersionId);
        request.Header("x-amz-delete-marker", deletion.IsDeleteMarker ? "true" : null);
        await Reply.EmptyAsync(request, 204).ConfigureAwait(false);
    }

    public async Task DeleteManyAsync(S3Request request, Bucket bucket)
    {
        var checks = BodyChecks.Of(request);
        if (!checks.HasAny)
        {
            throw S3Errors.InvalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
        }

        var root = XmlDocuments.Parse(await Reply.BodyAsync(request, checks).ConfigureAwait(false), "Delete");
        var quiet = string.Equals(root.Text("Quiet"), "true", StringComparison.OrdinalIgnoreCase);
        var objects = root.Children("Object").Select(item => (
            Key: item.Required("Key"), Version: item.Text("VersionId") is { Length: > 0 } version ? version : null, Item: item)).ToList();
        if (objects.Count is 0 or > 1000)
        {
            throw S3Errors.MalformedXml($"{objects.Count} objects, expected 1 to 1000");
        }

        // One transaction: a flush for all. A refusal writes nothing, so the others go on.
        var results = await store.WriteAsync(t => objects.ConvertAll(item =>
        {
            try
            {
                return (item.Key, item.Version, Deletion: store.Delete(t, bucket.Name, item.Key, item.Version, ConditionsOf(item.Item)), Error: (S3Exception?)null);
            }
            catch (S3Exception e) when (e.Code != "NoSuchBucket")
            {
                return (item.Key, item.Version, Deletion: default, Error: e);
            }
        })).ConfigureAwait(false);
        var xml = new XmlText("DeleteResult");
        foreach (var (key, version, deletion, error) in results)
        {
            if (error is not null)
            {
                xml.Open("Error").Element("Key", key).Element("VersionId", version).Element("Code", error.Code).Element("Message", error.Message).Close("Error");
            }
            else if (!quiet)
            {
                xml.Open("Deleted").Element("Key", key).Element("VersionId", version);
                if (deletion.IsDeleteMarker)
                {
                    xml.Element("DeleteMarker", true).Element("DeleteMarkerVersionId", deletion.VersionId);
                }

                xml.Close("Deleted");
            }
        }

        await Reply.XmlAsync(request, xml).ConfigureAwait(false);
    }

    /// <summary>The version that a request names, or null; an empty one is a fault.</summary>
    public static string? VersionOf(S3Request request) => request.Query["versionId"] switch
    {
        null => null,
        "" => throw S3Errors.InvalidArgument("Version id cannot be the empty string", "versionId", ""),
        var version => version,
    };

    private static WriteConditions ConditionsOf(XElement item) => DeleteConditions(item.Text("ETag"), item.Text("LastModifiedTime"), item.Text("Size"));

    private static WriteConditions DeleteConditions(string? eTag, string? modified, string? size)
    {
        if (eTag is null && modified is null && size is null)
        {
            return WriteConditions.None;
        }

        long? second = modified is null ? null
            : Times.TryParseHttp(modified, out var time) || Times.TryParseIso(modified, out time) ? time.ToUnixTimeSeconds()
            : throw S3Errors.InvalidArgument("Not a time", "x-amz-if-match-last-modified-time", modified);
        long? bytes = size is null ? null
            : long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value
            : throw S3Errors.InvalidArgument("Not a number of bytes", "x-amz-if-match-size", size);
        return new WriteConditions(eTag, null, second, bytes);
    }
}
