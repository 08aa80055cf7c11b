using System.Globalization;
using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Lifecycle;
using FhirAspire.ObjectStore.LocalS3.Storage;
using Microsoft.AspNetCore.Http;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>GetObject, HeadObject, GetObjectAttributes.</summary>
internal sealed class ReadOperations(Store store)
{
    private static readonly (string Query, string Header)[] Overrides =
    [
        ("response-content-type", "Content-Type"), ("response-content-language", "Content-Language"), ("response-expires", "Expires"),
        ("response-cache-control", "Cache-Control"), ("response-content-disposition", "Content-Disposition"), ("response-content-encoding", "Content-Encoding"),
    ];

    /// <summary>The version that a request names; the error is S3's own for each way of not being there.</summary>
    public static ObjectVersion Find(Reader reader, Bucket bucket, string key, string? versionId)
    {
        var bytes = Store.KeyBytes(key);
        if (versionId is not null)
        {
            var version = reader.Find(bucket.Id, bytes, versionId) ?? throw S3Errors.NoSuchVersion(key, versionId);
            return version.IsDeleteMarker
                ? throw S3Errors.MethodNotAllowed("GET").WithHeader("x-amz-delete-marker", "true").WithHeader("x-amz-version-id", version.VersionId)
                    .WithHeader("Last-Modified", Times.Http(version.Modified)).WithHeader("Allow", "DELETE")
                : version;
        }

        return reader.FindCurrent(bucket.Id, bytes) switch
        {
            null => throw S3Errors.NoSuchKey(key),
            { IsDeleteMarker: true } marker => throw S3Errors.NoSuchKey(key).WithHeader("x-amz-delete-marker", "true").WithHeader("x-amz-version-id", marker.VersionId),
            var version => version,
        };
    }

    public async Task GetAsync(S3Request request, Bucket bucket)
    {
        Access.RefuseUnsupported(request);
        var head = HttpMethods.IsHead(request.Method);
        var partNumber = request.Query.Int32("partNumber", least: 1);
        using var contents = ObjectContents.Open(
            store, reader => Find(reader, bucket, request.RequiredKey, WriteOperations.VersionOf(request)), withBytes: !head);
        var version = contents.Version;
        ReadConditions.Check(request, version);
        if (!head && Archive.IsLocked(version, store.Now))
        {
            throw new S3Exception(403, "InvalidObjectState", "The operation is not valid for the object's storage class", ("StorageClass", version.StorageClass!));
        }

        var range = partNumber is { } number ? PartRange(request, version, number) : ByteRange.Parse(request.Header("Range"), version.Size);
        WriteHeaders(request, bucket, version, whole: range is null || (partNumber is not null && !version.IsSegmented));
        var response = request.Http.Response;
        var (start, length) = range is { } piece ? (piece.Start, piece.Length) : (0, version.Size);
        response.ContentLength = length;
        if (range is not null)
        {
            response.StatusCode = 206;
            request.Header("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {start}-{start + length - 1}/{version.Size}"));
        }

        if (!head)
        {
            await contents.CopyToAsync(response.BodyWriter, start, length, request.Http.RequestAborted).ConfigureAwait(false);
        }
    }

    public Task AttributesAsync(S3Request request, Bucket bucket)
    {
        var wanted = (request.Header("x-amz-object-attributes") ?? throw S3Errors.InvalidRequest("The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty"))
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        foreach (var name in wanted)
        {
            if (name is not ("ETag" or "Checksum" or "ObjectParts" or "StorageClass" or "ObjectSize"))
            {
                throw S3Errors.InvalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", name);
            }
        }

        var (version, segments) = store.Read(reader =>
        {
            var found = Find(reader, bucket, request.RequiredKey, WriteOperations.VersionOf(request));
            return (found, found.IsSegmented ? reader.Segments(found.Blob) : []);
        });
        request.Header("Last-Modified", Times.Http(version.Modified));
        request.Header("x-amz-version-id", bucket.Versioning == Versioning.Never ? null : version.VersionId);
        var xml = new XmlText("GetObjectAttributesResponse").Element("ETag", wanted.Contains("ETag") ? version.ETag : null);
        if (wanted.Contains("Checksum") && version.Checksum is { } checksum)
        {
            xml.Open("Checksum").Checksum(checksum).Close("Checksum");
        }

        if (wanted.Contains("ObjectParts") && version.IsSegmented)
        {
            WriteParts(request, xml, segments);
        }

        xml.Element("StorageClass", wanted.Contains("StorageClass") ? version.StorageClass ?? "STANDARD" : null);
        if (wanted.Contains("ObjectSize"))
        {
            xml.Element("ObjectSize", version.Size);
        }

        return Reply.XmlAsync(request, xml);
    }

    private static void WriteParts(S3Request request, XmlText xml, List<Segment> segments)
    {
        var most = HeaderNumber(request, "x-amz-max-parts", 1000);
        var marker = HeaderNumber(request, "x-amz-part-number-marker", 0);
        var page = segments.Where(segment => segment.Part > marker).Take(most).ToList();
        xml.Open("ObjectParts").Element("TotalPartsCount", segments.Count).Element("PartsCount", segments.Count).Element("PartNumberMarker", marker)
            .Element("NextPartNumberMarker", page.Count == 0 ? 0 : page[^1].Part).Element("MaxParts", most)
            .Element("IsTruncated", page.Count > 0 && page[^1].Part != segments[^1].Part);
        foreach (var segment in page)
        {
            // S3 lists the parts themselves only when they have checksums.
            xml.Open("Part").Element("PartNumber", segment.Part).Element("Size", segment.Size).Checksum(segment.Checksum, withType: false).Close("Part");
        }

        xml.Close("ObjectParts");
    }

    private static int HeaderNumber(S3Request request, string name, int fallback) => request.Header(name) switch
    {
        null => fallback,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) => value,
        var text => throw S3Errors.InvalidArgument("Not a number", name, text),
    };

    private ByteRange? PartRange(S3Request request, ObjectVersion version, int number)
    {
        if (request.Header("Range") is not null)
        {
            throw S3Errors.InvalidRequest("Cannot specify both Range header and partNumber query parameter");
        }

        if (!version.IsSegmented)
        {
            return number == 1 ? version.Size == 0 ? null : new ByteRange(0, version.Size) : throw InvalidPartNumber(number, 1);
        }

        var segments = store.Read(reader => reader.Segments(version.Blob));
        request.Header("x-amz-mp-parts-count", segments.Count.ToString(CultureInfo.InvariantCulture));
        long start = 0;
        foreach (var segment in segments)
        {
            if (segment.Part == number)
            {
                if (segment.Checksum is { } checksum && string.Equals(request.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase))
                {
                    // The part's own, under the type of the object's.
                    ObjectHeaders.WriteChecksum(request, checksum with { Type = version.Checksum?.Type ?? checksum.Type });
                }

                return new ByteRange(start, segment.Size);
            }

            start += segment.Size;
        }

        throw InvalidPartNumber(number, segments.Count);
    }

    private static S3Exception InvalidPartNumber(int number, int count) => new(
        416, "InvalidPartNumber", "The requested partnumber is not satisfiable", ("PartNumberRequested", number.ToString()), ("ActualPartCount", count.ToString()));

    private void WriteHeaders(S3Request request, Bucket bucket, ObjectVersion version, bool whole)
    {
        ObjectHeaders.Write(request, version.Metadata);
        var response = request.Http.Response;
        response.Headers.ContentType = version.Metadata["content-type"] ?? "binary/octet-stream";
        response.Headers.ETag = $"\"{version.ETag}\"";
        response.Headers.LastModified = Times.Http(version.Modified);
        response.Headers.AcceptRanges = "bytes";
        request.Header("x-amz-version-id", bucket.Versioning == Versioning.Never ? null : version.VersionId);
        request.Header("x-amz-storage-class", version.StorageClass);
        request.Header("x-amz-restore", Archive.RestoreHeader(version));
        if (version.Tags is { } tags)
        {
            request.Header("x-amz-tagging-count", Tags.Parse(tags).Count.ToString(CultureInfo.InvariantCulture));
        }

        request.Header("x-amz-expiration", LifecycleRules.ExpirationOf(bucket, request.RequiredKey, version, store.Options));

        if (whole && string.Equals(request.Header("x-amz-checksum-mode"), "ENABLED", StringComparison.OrdinalIgnoreCase))
        {
            ObjectHeaders.WriteChecksum(request, version.Checksum);
        }

        foreach (var (query, header) in Overrides)
        {
            if (request.Query[query] is { } value)
            {
                if (request.Caller.IsAnonymous)
                {
                    throw S3Errors.InvalidRequest("Request specific response headers cannot be used for anonymous GET requests.");
                }

                request.Header(header, value);
            }
        }
    }
}
