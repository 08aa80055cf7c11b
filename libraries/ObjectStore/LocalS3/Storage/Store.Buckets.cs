using System.Collections.Immutable;
using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>Buckets and their settings.</summary>
internal sealed partial class Store
{
    /// <summary>Makes a bucket; false when the account has it already.</summary>
    public Task<bool> CreateBucketAsync(string name, string owner, string region, IEnumerable<KeyValuePair<string, string>> settings) => WriteAsync(
        t =>
        {
            if (FindBucket(name) is { } existing)
            {
                return existing.Owner == owner ? false : throw S3Errors.BucketAlreadyExists(name);
            }

            var bucket = new Bucket(Files.NextId(), name, Now, owner, region, Versioning.Never, settings.ToImmutableDictionary());
            t.Insert(bucket);
            foreach (var (kind, value) in bucket.Settings)
            {
                t.PutSetting(bucket.Id, kind, value);
            }

            t.AfterCommit(() => buckets[name] = bucket);
            return true;
        },
        alone: true);

    /// <summary>Removes an empty bucket. Unfinished uploads don't hold it: S3 drops them too.</summary>
    public Task<bool> DeleteBucketAsync(string name) => WriteAsync(
        t =>
        {
            var bucket = GetBucket(name);
            if (t.HasVersions(bucket.Id))
            {
                throw S3Errors.BucketNotEmpty(name);
            }

            var uploads = new List<Upload>();
            t.Uploads(bucket.Id, [], long.MinValue, upload =>
            {
                uploads.Add(upload);
                return true;
            });
            foreach (var upload in uploads)
            {
                t.Delete(upload, ImmutableHashSet<int>.Empty);
            }

            t.Delete(bucket);
            t.AfterCommit(() => buckets.TryRemove(name, out _));
            return true;
        },
        alone: true);

    public Task<bool> SetVersioningAsync(string name, Versioning versioning) => ChangeAsync(name, bucket => bucket with { Versioning = versioning }, (t, bucket) => t.Update(bucket));

    /// <summary>Writes (or with null removes) a configuration document.</summary>
    public Task<bool> SetSettingAsync(string name, string kind, string? value) => ChangeAsync(
        name,
        bucket => bucket with { Settings = value is null ? bucket.Settings.Remove(kind) : bucket.Settings.SetItem(kind, value) },
        (t, bucket) => t.PutSetting(bucket.Id, kind, value));

    private Task<bool> ChangeAsync(string name, Func<Bucket, Bucket> change, Action<Transaction, Bucket> write) => WriteAsync(
        t =>
        {
            var bucket = change(GetBucket(name));
            write(t, bucket);
            t.AfterCommit(() => buckets[name] = bucket);
            return true;
        },
        alone: true);
}
