using System.IO.Pipelines;
using Microsoft.Win32.SafeHandles;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>The bytes of a version, readable until disposed whatever happens to the version.</summary>
internal sealed class ObjectContents : IDisposable
{
    private const int BlockSize = 64 * 1024;
    private readonly BlobFiles files;
    private readonly BlobFiles.ReadTicket ticket;
    private readonly List<(long Blob, long Size, byte[]? Inline)> pieces;

    private ObjectContents(BlobFiles files, BlobFiles.ReadTicket ticket, ObjectVersion version, List<(long Blob, long Size, byte[]? Inline)> pieces)
    {
        this.files = files;
        this.ticket = ticket;
        Version = version;
        this.pieces = pieces;
    }

    public ObjectVersion Version { get; }

    /// <summary>Finds a version and holds on to its bytes.</summary>
    /// <param name="store">The store.</param>
    /// <param name="find">Gives the version, or throws.</param>
    /// <param name="withBytes">False when only the version is wanted.</param>
    public static ObjectContents Open(Store store, Func<Reader, ObjectVersion> find, bool withBytes)
    {
        var ticket = store.Files.BeginRead();
        try
        {
            return store.Read(reader =>
            {
                var version = find(reader);
                var pieces = new List<(long, long, byte[]?)>();
                if (withBytes && version.IsSegmented)
                {
                    foreach (var segment in reader.Segments(version.Blob))
                    {
                        pieces.Add((segment.Blob, segment.Size, Inline(reader, store, segment.Blob, segment.Size)));
                    }
                }
                else if (withBytes && version.Blob != 0)
                {
                    pieces.Add((version.Blob, version.Size, Inline(reader, store, version.Blob, version.Size)));
                }

                return new ObjectContents(store.Files, ticket, version, pieces);
            });
        }
        catch
        {
            ticket.Dispose();
            throw;
        }
    }

    /// <summary>Writes a range to a pipe.</summary>
    public async Task CopyToAsync(PipeWriter writer, long start, long length, CancellationToken cancellationToken)
    {
        foreach (var (blob, size, inline) in pieces)
        {
            if (length == 0)
            {
                return;
            }

            if (start >= size)
            {
                start -= size;
                continue;
            }

            var some = Math.Min(length, size - start);
            if (inline is not null)
            {
                await writer.WriteAsync(inline.AsMemory((int)start, (int)some), cancellationToken).ConfigureAwait(false);
            }
            else
            {
                using var file = files.Open(blob);
                await CopyAsync(file, writer, start, some, cancellationToken).ConfigureAwait(false);
            }

            length -= some;
            start = 0;
        }
    }

    /// <summary>Hands a range to a consumer, a block at a time.</summary>
    public void Read(long start, long length, Action<ReadOnlyMemory<byte>> consume)
    {
        var buffer = new byte[BlockSize * 4];
        foreach (var (blob, size, inline) in pieces)
        {
            if (length == 0)
            {
                return;
            }

            if (start >= size)
            {
                start -= size;
                continue;
            }

            var some = Math.Min(length, size - start);
            length -= some;
            if (inline is not null)
            {
                consume(inline.AsMemory((int)start, (int)some));
                start = 0;
                continue;
            }

            using var file = files.Open(blob);
            for (; some > 0;)
            {
                var count = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, some)), start);
                if (count == 0)
                {
                    throw new EndOfStreamException($"the file of blob {blob:x16} is shorter than the index says");
                }

                consume(buffer.AsMemory(0, count));
                start += count;
                some -= count;
            }

            start = 0;
        }
    }

    public void Dispose() => ticket.Dispose();

    private static async Task CopyAsync(SafeFileHandle file, PipeWriter writer, long start, long length, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            var memory = writer.GetMemory(BlockSize);
            // Read synchronously: the bytes are in the page cache mostly, and a hop to another thread costs more than the copy.
            var count = RandomAccess.Read(file, memory.Span[..(int)Math.Min(memory.Length, length)], start);
            if (count == 0)
            {
                throw new EndOfStreamException("a file is shorter than the index says");
            }

            writer.Advance(count);
            start += count;
            length -= count;
            var flushed = await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            if (flushed.IsCompleted)
            {
                // The client has gone.
                return;
            }
        }
    }

    private static byte[]? Inline(Reader reader, Store store, long blob, long size) =>
        size <= Math.Max(store.Options.InlineLimit, MaximumInline) ? reader.Inline(blob) : null;

    // An index may have been written with a larger limit.
    private const int MaximumInline = 256 * 1024;
}
