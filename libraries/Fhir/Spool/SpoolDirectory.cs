using System.Diagnostics;
using System.Text.Json;

namespace FhirAspire.Fhir.Spool;

/// <summary>
/// The spool on disk: <c>{yyyy-MM-dd}/{HHmmssfff}_{id}/</c>. A folder appears by rename, so it is complete or not there at all. Writers
/// and readers may be different processes.
/// </summary>
public sealed class SpoolDirectory
{
    private const string Unfinished = ".unfinished";

    private readonly SpoolOptions options;
    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private DateTimeOffset lastInstant;

    /// <summary>Creates the spool over its folder, which is made when it is first written to.</summary>
    public SpoolDirectory(SpoolOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.time = time;
    }

    /// <summary>Where it is.</summary>
    public string Root => options.Path;

    /// <summary>Writes one folder.</summary>
    /// <param name="id">The patient's id, or another name in letters, digits, dot and hyphen.</param>
    /// <param name="write">Writes the files into the folder that it is given.</param>
    /// <param name="cancellationToken">Leaves nothing behind.</param>
    public async Task<SpoolFolder> AddAsync(string id, Func<string, CancellationToken, Task> write, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(write);
        var unfinished = Path.Combine(Root, Unfinished, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(unfinished);
        try
        {
            await write(unfinished, cancellationToken).ConfigureAwait(false);
            if (Activity.Current?.Id is { } trace)
            {
                await File.WriteAllTextAsync(Path.Combine(unfinished, SpoolFolder.TraceFile), trace, cancellationToken).ConfigureAwait(false);
            }

            if (options.Durable)
            {
                foreach (var file in Directory.EnumerateFiles(unfinished))
                {
                    using var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite);
                    RandomAccess.FlushToDisk(handle);
                }
            }

            while (true)
            {
                var instant = NextInstant();
                var key = SpoolFolder.KeyOf(instant, id);
                var finished = Path.Combine(Root, key.Replace('/', Path.DirectorySeparatorChar));
                Directory.CreateDirectory(Path.GetDirectoryName(finished)!);
                if (!Directory.Exists(finished))
                {
                    Directory.Move(unfinished, finished);
                    return new SpoolFolder(finished, key, instant);
                }
            }
        }
        catch
        {
            Directory.Delete(unfinished, recursive: true);
            throw;
        }
    }

    /// <summary>Removes what interrupted writers left; call it when no writer is at work.</summary>
    public void RemoveUnfinished()
    {
        var folder = Path.Combine(Root, Unfinished);
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>All finished folders, oldest first.</summary>
    public IEnumerable<SpoolFolder> Folders()
    {
        var root = new DirectoryInfo(Root);
        return !root.Exists
            ? []
            : root.EnumerateDirectories()
                .Where(day => !day.Name.StartsWith('.'))
                .OrderBy(day => day.Name, StringComparer.Ordinal)
                .SelectMany(day => day.EnumerateDirectories()
                    .OrderBy(folder => folder.Name, StringComparer.Ordinal)
                    .Select(folder => SpoolFolder.TryParse(day, folder))
                    .OfType<SpoolFolder>());
    }

    /// <summary>The folders that wait for upload, oldest first.</summary>
    public IEnumerable<SpoolFolder> Pending() => Folders().Where(folder => !folder.IsUploaded);

    /// <summary>Marks a folder as uploaded; the marker appears whole or not at all.</summary>
    public static async Task MarkAsync(SpoolFolder folder, SpoolMarker marker, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folder);
        var path = Path.Combine(folder.Path, SpoolFolder.UploadedMarker);
        var unfinished = path + ".tmp";
        await File.WriteAllBytesAsync(unfinished, JsonSerializer.SerializeToUtf8Bytes(marker, JsonSerializerOptions.Web), cancellationToken).ConfigureAwait(false);
        File.Move(unfinished, path, overwrite: true);
    }

    /// <summary>Removes uploaded folders older than <see cref="SpoolOptions.TimeToLive"/>; what has not been uploaded stays, whatever its age.</summary>
    /// <returns>Folders removed.</returns>
    public int RemoveOld(CancellationToken cancellationToken = default)
    {
        var limit = time.GetUtcNow() - options.TimeToLive;
        var removed = 0;
        foreach (var folder in Folders().TakeWhile(folder => folder.CreatedAt < limit).ToList())
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!folder.IsUploaded)
            {
                continue;
            }

            // The marker goes last: a half-removed folder must never look as if it waited for upload.
            foreach (var file in folder.Files())
            {
                file.Delete();
            }

            Directory.Delete(folder.Path, recursive: true);
            removed++;
            var day = Path.GetDirectoryName(folder.Path)!;
            if (!Directory.EnumerateFileSystemEntries(day).Any())
            {
                Directory.Delete(day);
            }
        }

        return removed;
    }

    // Two folders of one process never share a name, and their order is the order in which they were written.
    private DateTimeOffset NextInstant()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            now = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
            lastInstant = now > lastInstant ? now : lastInstant.AddMilliseconds(1);
            return lastInstant;
        }
    }
}
