using System.Text;
using FhirAspire.ObjectStore.LocalS3.Storage;
using Microsoft.Extensions.Logging;

namespace FhirAspire.ObjectStore.LocalS3.Lifecycle;

/// <summary>Carries out the lifecycle rules of all buckets, by the clock of the options.</summary>
internal sealed class LifecycleWorker : IAsyncDisposable
{
    private const int ChunkSize = 1000;
    private readonly Store store;
    private readonly ILogger logger;
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly ITimer timer;

    public LifecycleWorker(Store store)
    {
        this.store = store;
        logger = store.Options.LoggerFactory.CreateLogger("LocalS3");
        timer = store.Options.TimeProvider.CreateTimer(_ => _ = RunQuietlyAsync(), null, store.Options.LifecycleInterval, store.Options.LifecycleInterval);
    }

    /// <summary>Does now what is due.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await one.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var bucket in store.Buckets)
            {
                if (bucket.Settings.GetValueOrDefault(LifecycleRules.Setting) is { } document)
                {
                    await RunAsync(bucket, LifecycleRules.Parse(document).Rules, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        finally
        {
            one.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await timer.DisposeAsync().ConfigureAwait(false);
        await one.WaitAsync().ConfigureAwait(false);
        one.Dispose();
    }

    private async Task RunQuietlyAsync()
    {
        try
        {
            await RunAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // The next turn tries again.
            Log.LifecycleFailed(logger, "*", e);
        }
    }

    private async Task RunAsync(Bucket bucket, IReadOnlyList<LifecycleRule> rules, CancellationToken cancellationToken)
    {
        var now = store.Now;
        var counts = new Counts();
        byte[]? last = [];
        while (last is not null)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = last;
            var (keys, next) = store.Read(reader => Chunk(reader, bucket.Id, from));
            last = next;
            if (keys.Any(key => rules.Any(rule => rule.Covers(key))))
            {
                await store.WriteAsync(t =>
                {
                    var some = new Counts();
                    foreach (var key in keys)
                    {
                        Apply(t, bucket, key, rules, now, some);
                    }

                    t.AfterCommit(() => counts.Add(some));
                    return true;
                }).ConfigureAwait(false);
            }
        }

        await store.WriteAsync(t =>
        {
            var some = new Counts();
            AbortUploads(t, bucket, rules, now, some);
            t.AfterCommit(() => counts.Add(some));
            return true;
        }).ConfigureAwait(false);
        if (counts.Any)
        {
            Log.LifecycleDone(logger, bucket.Name, counts.Expired, counts.Markers, counts.Transitions, counts.Aborted);
        }
    }

    private static (List<string> Keys, byte[]? Next) Chunk(Reader reader, long bucket, byte[] after)
    {
        var keys = new List<string>();
        using var cursor = reader.Scan(bucket);
        if (after.Length == 0)
        {
            cursor.Seek([]);
        }
        else
        {
            cursor.SeekBehind(after);
        }

        byte[] last = [];
        while (cursor.Next())
        {
            if (cursor.Key.SequenceEqual(last))
            {
                continue;
            }

            if (keys.Count == ChunkSize)
            {
                return (keys, last);
            }

            last = cursor.Key.ToArray();
            keys.Add(Encoding.UTF8.GetString(last));
        }

        return (keys, null);
    }

    private void Apply(Transaction t, Bucket bucket, string key, IReadOnlyList<LifecycleRule> rules, long now, Counts counts)
    {
        var bytes = Store.KeyBytes(key);
        var versions = t.Versions(bucket.Id, bytes);
        if (versions.Count == 0 || !rules.Any(rule => rule.Covers(key)))
        {
            return;
        }

        for (var i = versions.Count - 1; i >= 1; i--)
        {
            if (ApplyNoncurrent(t, bucket, key, bytes, versions[i], since: versions[i - 1].Modified, newer: i - 1, rules, now, counts))
            {
                versions.RemoveAt(i);
            }
        }

        var current = versions[0];
        if (current.IsDeleteMarker)
        {
            if (versions.Count == 1 && rules.Any(rule => rule.Covers(key) && rule.Tags.Count == 0
                && (rule.ExpiredMarkers || (rule.Expiration is { } expiration && expiration.From(current.Modified, store.Options) <= now))))
            {
                store.Delete(t, bucket.Name, key, current.VersionId, WriteConditions.None, "LifecycleExpiration");
                counts.Expired++;
            }

            return;
        }

        if (rules.Any(rule => rule.Expiration is { } expiration && rule.Covers(key, current, () => current.Tags) && expiration.From(current.Modified, store.Options) <= now))
        {
            var deletion = store.Delete(t, bucket.Name, key, null, WriteConditions.None, "LifecycleExpiration");
            counts.Markers += deletion.MarkerMade ? 1 : 0;
            counts.Expired += deletion.MarkerMade ? 0 : 1;
            return;
        }

        Move(t, bucket, key, bytes, current, current.Modified, rules.Where(rule => rule.Covers(key, current, () => current.Tags)).SelectMany(rule => rule.Transitions), now, counts);
    }

    private bool ApplyNoncurrent(
        Transaction t, Bucket bucket, string key, byte[] bytes, ObjectVersion version, long since, int newer, IReadOnlyList<LifecycleRule> rules, long now, Counts counts)
    {
        foreach (var rule in rules)
        {
            if (rule.NoncurrentExpiration is { } expiration && newer >= rule.NewerNoncurrent && rule.Covers(key, version, () => version.Tags) && expiration.From(since, store.Options) <= now)
            {
                store.Delete(t, bucket.Name, key, version.VersionId, WriteConditions.None, "LifecycleExpiration");
                counts.Expired++;
                return true;
            }
        }

        if (!version.IsDeleteMarker)
        {
            Move(
                t, bucket, key, bytes, version, since,
                rules.Where(rule => rule.Covers(key, version, () => version.Tags)).SelectMany(rule => rule.NoncurrentTransitions).Where(item => newer >= item.Newer), now, counts);
        }

        return false;
    }

    private void Move(Transaction t, Bucket bucket, string key, byte[] bytes, ObjectVersion version, long since, IEnumerable<Transition> transitions, long now, Counts counts)
    {
        var due = transitions.Select(item => (At: item.Due.From(since, store.Options), item.StorageClass)).Where(item => item.At <= now).ToList();
        if (due.Count == 0 || due.MaxBy(item => item.At).StorageClass is var storageClass && storageClass == version.StorageClass)
        {
            return;
        }

        t.Update(bucket.Id, bytes, version with { StorageClass = due.MaxBy(item => item.At).StorageClass });
        store.Announce(t, "LifecycleTransition", bucket, key, version, version.Size, version.ETag);
        counts.Transitions++;
    }

    private void AbortUploads(Transaction t, Bucket bucket, IReadOnlyList<LifecycleRule> rules, long now, Counts counts)
    {
        if (rules.All(rule => rule.AbortDays is null))
        {
            return;
        }

        var all = new LifecycleRules(rules);
        var due = new List<Upload>();
        t.Uploads(bucket.Id, [], long.MinValue, upload =>
        {
            if (all.AbortOf(Encoding.UTF8.GetString(upload.Key), upload.Initiated, store.Options) is var (date, _) && date <= now)
            {
                due.Add(upload);
            }

            return true;
        });
        foreach (var upload in due)
        {
            t.Delete(upload, new HashSet<int>());
            counts.Aborted++;
        }
    }

    private sealed class Counts
    {
        public int Expired { get; set; }

        public int Markers { get; set; }

        public int Transitions { get; set; }

        public int Aborted { get; set; }

        public bool Any => Expired + Markers + Transitions + Aborted > 0;

        public void Add(Counts other)
        {
            Expired += other.Expired;
            Markers += other.Markers;
            Transitions += other.Transitions;
            Aborted += other.Aborted;
        }
    }
}
