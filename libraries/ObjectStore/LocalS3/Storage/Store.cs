using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Microsoft.Extensions.Logging;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>The root folder: <c>index.db</c> with everything that is known of buckets and objects, and the files of the larger ones.</summary>
internal sealed partial class Store : IDisposable
{
    private readonly LocalS3Options options;
    private readonly ILogger logger;
    private readonly FileStream lockFile;
    private readonly string indexPath;
    private readonly ConcurrentDictionary<string, Bucket> buckets = new(StringComparer.Ordinal);
    private readonly ConcurrentBag<Reader> readers = [];
    private readonly Database database;
    private readonly Transaction transaction;
    private readonly WriteQueue queue;
    private readonly Task sweep;

    public Store(LocalS3Options options)
    {
        this.options = options;
        logger = options.LoggerFactory.CreateLogger("LocalS3");
        var root = Path.GetFullPath(options.Root);
        lockFile = Lock(root);
        try
        {
            indexPath = Path.Combine(root, "index.db");
            var durable = options.Durability == LocalS3Durability.Durable;
            database = new Database(indexPath, readOnly: false);
            // FULL: the write-ahead log is flushed with every commit. OFF still survives the process.
            database.Execute($"""
                PRAGMA page_size=4096; PRAGMA journal_mode=WAL; PRAGMA synchronous={(durable ? "FULL" : "OFF")};
                PRAGMA wal_autocheckpoint=4000; PRAGMA journal_size_limit=33554432; PRAGMA cache_size=-24576; PRAGMA temp_store=MEMORY
                """);
            CheckSchema();
            database.Execute("INSERT INTO meta(name, value) VALUES('epoch', 1) ON CONFLICT(name) DO UPDATE SET value=value+1");
            Files = new BlobFiles(root, durable, database.Scalar("SELECT value FROM meta WHERE name='epoch'") << 32);
            if (durable)
            {
                Durable.FlushFolder(root);
            }

            LoadBuckets();
            transaction = new Transaction(database, Files);
            queue = new WriteQueue(transaction);
            sweep = Task.Run(SweepOrphans);
        }
        catch
        {
            database?.Dispose();
            lockFile.Dispose();
            throw;
        }
    }

    public BlobFiles Files { get; }

    public LocalS3Options Options => options;

    /// <summary>Unix milliseconds.</summary>
    public long Now => options.TimeProvider.GetUtcNow().ToUnixTimeMilliseconds();

    public IEnumerable<Bucket> Buckets => buckets.Values.OrderBy(bucket => bucket.Name, StringComparer.Ordinal);

    public static byte[] KeyBytes(string key) => Encoding.UTF8.GetBytes(key);

    public Bucket? FindBucket(string name) => buckets.GetValueOrDefault(name);

    public Bucket GetBucket(string name) => FindBucket(name) ?? throw Http.S3Errors.NoSuchBucket(name);

    /// <summary>Reads the index; the function must not keep the reader.</summary>
    public T Read<T>(Func<Reader, T> read)
    {
        if (!readers.TryTake(out var reader))
        {
            var connection = new Database(indexPath, readOnly: true);
            connection.Execute("PRAGMA cache_size=-4096");
            reader = new Reader(connection);
        }

        // After a failure too: every statement has been reset.
        try
        {
            return read(reader);
        }
        finally
        {
            readers.Add(reader);
        }
    }

    /// <summary>Changes the index; see <see cref="WriteQueue.RunAsync"/>.</summary>
    public Task<T> WriteAsync<T>(Func<Transaction, T> change, bool alone = false) => queue.RunAsync(change, alone);

    public BlobWriter NewBlob() => new(Files, options.InlineLimit);

    public void Dispose()
    {
        sweep.Wait();
        queue.Dispose();
        while (readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        transaction.Dispose();
        Files.Dispose();
        lockFile.Dispose();
    }

    private static FileStream Lock(string root)
    {
        try
        {
            Directory.CreateDirectory(root);
            return new FileStream(Path.Combine(root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new LocalS3Exception("LS3001", $"{LocalS3Options.Section}:Root", $"cannot take the folder {root} ({e.Message}); is another server running on it, or is it not writable?", e);
        }
    }

    private void CheckSchema()
    {
        var version = database.Scalar("PRAGMA user_version");
        if (version > Schema.Current)
        {
            throw new LocalS3Exception("LS3002", indexPath, $"was written by a newer server (layout {version}, this one knows up to {Schema.Current}); use that one, or another folder");
        }

        database.Execute("BEGIN");
        database.Execute(Schema.Create);
        database.Execute($"PRAGMA user_version={Schema.Current}; COMMIT");
    }

    private void LoadBuckets()
    {
        var settings = new Dictionary<long, ImmutableDictionary<string, string>>();
        var statement = database.Prepare("SELECT bucket, kind, value FROM bucket_settings");
        while (statement.Step())
        {
            var id = statement.Int64(0);
            settings[id] = settings.GetValueOrDefault(id, ImmutableDictionary<string, string>.Empty).Add(statement.Text(1)!, statement.Text(2)!);
        }

        statement.Reset();
        statement = database.Prepare("SELECT id, name, created, owner, region, versioning FROM buckets");
        while (statement.Step())
        {
            var id = statement.Int64(0);
            var bucket = new Bucket(
                id, statement.Text(1)!, statement.Int64(2), statement.Text(3)!, statement.Text(4)!, (Versioning)statement.Int64(5),
                settings.GetValueOrDefault(id, ImmutableDictionary<string, string>.Empty));
            buckets[bucket.Name] = bucket;
        }

        statement.Reset();
    }

    /// <summary>Removes the files that a crash left between writing them and naming them, or between forgetting them and removing them.</summary>
    private void SweepOrphans()
    {
        try
        {
            Files.Sweep(id => Read(reader => reader.HasBlob(id)));
        }
        catch (Exception e) when (e is IOException or StorageException or UnauthorizedAccessException)
        {
            Log.SweepFailed(logger, e);
        }
    }
}
