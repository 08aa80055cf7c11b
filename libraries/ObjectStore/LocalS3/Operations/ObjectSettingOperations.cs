using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>The sub-resources of objects: tagging, acl, restore; and a clear answer to those that are out of scope.</summary>
internal sealed class ObjectSettingOperations(Store store, AccountTable accounts)
{
    private static readonly string[] Names = ["tagging", "acl", "restore", "retention", "legal-hold", "torrent", "renameObject", "encryption"];

    public static bool Handles(S3Request request) => Names.Any(request.Query.Has);

    public Task RunAsync(S3Request request, Bucket bucket)
    {
        var name = Names.First(request.Query.Has);
        return (name, request.Method) switch
        {
            ("tagging", "GET") => GetTagsAsync(request, bucket),
            ("tagging", "PUT") => PutTagsAsync(request, bucket),
            ("tagging", "DELETE") => SetTagsAsync(request, bucket, null, 204, "ObjectTagging:Delete"),
            ("acl", "GET") => GetAclAsync(request, bucket),
            ("acl", "PUT") => PutAclAsync(request, bucket),
            ("restore", "POST") => RestoreAsync(request, bucket),
            _ => throw S3Errors.NotImplemented($"{request.Method} ?{name}"),
        };
    }

    private Task GetTagsAsync(S3Request request, Bucket bucket)
    {
        var version = store.Read(reader => ReadOperations.Find(reader, bucket, request.RequiredKey, WriteOperations.VersionOf(request)));
        WriteVersion(request, bucket, version);
        return Reply.XmlAsync(request, Tags.Document(Tags.Parse(version.Tags)));
    }

    private async Task PutTagsAsync(S3Request request, Bucket bucket)
    {
        var tags = Tags.Serialize(Tags.OfXml(await Reply.BodyAsync(request).ConfigureAwait(false), Tags.ObjectLimit));
        await SetTagsAsync(request, bucket, tags, 200, "ObjectTagging:Put").ConfigureAwait(false);
    }

    private async Task SetTagsAsync(S3Request request, Bucket bucket, string? tags, int status, string eventName)
    {
        var version = await ChangeAsync(request, bucket, found => found with { Tags = tags }, eventName).ConfigureAwait(false);
        WriteVersion(request, bucket, version);
        await Reply.EmptyAsync(request, status).ConfigureAwait(false);
    }

    private Task<ObjectVersion> ChangeAsync(S3Request request, Bucket bucket, Func<ObjectVersion, ObjectVersion> change, string eventName) => store.WriteAsync(t =>
    {
        var version = change(ReadOperations.Find(t, store.GetBucket(bucket.Name), request.RequiredKey, WriteOperations.VersionOf(request)));
        t.Update(bucket.Id, Store.KeyBytes(request.RequiredKey), version);
        store.Announce(t, eventName, bucket, request.RequiredKey, version, version.Size, version.ETag);
        return version;
    });

    private Task GetAclAsync(S3Request request, Bucket bucket)
    {
        var version = store.Read(reader => ReadOperations.Find(reader, bucket, request.RequiredKey, WriteOperations.VersionOf(request)));
        WriteVersion(request, bucket, version);
        return Reply.XmlAsync(request, Acl.Document(bucket.Owner, accounts.NameOf(bucket.Owner)));
    }

    private async Task PutAclAsync(S3Request request, Bucket bucket)
    {
        Acl.RequirePrivate(request, await Reply.BodyAsync(request).ConfigureAwait(false), bucket.Owner);
        store.Read(reader => ReadOperations.Find(reader, bucket, request.RequiredKey, WriteOperations.VersionOf(request)));
        await Reply.EmptyAsync(request).ConfigureAwait(false);
    }

    private async Task RestoreAsync(S3Request request, Bucket bucket)
    {
        var root = XmlDocuments.Parse(await Reply.BodyAsync(request).ConfigureAwait(false), "RestoreRequest");
        var days = root.Int32("Days") is { } given and > 0 ? given : throw S3Errors.MalformedXml("RestoreRequest needs Days of at least 1");
        var until = store.Now + (long)(days * store.Options.LifecycleDay.TotalMilliseconds);
        var again = false;
        await ChangeAsync(
            request,
            bucket,
            found =>
            {
                again = Archive.RestoreHeader(found) is not null;
                return Archive.IsArchived(found)
                    ? Archive.Restored(found, until)
                    : throw new S3Exception(403, "InvalidObjectState", "Restore is not allowed for the object's current storage class", ("StorageClass", found.StorageClass ?? "STANDARD"));
            },
            "ObjectRestore:Completed").ConfigureAwait(false);
        await Reply.EmptyAsync(request, again ? 200 : 202).ConfigureAwait(false);
    }

    private static void WriteVersion(S3Request request, Bucket bucket, ObjectVersion version) =>
        request.Header("x-amz-version-id", bucket.Versioning == Versioning.Never ? null : version.VersionId);
}
