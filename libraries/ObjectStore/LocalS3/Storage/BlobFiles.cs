using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>
/// The bytes of larger objects: <c>blobs/XX/ID</c>, a file each, never changed once it is there. A file is written in <c>tmp/</c>, flushed and renamed before the
/// index names it, and removed after the index has forgotten it; what a crash leaves in between is swept at the next start. Names are numbers that this class gives,
/// so no object key ever becomes part of a path.
/// </summary>
internal sealed class BlobFiles : IDisposable
{
    private const int Folders = 256;
    private readonly string blobs;
    private readonly string temporary;
    private readonly bool durable;
    private readonly DiskThreads disk = new(4);
    private readonly Lock gate = new();
    private readonly LinkedList<long> readers = new();
    private readonly Queue<(long Clock, long Id)> doomed = new();
    private long clock;
    private long nextId;

    public BlobFiles(string root, bool durable, long firstId)
    {
        blobs = Path.Combine(root, "blobs");
        temporary = Path.Combine(root, "tmp");
        this.durable = durable;
        FirstId = firstId;
        nextId = firstId;
        if (Directory.Exists(temporary))
        {
            Directory.Delete(temporary, recursive: true);
        }

        Directory.CreateDirectory(temporary);
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

    public long NextId() => Interlocked.Increment(ref nextId);

    public string TemporaryPath(long id) => Path.Combine(temporary, Name(id));

    public string PathOf(long id) => Path.Combine(FolderOf(id), Name(id));

    /// <summary>Makes a finished temporary file a blob.</summary>
    public Task PublishAsync(SafeFileHandle file, long id)
    {
        if (durable)
        {
            return disk.RunAsync(() => Publish(file, id));
        }

        Publish(file, id);
        return Task.CompletedTask;
    }

    private void Publish(SafeFileHandle file, long id)
    {
        if (durable)
        {
            RandomAccess.FlushToDisk(file);
        }

        file.Dispose();
        File.Move(TemporaryPath(id), PathOf(id));
        if (durable)
        {
            Durable.FlushFolder(FolderOf(id));
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

        _ = disk.RunAsync(() => Delete(id));
    }

    /// <summary>The numbers of the files that were there before this run.</summary>
    public IEnumerable<long> OlderFiles()
    {
        for (var i = 0; i < Folders; i++)
        {
            foreach (var path in Directory.EnumerateFiles(FolderOf(i)))
            {
                if (long.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id) && id <= FirstId)
                {
                    yield return id;
                }
            }
        }
    }

    public void Delete(long id) => File.Delete(PathOf(id));

    public void Dispose()
    {
        while (doomed.TryDequeue(out var item))
        {
            Delete(item.Id);
        }

        disk.Dispose();
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
                _ = disk.RunAsync(() => Delete(item.Id));
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
