using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>What happens to versions when objects are written and removed.</summary>
internal sealed partial class Store
{
    /// <summary>Writes a version within a transaction.</summary>
    /// <param name="t">The transaction.</param>
    /// <param name="bucketName">The bucket.</param>
    /// <param name="key">The key.</param>
    /// <param name="draft">What to write; its sequence, time and null flag are given here.</param>
    /// <param name="conditions">What must hold of the object there.</param>
    /// <param name="eventName">What to tell the callback.</param>
    public StoredVersion Put(Transaction t, string bucketName, string key, ObjectVersion draft, WriteConditions conditions, string eventName)
    {
        var bucket = GetBucket(bucketName);
        var bytes = KeyBytes(key);
        var current = t.FindCurrent(bucket.Id, bytes);
        conditions.Check(current, key);
        var versioned = bucket.Versioning == Versioning.Enabled;
        if (!versioned && (bucket.Versioning == Versioning.Never ? current : t.FindNull(bucket.Id, bytes)) is { } replaced)
        {
            t.Delete(bucket.Id, bytes, replaced);
        }

        var version = draft with
        {
            Sequence = Files.NextId(),
            Modified = Now,
            Flags = versioned ? draft.Flags & ~VersionFlags.Null : draft.Flags | VersionFlags.Null,
        };
        t.Insert(bucket.Id, bytes, version);
        Announce(t, eventName, bucket, key, version, version.Size, version.ETag);
        return new StoredVersion(version, bucket.Versioning);
    }

    /// <summary>Removes an object: the version named, or what a DELETE without a version means in this bucket.</summary>
    public Deletion Delete(Transaction t, string bucketName, string key, string? versionId, WriteConditions conditions, string eventPrefix = "ObjectRemoved")
    {
        var bucket = GetBucket(bucketName);
        var bytes = KeyBytes(key);
        if (versionId is not null)
        {
            var version = t.Find(bucket.Id, bytes, versionId);
            conditions.Check(version, key, deleting: true);
            if (version is not null)
            {
                t.Delete(bucket.Id, bytes, version);
                Announce(t, $"{eventPrefix}:Delete", bucket, key, version, 0, null);
            }

            return new Deletion(versionId, version?.IsDeleteMarker == true, MarkerMade: false);
        }

        var current = t.FindCurrent(bucket.Id, bytes);
        conditions.Check(current, key, deleting: true);
        if (current is null && conditions.IfMatch is not null)
        {
            // Nothing to match, so nothing to remove: no marker is made for it.
            return new Deletion(null, false, false);
        }

        if (bucket.Versioning == Versioning.Never)
        {
            if (current is not null)
            {
                t.Delete(bucket.Id, bytes, current);
                Announce(t, $"{eventPrefix}:Delete", bucket, key, current, 0, null);
            }

            return new Deletion(null, false, false);
        }

        var flags = VersionFlags.DeleteMarker;
        if (bucket.Versioning == Versioning.Suspended)
        {
            flags |= VersionFlags.Null;
            if (t.FindNull(bucket.Id, bytes) is { } replaced)
            {
                t.Delete(bucket.Id, bytes, replaced);
            }
        }

        var marker = new ObjectVersion { Sequence = Files.NextId(), Modified = Now, Flags = flags };
        t.Insert(bucket.Id, bytes, marker);
        Announce(t, $"{eventPrefix}:DeleteMarkerCreated", bucket, key, marker, 0, null);
        return new Deletion(marker.VersionId, true, MarkerMade: true);
    }

    /// <summary>Tells the callback, once the change is on the disk.</summary>
    public void Announce(Transaction t, string name, Bucket bucket, string key, ObjectVersion version, long size, string? eTag)
    {
        if (options.OnEvent is not { } callback)
        {
            return;
        }

        var versionId = bucket.Versioning == Versioning.Never ? null : version.VersionId;
        var item = new LocalS3Event(name, bucket.Name, key, versionId, size, eTag, options.TimeProvider.GetUtcNow());
        t.AfterCommit(() =>
        {
            try
            {
                callback(item);
            }
            catch (Exception e)
            {
                Log.EventFailed(logger, item.Name, item.Key, e);
            }
        });
    }
}
