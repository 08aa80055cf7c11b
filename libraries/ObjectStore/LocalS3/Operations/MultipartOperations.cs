using FhirAspire.ObjectStore.LocalS3.Checksums;
using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Lifecycle;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>Uploads in parts: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html.</summary>
internal sealed class MultipartOperations(Store store, AccountTable accounts)
{
    public const int MaximumPart = 10_000;
    private const long MinimumSize = 5 * 1024 * 1024;

    public static int PartNumber(S3Request request)
    {
        var text = request.Query["partNumber"];
        return int.TryParse(text, out var number) && number is >= 1 and <= MaximumPart
            ? number
            : throw S3Errors.InvalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", text);
    }

    public static Upload Find(Reader reader, S3Request request, Bucket bucket)
    {
        var id = request.Query["uploadId"] ?? throw S3Errors.InvalidArgument("This operation does not accept a query-string without uploadId.", "uploadId", null);
        return VersionIds.TryDecode(id, out var number) && reader.FindUpload(number) is { } upload
            && upload.Bucket == bucket.Id && upload.Key.AsSpan().SequenceEqual(Store.KeyBytes(request.RequiredKey))
            ? upload
            : throw S3Errors.NoSuchUpload(id);
    }

    public async Task CreateAsync(S3Request request, Bucket bucket)
    {
        Access.RefuseUnsupported(request);
        var checksum = UploadChecksum(request);
        var upload = new Upload(
            store.Files.NextId(), bucket.Id, Store.KeyBytes(request.RequiredKey), store.Now, null, ObjectHeaders.StorageClass(request), checksum, Tags.OfHeader(request), ObjectHeaders.Of(request));
        await Reply.BodyAsync(request).ConfigureAwait(false);
        await store.WriteAsync(t =>
        {
            store.GetBucket(bucket.Name);
            t.Insert(upload);
            return true;
        }).ConfigureAwait(false);
        request.Header("x-amz-checksum-algorithm", checksum?.Algorithm);
        request.Header("x-amz-checksum-type", checksum?.Type);
        ObjectHeaders.WriteEncryption(request, upload.Metadata);
        if (bucket.Settings.GetValueOrDefault(LifecycleRules.Setting) is { } lifecycle
            && LifecycleRules.Parse(lifecycle).AbortOf(request.RequiredKey, upload.Initiated, store.Options) is var (date, rule))
        {
            request.Header("x-amz-abort-date", Times.Http(date));
            request.Header("x-amz-abort-rule-id", rule);
        }

        await Reply.XmlAsync(request, new XmlText("InitiateMultipartUploadResult").Element("Bucket", bucket.Name).Element("Key", request.RequiredKey).Element("UploadId", upload.UploadId))
            .ConfigureAwait(false);
    }

    public async Task PutPartAsync(S3Request request, Bucket bucket)
    {
        Access.RefuseUnsupported(request);
        var number = PartNumber(request);
        WriteOperations.CheckLength(request);
        var upload = store.Read(reader => Find(reader, request, bucket));
        var checks = BodyChecks.Of(request, fallback: upload.Checksum?.Algorithm);
        if (upload.Checksum is { } expected && checks.Algorithm != expected.Algorithm)
        {
            throw S3Errors.InvalidRequest($"Checksum Type mismatch occurred, expected checksum Type: {expected.Algorithm.ToLowerInvariant()}, actual checksum Type: {checks.Algorithm!.ToLowerInvariant()}");
        }

        var (received, checksum) = await checks.StoreAsync(request, store, request.Http.RequestAborted).ConfigureAwait(false);
        using var blob = received;
        var part = new Part(number, blob.Id, blob.Size, Convert.ToHexStringLower(blob.Md5), store.Now, checksum);
        await store.WriteAsync(t =>
        {
            Find(t, request, bucket);
            t.Put(upload.Id, part);
            t.Add(blob);
            return true;
        }).ConfigureAwait(false);
        request.Header("ETag", $"\"{part.ETag}\"");
        if (checksum is not null)
        {
            request.Header(BodyChecks.HeaderOf(checksum.Algorithm), checksum.Value);
        }

        ObjectHeaders.WriteEncryption(request, upload.Metadata);
        await Reply.EmptyAsync(request).ConfigureAwait(false);
    }

    public async Task CompleteAsync(S3Request request, Bucket bucket)
    {
        var key = request.RequiredKey;
        // The checksum headers of this request are the object's, not this body's.
        var root = XmlDocuments.Parse(await BodyAsync(request).ConfigureAwait(false), "CompleteMultipartUpload");
        var listed = root.Children("Part").Select(part => new ListedPart(
            part.Int32("PartNumber") ?? throw S3Errors.MalformedXml("Part has no PartNumber"), part.Required("ETag").Trim('"'),
            ChecksumAlgorithm.Names.Select(name => (Name: name, Value: part.Text("Checksum" + name))).FirstOrDefault(checksum => checksum.Value is not null))).ToList();
        if (listed.Count == 0)
        {
            throw S3Errors.MalformedXml("no Part");
        }

        var conditions = WriteOperations.Conditions(request);
        var uploadId = request.Query["uploadId"]!;
        var stored = await store.WriteAsync(t =>
        {
            Upload upload;
            try
            {
                upload = Find(t, request, bucket);
            }
            catch (S3Exception) when (t.FindCurrent(bucket.Id, Store.KeyBytes(key)) is { } done && done.Metadata[ObjectHeaders.UploadId] == uploadId)
            {
                // Completed already, and the answer may have been lost: S3 repeats it.
                return new StoredVersion(done, bucket.Versioning);
            }

            var parts = Match(upload, listed, t.Parts(upload.Id));
            var size = parts.Sum(part => part.Size);
            if (request.Header("x-amz-mp-object-size") is { } announced && announced != size.ToString())
            {
                throw S3Errors.InvalidRequest($"The provided 'x-amz-mp-object-size' header value {announced} does not match what was computed: {size}");
            }

            var checksum = ChecksumOf(upload, parts);
            CheckWhole(request, checksum);
            var id = store.Files.NextId();
            var draft = new ObjectVersion
            {
                Flags = VersionFlags.Segmented,
                Size = size,
                ETag = $"{Convert.ToHexStringLower(Md5.HashData([.. parts.SelectMany(part => Convert.FromHexString(part.ETag))]))}-{parts.Count}",
                StorageClass = upload.StorageClass,
                Checksum = checksum,
                Blob = id,
                Tags = upload.Tags,
                Metadata = upload.Metadata.With(ObjectHeaders.UploadId, uploadId),
            };
            var result = store.Put(t, bucket.Name, key, draft, conditions, "ObjectCreated:CompleteMultipartUpload");
            foreach (var part in parts)
            {
                t.Insert(id, new Segment(part.Number, part.Blob, part.Size, part.Checksum));
            }

            t.Delete(upload, parts.Select(part => part.Number).ToHashSet());
            return result;
        }).ConfigureAwait(false);
        request.Header("x-amz-version-id", stored.VersionId);
        ObjectHeaders.WriteEncryption(request, stored.Version.Metadata);
        var http = request.Http.Request;
        await Reply.XmlAsync(request, new XmlText("CompleteMultipartUploadResult").Element("Location", $"{http.Scheme}://{http.Host}/{bucket.Name}/{UriText.Encode(key, keepSlash: true)}")
            .Element("Bucket", bucket.Name).Element("Key", key).Element("ETag", $"\"{stored.Version.ETag}\"").Checksum(stored.Version.Checksum)).ConfigureAwait(false);
    }

    public async Task AbortAsync(S3Request request, Bucket bucket)
    {
        await store.WriteAsync(t =>
        {
            t.Delete(Find(t, request, bucket), new HashSet<int>());
            return true;
        }).ConfigureAwait(false);
        await Reply.EmptyAsync(request, 204).ConfigureAwait(false);
    }

    public Task ListPartsAsync(S3Request request, Bucket bucket)
    {
        var most = Math.Min(request.Query.Int32("max-parts", least: 0) ?? 1000, 1000);
        var marker = request.Query.Int32("part-number-marker", least: 0) ?? 0;
        var (upload, parts) = store.Read(reader =>
        {
            var found = Find(reader, request, bucket);
            return (found, reader.Parts(found.Id, marker, most + 1));
        });
        var more = parts.Count > most;
        parts = parts[..Math.Min(most, parts.Count)];
        var xml = new XmlText("ListPartsResult").Element("Bucket", bucket.Name).Element("Key", request.RequiredKey).Element("UploadId", upload.UploadId);
        WriteOwner(xml, bucket, "Initiator");
        WriteOwner(xml, bucket, "Owner");
        xml.Element("StorageClass", upload.StorageClass ?? "STANDARD").Element("PartNumberMarker", marker)
            .Element("NextPartNumberMarker", parts.Count == 0 ? 0 : parts[^1].Number).Element("MaxParts", most).Element("IsTruncated", more)
            .Element("ChecksumAlgorithm", upload.Checksum?.Algorithm).Element("ChecksumType", upload.Checksum?.Type);
        foreach (var part in parts)
        {
            xml.Open("Part").Element("PartNumber", part.Number).Element("LastModified", Times.Iso(part.Modified)).Element("ETag", $"\"{part.ETag}\"").Element("Size", part.Size)
                .Checksum(part.Checksum, withType: false).Close("Part");
        }

        return Reply.XmlAsync(request, xml);
    }

    public Task ListUploadsAsync(S3Request request, Bucket bucket)
    {
        var list = new ListParameters(request);
        var most = Math.Min(request.Query.Int32("max-uploads", least: 0) ?? 1000, 1000);
        var keyMarker = request.Query["key-marker"] ?? "";
        var idMarker = request.Query["upload-id-marker"] ?? "";
        long behind = VersionIds.TryDecode(idMarker, out var number) ? number : long.MaxValue;
        var uploads = new List<(string Key, Upload Upload)>();
        var prefixes = new SortedSet<string>(StringComparer.Ordinal);
        var more = false;
        store.Read(reader =>
        {
            reader.Uploads(bucket.Id, Store.KeyBytes(keyMarker), keyMarker.Length == 0 ? long.MinValue : behind, upload =>
            {
                var key = System.Text.Encoding.UTF8.GetString(upload.Key);
                if (!key.StartsWith(list.Prefix, StringComparison.Ordinal))
                {
                    return true;
                }

                var at = list.Delimiter.Length == 0 ? -1 : key.IndexOf(list.Delimiter, list.Prefix.Length, StringComparison.Ordinal);
                var prefix = at < 0 ? null : key[..(at + list.Delimiter.Length)];
                if (prefix is not null && prefixes.Contains(prefix))
                {
                    return true;
                }

                if (uploads.Count + prefixes.Count == most)
                {
                    more = most > 0;
                    return false;
                }

                if (prefix is null)
                {
                    uploads.Add((key, upload));
                }
                else
                {
                    prefixes.Add(prefix);
                }

                return true;
            });
            return true;
        });
        var xml = new XmlText("ListMultipartUploadsResult").Element("Bucket", bucket.Name).Element("KeyMarker", list.Encode(keyMarker)).Element("UploadIdMarker", idMarker)
            .Element("Prefix", list.Encode(list.Prefix)).Element("Delimiter", list.DelimiterElement).Element("EncodingType", list.EncodingType).Element("MaxUploads", most).Element("IsTruncated", more);
        if (more)
        {
            xml.Element("NextKeyMarker", uploads.Count == 0 ? prefixes.Max! : list.Encode(uploads[^1].Key)).Element("NextUploadIdMarker", uploads.Count == 0 ? "" : uploads[^1].Upload.UploadId);
        }

        foreach (var (key, upload) in uploads)
        {
            xml.Open("Upload").Element("Key", list.Encode(key)).Element("UploadId", upload.UploadId);
            WriteOwner(xml, bucket, "Initiator");
            WriteOwner(xml, bucket, "Owner");
            xml.Element("StorageClass", upload.StorageClass ?? "STANDARD").Element("Initiated", Times.Iso(upload.Initiated))
                .Element("ChecksumAlgorithm", upload.Checksum?.Algorithm).Element("ChecksumType", upload.Checksum?.Type).Close("Upload");
        }

        foreach (var prefix in prefixes)
        {
            xml.Open("CommonPrefixes").Element("Prefix", list.Encode(prefix)).Close("CommonPrefixes");
        }

        return Reply.XmlAsync(request, xml);
    }

    private void WriteOwner(XmlText xml, Bucket bucket, string element) =>
        xml.Open(element).Element("ID", bucket.Owner).Element("DisplayName", accounts.NameOf(bucket.Owner)).Close(element);

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(S3Request request)
    {
        var bytes = new MemoryStream();
        using var sink = new BodySink(null, request.Body.Sha256 is not null, null) { Copy = bytes };
        await BodyReader.ReadAsync(request, sink, 4 * 1024 * 1024, request.Http.RequestAborted).ConfigureAwait(false);
        return bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
    }

    private static List<Part> Match(Upload upload, List<ListedPart> listed, List<Part> uploaded)
    {
        var byNumber = uploaded.ToDictionary(part => part.Number);
        var parts = new List<Part>(listed.Count);
        foreach (var item in listed)
        {
            if (parts.Count > 0 && item.Number <= parts[^1].Number)
            {
                throw S3Errors.InvalidPartOrder(upload.UploadId);
            }

            if (!byNumber.TryGetValue(item.Number, out var part) || part.ETag != item.ETag
                || (item.Checksum.Value is { } given && part.Checksum is { } has && (item.Checksum.Name != has.Algorithm || given != has.Value)))
            {
                throw S3Errors.InvalidPart(upload.UploadId, item.Number);
            }

            parts.Add(part);
        }

        foreach (var part in parts.SkipLast(1))
        {
            if (part.Size < MinimumSize)
            {
                throw S3Errors.EntityTooSmall(part.Number, part.Size);
            }
        }

        return parts;
    }

    private static StoredChecksum? UploadChecksum(S3Request request)
    {
        var name = request.Header("x-amz-checksum-algorithm")?.ToUpperInvariant();
        var type = request.Header("x-amz-checksum-type")?.ToUpperInvariant();
        if (name is null)
        {
            return type is null ? null : throw S3Errors.InvalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.");
        }

        if (!ChecksumAlgorithm.Names.Contains(name, StringComparer.Ordinal))
        {
            throw S3Errors.InvalidRequest($"Checksum algorithm provided is unsupported. Please try again with any of the valid types: [{string.Join(", ", ChecksumAlgorithm.Names)}]");
        }

        type ??= name == "CRC64NVME" ? StoredChecksum.FullObject : StoredChecksum.Composite;
        var possible = type == StoredChecksum.FullObject ? ChecksumAlgorithm.IsCrc(name) : type == StoredChecksum.Composite && name != "CRC64NVME";
        return possible
            ? new StoredChecksum(name, type, "")
            : throw S3Errors.InvalidRequest($"The {type} checksum type cannot be used with the {name.ToLowerInvariant()} checksum algorithm.");
    }

    private static StoredChecksum? ChecksumOf(Upload upload, List<Part> parts)
    {
        if (upload.Checksum is not { } wanted || parts.Any(part => part.Checksum?.Algorithm != wanted.Algorithm))
        {
            return null;
        }

        var values = parts.ConvertAll(part => Convert.FromBase64String(part.Checksum!.Value));
        if (wanted.Type == StoredChecksum.FullObject)
        {
            var whole = values[0];
            for (var i = 1; i < values.Count; i++)
            {
                whole = Crc.Combine(wanted.Algorithm, whole, values[i], parts[i].Size);
            }

            return wanted with { Value = Convert.ToBase64String(whole) };
        }

        using var sum = ChecksumAlgorithm.Create(wanted.Algorithm)!;
        foreach (var value in values)
        {
            sum.Append(value);
        }

        return wanted with { Value = $"{Convert.ToBase64String(sum.Finish())}-{parts.Count}" };
    }

    private static void CheckWhole(S3Request request, StoredChecksum? checksum)
    {
        foreach (var name in ChecksumAlgorithm.Names)
        {
            if (request.Header(BodyChecks.HeaderOf(name)) is not { } given)
            {
                continue;
            }

            // A composite checksum may come with or without the number of parts.
            if (checksum is null || checksum.Algorithm != name || (checksum.Value != given && checksum.Value.Split('-')[0] != given))
            {
                throw S3Errors.BadDigest(name);
            }
        }
    }

    private readonly record struct ListedPart(int Number, string ETag, (string Name, string? Value) Checksum);
}
