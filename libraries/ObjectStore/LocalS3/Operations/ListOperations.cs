using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>ListObjects, ListObjectsV2, ListObjectVersions.</summary>
internal sealed class ListOperations(Store store, AccountTable accounts)
{
    private const int PageLimit = 1000;

    public Task ObjectsAsync(S3Request request, Bucket bucket)
    {
        var list = new ListParameters(request);
        var marker = request.Query["marker"] ?? "";
        // A marker that is a common prefix itself (such as the NextMarker of the page before) is behind all that it stands for.
        var (items, more) = store.Read(reader => ListScan.Objects(reader, bucket.Id, list.Prefix, list.Delimiter, marker, list.IsCommonPrefix(marker), Math.Min(list.MaxKeys, PageLimit)));
        var xml = new XmlText("ListBucketResult").Element("Name", bucket.Name).Element("Prefix", list.PrefixElement).Element("Marker", list.Encode(marker))
            .Element("MaxKeys", list.MaxKeys).Element("Delimiter", list.DelimiterElement).Element("EncodingType", list.EncodingType).Element("IsTruncated", more);
        if (more && list.Delimiter.Length > 0)
        {
            xml.Element("NextMarker", list.Encode(items[^1].Key));
        }

        Write(xml, list, items, bucket, owner: true);
        return Reply.XmlAsync(request, xml);
    }

    public Task ObjectsV2Async(S3Request request, Bucket bucket)
    {
        var list = new ListParameters(request);
        var token = request.Query["continuation-token"];
        var startAfter = request.Query["start-after"] ?? "";
        // The token's first letter says whether it is a key or a common prefix that the page before ended with.
        var place = string.IsNullOrEmpty(token) ? "" : ListTokens.Decode(token);
        var after = place.Length > 0 ? place[1..] : startAfter;
        var afterPrefix = place.Length > 0 ? place[0] == 'p' : list.IsCommonPrefix(startAfter);
        var (items, more) = store.Read(reader => ListScan.Objects(reader, bucket.Id, list.Prefix, list.Delimiter, after, afterPrefix, Math.Min(list.MaxKeys, PageLimit)));
        var xml = new XmlText("ListBucketResult").Element("Name", bucket.Name).Element("Prefix", list.Encode(list.Prefix)).Element("KeyCount", items.Count)
            .Element("MaxKeys", list.MaxKeys).Element("Delimiter", list.DelimiterElement).Element("EncodingType", list.EncodingType).Element("IsTruncated", more)
            .Element("ContinuationToken", token).Element("StartAfter", startAfter.Length == 0 ? null : list.Encode(startAfter));
        if (more)
        {
            xml.Element("NextContinuationToken", ListTokens.Encode((items[^1].Version is null ? "p" : "k") + items[^1].Key));
        }

        Write(xml, list, items, bucket, owner: request.Query["fetch-owner"] == "true");
        return Reply.XmlAsync(request, xml);
    }

    public Task VersionsAsync(S3Request request, Bucket bucket)
    {
        var list = new ListParameters(request);
        var keyMarker = request.Query["key-marker"] ?? "";
        var versionMarker = request.Query["version-id-marker"];
        if (!string.IsNullOrEmpty(versionMarker) && keyMarker.Length == 0)
        {
            throw S3Errors.InvalidArgument("A version-id marker cannot be specified without a key marker.", "version-id-marker", versionMarker);
        }

        var (items, more) = store.Read(reader =>
        {
            long? behind = null;
            if (!string.IsNullOrEmpty(versionMarker))
            {
                var bytes = Store.KeyBytes(keyMarker);
                behind = VersionIds.TryDecode(versionMarker, out var sequence) ? -sequence
                    : versionMarker == VersionIds.Null ? -reader.FindNull(bucket.Id, bytes)?.Sequence ?? long.MaxValue
                    : throw S3Errors.InvalidArgument("Invalid version id specified", "version-id-marker", versionMarker);
            }

            return ListScan.Versions(reader, bucket.Id, list.Prefix, list.Delimiter, keyMarker, behind, behind is null && list.IsCommonPrefix(keyMarker), Math.Min(list.MaxKeys, PageLimit));
        });
        var xml = new XmlText("ListVersionsResult").Element("Name", bucket.Name).Element("Prefix", list.Encode(list.Prefix)).Element("KeyMarker", list.Encode(keyMarker))
            .Element("VersionIdMarker", versionMarker ?? "").Element("MaxKeys", list.MaxKeys).Element("Delimiter", list.DelimiterElement)
            .Element("EncodingType", list.EncodingType).Element("IsTruncated", more);
        if (more)
        {
            xml.Element("NextKeyMarker", list.Encode(items[^1].Key)).Element("NextVersionIdMarker", items[^1].Version?.VersionId);
        }

        foreach (var item in items)
        {
            if (item.Version is { } version)
            {
                var element = version.IsDeleteMarker ? "DeleteMarker" : "Version";
                xml.Open(element).Element("Key", list.Encode(item.Key)).Element("VersionId", version.VersionId).Element("IsLatest", item.IsLatest);
                WriteVersion(xml, version, bucket, owner: true);
                xml.Close(element);
            }
        }

        WritePrefixes(xml, list, items);
        return Reply.XmlAsync(request, xml);
    }

    private void Write(XmlText xml, ListParameters list, List<ListItem> items, Bucket bucket, bool owner)
    {
        foreach (var item in items)
        {
            if (item.Version is { } version)
            {
                xml.Open("Contents").Element("Key", list.Encode(item.Key));
                WriteVersion(xml, version, bucket, owner);
                xml.Close("Contents");
            }
        }

        WritePrefixes(xml, list, items);
    }

    private void WriteVersion(XmlText xml, ObjectVersion version, Bucket bucket, bool owner)
    {
        xml.Element("LastModified", Times.Iso(version.Modified));
        if (!version.IsDeleteMarker)
        {
            xml.Raw("<ETag>&quot;").Raw(version.ETag).Raw("&quot;</ETag>");
            if (version.Checksum is { } checksum)
            {
                xml.Element("ChecksumAlgorithm", checksum.Algorithm).Element("ChecksumType", checksum.Type);
            }

            xml.Element("Size", version.Size).Element("StorageClass", version.StorageClass ?? "STANDARD");
        }

        if (owner)
        {
            var id = version.Owner ?? bucket.Owner;
            xml.Open("Owner").Element("ID", id).Element("DisplayName", accounts.NameOf(id)).Close("Owner");
        }
    }

    private static void WritePrefixes(XmlText xml, ListParameters list, List<ListItem> items)
    {
        foreach (var item in items)
        {
            if (item.Version is null)
            {
                xml.Open("CommonPrefixes").Element("Prefix", list.Encode(item.Key)).Close("CommonPrefixes");
            }
        }
    }
}
