using System.IO.Compression;
using System.Security.Cryptography;
using FhirAspire.Fhir;
using FhirAspire.Fhir.Reading;
using FhirAspire.Fhir.Spool;
using FhirAspire.ObjectStore;

namespace FhirAspire.Uploader;

/// <summary>
/// Carries the files of many folders as one object, a document a line, each with the key and ETag of its own file: loaded, the rows are those of the files. What is no FHIR
/// document goes as an object of its own, so that it is quarantined under its own key.
/// </summary>
/// <param name="spool">The spool.</param>
/// <param name="bucket">The bucket.</param>
/// <param name="options">Size and age of packs.</param>
/// <param name="time">The clock.</param>
/// <param name="apart">Uploads one file as an object of its own; gives its key.</param>
internal sealed class PackUploader(SpoolDirectory spool, ObjectBucket bucket, UploaderOptions options, TimeProvider time, Func<SpoolFolder, FileInfo, CancellationToken, Task<string>> apart)
{
    // FHIR as JSON becomes a tenth by gzip; an estimate only decides whether it is time.
    private const int GzipRatio = 10;

    /// <summary>Carries out what an interrupted run has begun, and packs what has piled up.</summary>
    /// <param name="pending">Folders that wait, oldest first.</param>
    /// <param name="isDue">Whether what waits is packed however little it is.</param>
    /// <param name="uploaded">Hears of each pack: folders, files, bytes.</param>
    /// <param name="cancellationToken">Leaves a plan behind, or nothing.</param>
    public async Task UploadAsync(IReadOnlyList<SpoolFolder> pending, bool isDue, Action<int, int, long> uploaded, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(PackPlan.FolderOf(spool));
        var waiting = pending.ToDictionary(folder => folder.Key, StringComparer.Ordinal);
        foreach (var (path, plan) in PackPlan.Open(spool))
        {
            var rest = plan.Folders.Where(waiting.ContainsKey).Select(key => waiting[key]).ToList();
            // Marks come after the upload: where one is there, the pack has arrived.
            if (rest.Count == plan.Folders.Count)
            {
                await CarryAsync(plan, rest, uploaded, cancellationToken);
            }
            else
            {
                await MarkAsync(rest, [plan.Key], cancellationToken);
            }

            rest.ForEach(folder => waiting.Remove(folder.Key));
            File.Delete(path);
        }

        var left = pending.Where(folder => waiting.ContainsKey(folder.Key)).ToList();
        while (options.Pack && left.Count > 0 && (isDue || IsDue(left)))
        {
            var pack = Take(left);
            var plan = new PackPlan($"{ObjectKeys.Patients}{pack[0].Key}{PackLine.Ending}", [.. pack.Select(folder => folder.Key)]);
            var path = plan.Save(spool);
            await CarryAsync(plan, pack, uploaded, cancellationToken);
            File.Delete(path);
            left.RemoveRange(0, pack.Count);
        }
    }

    private bool IsDue(List<SpoolFolder> left) =>
        left[0].CreatedAt <= time.GetUtcNow() - options.PackAfter || left.Sum(PackedSize) >= options.PackBytes;

    private static long PackedSize(SpoolFolder folder) => folder.Files().Sum(file => FhirFileNames.IsGzip(file.Name) ? file.Length : file.Length / GzipRatio);

    // The first folders whose pack reaches about its size.
    private List<SpoolFolder> Take(List<SpoolFolder> left)
    {
        var bytes = 0L;
        var taken = new List<SpoolFolder>();
        foreach (var folder in left)
        {
            taken.Add(folder);
            bytes += PackedSize(folder);
            if (bytes >= options.PackBytes)
            {
                break;
            }
        }

        return taken;
    }

    private async Task CarryAsync(PackPlan plan, List<SpoolFolder> folders, Action<int, int, long> uploaded, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(PackPlan.FolderOf(spool), $"{folders[0].Key.Replace('/', '_')}.gz");
        var (files, keys) = (0, new List<string> { plan.Key });
        await using var packed = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            foreach (var folder in folders)
            {
                foreach (var file in folder.Files())
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (await TryAddAsync(gzip, folder, file, cancellationToken))
                    {
                        files++;
                    }
                    else
                    {
                        keys.Add(await apart(folder, file, cancellationToken));
                    }
                }
            }
        }

        packed.Position = 0;
        await bucket.PutAsync(plan.Key, packed, "application/gzip", null, cancellationToken);
        await MarkAsync(folders, keys, cancellationToken);
        uploaded(folders.Count, files, packed.Length);
    }

    private async Task<bool> TryAddAsync(Stream target, SpoolFolder folder, FileInfo file, CancellationToken cancellationToken)
    {
        var key = $"{ObjectKeys.Patients}{folder.Key}/{file.Name}";
        if (FhirFileNames.IsPack(file.Name))
        {
            return false;
        }

        var content = await File.ReadAllBytesAsync(file.FullName, cancellationToken);
        var eTag = Convert.ToHexStringLower(MD5.HashData(content));
        try
        {
            var text = FhirFileNames.IsGzip(file.Name) ? Unpack(content) : content;
            var documents = FhirFileNames.IsNdjson(file.Name)
                ? Lines(text).Select(line => ($"{key}#{line.Number}", FhirDocumentReader.Read(line.Text).Utf8)).ToList()
                : [(key, FhirDocumentReader.Read(text).Utf8)];
            foreach (var (documentKey, utf8) in documents)
            {
                PackLine.Write(target, documentKey, eTag, utf8.Span);
            }

            return true;
        }
        catch (Exception exception) when (exception is FhirReadException or InvalidDataException)
        {
            return false;
        }
    }

    private async Task MarkAsync(List<SpoolFolder> folders, IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        foreach (var folder in folders)
        {
            // What stands in the pack, and what of this folder stands apart.
            var own = keys.Where(key => key == keys[0] || key.StartsWith($"{ObjectKeys.Patients}{folder.Key}/", StringComparison.Ordinal)).ToList();
            await SpoolDirectory.MarkAsync(folder, new SpoolMarker(time.GetUtcNow(), bucket.Bucket, own), cancellationToken);
        }
    }

    private static byte[] Unpack(byte[] content)
    {
        using var gzip = new GZipStream(new MemoryStream(content), CompressionMode.Decompress);
        using var text = new MemoryStream();
        gzip.CopyTo(text);
        return text.ToArray();
    }

    // Numbered as the loader numbers them; empty ones count and give nothing.
    private static IEnumerable<(int Number, Memory<byte> Text)> Lines(Memory<byte> text)
    {
        for (var number = 1; !text.IsEmpty; number++)
        {
            var end = text.Span.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? default : text[(end + 1)..];
            if (line.Span.IndexOfAnyExcept(" \t\r\n"u8) >= 0)
            {
                yield return (number, line);
            }
        }
    }
}
