using System.Buffers;
using FhirAspire.ObjectStore.LocalS3.Checksums;
using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>CopyObject and UploadPartCopy. Bytes that need no new hash are shared, not copied.</summary>
internal sealed class CopyOperations(Store store)
{
    public async Task ObjectAsync(S3Request request, Bucket bucket)
    {
        Access.RefuseUnsupported(request);
        var source = CopySource.Of(request);
        var sourceBucket = FindSource(request, source);
        var replaceMetadata = Directive(request, "x-amz-metadata-directive");
        var replaceTags = Directive(request, "x-amz-tagging-directive");
        var storageClass = ObjectHeaders.StorageClass(request);
        var key = request.RequiredKey;
        var wanted = AlgorithmOf(request);
        using var contents = ObjectContents.Open(store, reader => ReadOperations.Find(reader, sourceBucket, source.Key, source.VersionId), withBytes: true);
        var original = contents.Version;
        ReadConditions.Check(request, original, "x-amz-copy-source-");
        if (Archive.IsLocked(original, store.Now))
        {
            throw new S3Exception(403, "InvalidObjectState", "Operation is not valid for the source object's storage class");
        }

        if (sourceBucket.Id == bucket.Id && source.Key == key && source.VersionId is null && !replaceMetadata && !replaceTags && request.Header("x-amz-storage-class") is null
            && request.Header(ObjectHeaders.Encryption) is null && request.Header("x-amz-website-redirect-location") is null)
        {
            throw S3Errors.InvalidRequest("This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
        }

        var metadata = replaceMetadata
            ? ObjectHeaders.Of(request)
            : ObjectHeaders.WithEncryption(request, original.Metadata.With(ObjectHeaders.RestoredUntil, null).With(ObjectHeaders.UploadId, null));
        var draft = original with
        {
            Flags = VersionFlags.None,
            StorageClass = storageClass,
            Owner = null,
            Metadata = metadata,
            Tags = replaceTags ? Tags.OfHeader(request) : original.Tags,
        };
        var conditions = WriteOperations.Conditions(request);
        var algorithm = wanted ?? original.Checksum?.Algorithm;
        StoredVersion stored;
        if (!original.IsSegmented && algorithm == original.Checksum?.Algorithm)
        {
            stored = await store.WriteAsync(t =>
            {
                RequireUnchanged(t, sourceBucket, source, original);
                return PutShared(t, bucket, key, draft, conditions);
            }).ConfigureAwait(false);
        }
        else
        {
            var (blob, checksum) = await CopyAsync(contents, 0, original.Size, algorithm).ConfigureAwait(false);
            using (blob)
            {
                draft = draft with { Blob = blob.Id, ETag = Convert.ToHexStringLower(blob.Md5), Checksum = checksum };
                stored = await store.WriteAsync(t =>
                {
                    var result = store.Put(t, bucket.Name, key, draft, conditions, "ObjectCreated:Copy");
                    t.Add(blob);
                    return result;
                }).ConfigureAwait(false);
            }
        }

        request.Header("x-amz-version-id", stored.VersionId);
        request.Header("x-amz-copy-source-version-id", sourceBucket.Versioning == Versioning.Never ? null : original.VersionId);
        ObjectHeaders.WriteEncryption(request, metadata);
        await Reply.XmlAsync(request, new XmlText("CopyObjectResult").Element("LastModified", Times.Iso(stored.Version.Modified))
            .Element("ETag", $"\"{stored.Version.ETag}\"").Checksum(stored.Version.Checksum)).ConfigureAwait(false);
    }

    public async Task PartAsync(S3Request request, Bucket bucket)
    {
        Access.RefuseUnsupported(request);
        var number = MultipartOperations.PartNumber(request);
        var source = CopySource.Of(request);
        var sourceBucket = FindSource(request, source);
        var upload = store.Read(reader => MultipartOperations.Find(reader, request, bucket));
        using var contents = ObjectContents.Open(store, reader => ReadOperations.Find(reader, sourceBucket, source.Key, source.VersionId), withBytes: true);
        var original = contents.Version;
        ReadConditions.Check(request, original, "x-amz-copy-source-");
        var (start, length) = RangeOf(request, original.Size);
        var (blob, checksum) = await CopyAsync(contents, start, length, upload.Checksum?.Algorithm).ConfigureAwait(false);
        using (blob)
        {
            var part = new Part(number, blob.Id, blob.Size, Convert.ToHexStringLower(blob.Md5), store.Now, checksum);
            await store.WriteAsync(t =>
            {
                MultipartOperations.Find(t, request, bucket);
                t.Put(upload.Id, part);
                t.Add(blob);
                return true;
            }).ConfigureAwait(false);
            request.Header("x-amz-copy-source-version-id", sourceBucket.Versioning == Versioning.Never ? null : original.VersionId);
            await Reply.XmlAsync(request, new XmlText("CopyPartResult").Element("LastModified", Times.Iso(part.Modified)).Element("ETag", $"\"{part.ETag}\"")
                .Checksum(checksum, withType: false)).ConfigureAwait(false);
        }
    }

    private StoredVersion PutShared(Transaction t, Bucket bucket, string key, ObjectVersion draft, WriteConditions conditions)
    {
        conditions.Check(t.FindCurrent(store.GetBucket(bucket.Name).Id, Store.KeyBytes(key)), key);
        // Shared before the write, which may replace the source itself.
        t.Share(draft.Blob);
        return store.Put(t, bucket.Name, key, draft, WriteConditions.None, "ObjectCreated:Copy");
    }

    private static void RequireUnchanged(Transaction t, Bucket bucket, CopySource source, ObjectVersion original)
    {
        if (ReadOperations.Find(t, bucket, source.Key, source.VersionId).Sequence != original.Sequence)
        {
            throw new S3Exception(409, "OperationAborted", "The source object was replaced while it was being copied. Please try again.");
        }
    }

    private Bucket FindSource(S3Request request, CopySource source)
    {
        var bucket = store.GetBucket(source.Bucket);
        if (bucket.Owner != request.Caller.Id)
        {
            throw S3Errors.AccessDenied();
        }

        Access.CheckExpected(request, "x-amz-source-expected-bucket-owner", bucket);
        return bucket;
    }

    private async Task<(NewBlob Blob, StoredChecksum? Checksum)> CopyAsync(ObjectContents contents, long start, long length, string? algorithm)
    {
        using var sink = new BodySink(store.NewBlob(), sha256: false, algorithm);
        contents.Read(start, length, block => sink.Append(new ReadOnlySequence<byte>(block)));
        var blob = await sink.Blob!.FinishAsync().ConfigureAwait(false);
        return (blob, algorithm is null ? null : new StoredChecksum(algorithm, StoredChecksum.FullObject, sink.Checksum()!));
    }

    private static (long Start, long Length) RangeOf(S3Request request, long size)
    {
        if (request.Header("x-amz-copy-source-range") is not { } text)
        {
            return (0, size);
        }

        // Stricter than Range: both ends must be given.
        var parts = text.StartsWith("bytes=", StringComparison.Ordinal) ? text[6..].Split('-') : [];
        if (parts.Length != 2 || !long.TryParse(parts[0], out var first) || !long.TryParse(parts[1], out var last) || first > last)
        {
            throw S3Errors.InvalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy", "x-amz-copy-source-range", text);
        }

        return last >= size
            ? throw new S3Exception(416, "InvalidRange", "The requested range is not satisfiable", ("RangeRequested", text), ("ActualObjectSize", size.ToString()))
            : (first, last - first + 1);
    }

    private static bool Directive(S3Request request, string header) => request.Header(header) switch
    {
        null or "COPY" => false,
        "REPLACE" => true,
        var other => throw S3Errors.InvalidArgument($"Unknown {header}", header, other),
    };

    private static string? AlgorithmOf(S3Request request) => request.Header("x-amz-checksum-algorithm") switch
    {
        null => null,
        var name when ChecksumAlgorithm.Names.Contains(name.ToUpperInvariant(), StringComparer.Ordinal) => name.ToUpperInvariant(),
        var name => throw S3Errors.InvalidArgument("Checksum algorithm provided is unsupported.", "x-amz-checksum-algorithm", name),
    };
}
