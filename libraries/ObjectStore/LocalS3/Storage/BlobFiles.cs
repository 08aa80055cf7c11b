using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>
/// The bytes of larger objects: <c>blobs/XX/ID</c>, a file each, never changed once the index names it. It is written and flushed before that, and given up after
/// the index has forgotten it; what a crash leaves in between is swept at the next start. Names are numbers that this class gives, so no object key ever becomes
/// part of a path.
/// </summary>
/// <remarks>
/// Files that are given up are emptied, and some thousands kept as <c>blobs/XX/ID.free</c> for the next objects: ext4 passes over each inode that was removed
/// within the last minutes when it makes a new file, so that a PUT after many DELETEs took ten times as long. The folders are many for the sake of their locks.
/// </remarks>
internal sealed class BlobFiles : IDisposable
{
    private const int Folders = 256;
    private const int FreePerFolder = 32;
    private const string FreeSuffix = ".free";
    private readonly string blobs;
    private readonly bool durable;
    private readonly DiskThreads disk = new(8);
    private readonly ConcurrentStack<long>[] free = [.. Enumerable.Range(0, Folders).Select(_ => new ConcurrentStack<long>())];
    private readonly Lock gate = new();
    private readonly LinkedList<long> readers = new();
    private readonly Queue<(long Clock, long Id)> doomed = new();
    private long clock;
    private long nextId;

    public BlobFiles(string root, bool durable, long firstId)
    {
        blobs = Path.Combine(root, "blobs");
        this.durable = durable;
        FirstId = firstId;
        nextId = firstId;
        // Where earlier versions wrote.
        var temporary = Path.Combine(root, "tmp");
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }

        if (!Directory.Exists(FolderOf(Folders - 1)))
        {
            for (var i = 0; i < Folders; i++)
            {
                Directory.CreateDirectory(FolderOf(i));
            }

            Durable.FlushFolder(blobs);
            Durable.FlushFolder(root);
        }
    }

    /// <summary>The first number of this run: files of smaller numbers that the index does not name are left from a crash.</summary>
    public long FirstId { get; }

    /// <summary>Carries on the hashes of the files that are being written.</summary>
    public FileHashes Hashes { get; } = new();

    public long NextId() => Interlocked.Increment(ref nextId);

    public string PathOf(long id) => Path.Combine(FolderOf(id), Name(id));

    /// <summary>Opens an empty file under the name of a blob to be.</summary>
    public SafeFileHandle Create(long id)
    {
        var path = PathOf(id);
        while (free[id & (Folders - 1)].TryPop(out var old))
        {
            try
            {
                File.Move(PathOf(old) + FreeSuffix, path, overwrite: true);
                return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
            }
            catch (FileNotFoundException)
            {
                // Swept, or removed by a person.
            }
        }

        return File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
    }

    /// <summary>Brings all of a file that has been written to the disk.</summary>
    public Task FlushAsync(SafeFileHandle file, long id)
    {
        if (durable)
        {
            return disk.RunAsync(() =>
            {
                RandomAccess.FlushToDisk(file);
                Durable.FlushFolder(FolderOf(id));
            });
        }

        return Task.CompletedTask;
    }

    /// <summary>Gives up a file that the index does not name and nobody reads.</summary>
    public void GiveUp(long id)
    {
        var spares = free[id & (Folders - 1)];
        var path = PathOf(id);
        if (spares.Count >= FreePerFolder)
        {
            File.Delete(path);
            return;
        }

        try
        {
            // Renamed first: whoever has the new name has the file for himself.
            File.Move(path, path + FreeSuffix, overwrite: true);
            using (var file = File.OpenHandle(path + FreeSuffix, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
            {
                RandomAccess.SetLength(file, 0);
            }

            spares.Push(id);
        }
        catch (FileNotFoundException)
        {
            // It was never made.
        }
    }

    public SafeFileHandle Open(long id) => File.OpenHandle(PathOf(id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete);

    /// <summary>What is named by the index at this moment stays readable until the ticket is given back, whatever is deleted meanwhile.</summary>
    public ReadTicket BeginRead()
    {
        lock (gate)
        {
            return new ReadTicket(this, readers.AddLast(++clock));
        }
    }

    /// <summary>Removes a file that the index no longer names, as soon as nobody can be reading it.</summary>
    public void Remove(long id)
    {
        lock (gate)
        {
            if (readers.Count > 0)
            {
                doomed.Enqueue((++clock, id));
                return;
            }
        }

        _ = disk.RunAsync(() => GiveUp(id));
    }

    /// <summary>Removes the files of earlier runs that are not wanted, those kept for reuse as well: they are of this run's own making, or none.</summary>
    /// <param name="isNamed">Whether the index names a blob.</param>
    public void Sweep(Func<long, bool> isNamed)
    {
        for (var i = 0; i < Folders; i++)
        {
            foreach (var path in Directory.EnumerateFiles(FolderOf(i)))
            {
                var name = Path.GetFileName(path.AsSpan());
                var isFree = name.EndsWith(FreeSuffix, StringComparison.Ordinal);
                if (long.TryParse(isFree ? name[..^FreeSuffix.Length] : name, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
                    && id <= FirstId && (isFree || !isNamed(id)))
                {
                    File.Delete(path);
                }
            }
        }
    }

    public void Dispose()
    {
        while (doomed.TryDequeue(out var item))
        {
            DeleteIfPossible(PathOf(item.Id));
        }

        Hashes.Dispose();
        disk.Dispose();
        foreach (var id in free.SelectMany(spares => spares))
        {
            DeleteIfPossible(PathOf(id) + FreeSuffix);
        }
    }

    // Stopping must not fail for what the sweep of the next start does as well, nor where somebody has removed the folder.
    private static void DeleteIfPossible(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    private void EndRead(LinkedListNode<long> reader)
    {
        lock (gate)
        {
            readers.Remove(reader);
            var oldest = readers.First?.Value ?? long.MaxValue;
            while (doomed.TryPeek(out var item) && item.Clock < oldest)
            {
                doomed.Dequeue();
                _ = disk.RunAsync(() => GiveUp(item.Id));
            }
        }
    }

    private string FolderOf(long id) => Path.Combine(blobs, (id & (Folders - 1)).ToString("x2", CultureInfo.InvariantCulture));

    private static string Name(long id) => id.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>See <see cref="BeginRead"/>.</summary>
    internal readonly struct ReadTicket(BlobFiles files, LinkedListNode<long> reader) : IDisposable
    {
        public void Dispose() => files.EndRead(reader);
    }
}
