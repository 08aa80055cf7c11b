using System.Buffers;
using FhirAspire.ObjectStore.LocalS3.Checksums;
using Microsoft.Win32.SafeHandles;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>Takes the bytes of an object to be: in memory while they are few, else in a file.</summary>
/// <param name="files">Where the files are.</param>
/// <param name="inlineLimit">How many bytes may go into the index.</param>
internal sealed class BlobWriter(BlobFiles files, int inlineLimit) : IDisposable
{
    private byte[]? memory;
    private int buffered;
    private SafeFileHandle? file;
    private FileHash? hash;
    private long id;

    /// <summary>Bytes so far.</summary>
    public long Size { get; private set; }

    public void Append(in ReadOnlySequence<byte> bytes)
    {
        if (file is null && Size + bytes.Length <= inlineLimit)
        {
            Reserve((int)bytes.Length);
            bytes.CopyTo(memory.AsSpan(buffered));
            buffered += (int)bytes.Length;
        }
        else
        {
            var handle = OpenFile();
            if (bytes.IsSingleSegment)
            {
                RandomAccess.Write(handle, bytes.FirstSpan, Size);
            }
            else
            {
                // One call (pwritev) for all the segments that the network has filled.
                var segments = new List<ReadOnlyMemory<byte>>();
                foreach (var segment in bytes)
                {
                    segments.Add(segment);
                }

                RandomAccess.Write(handle, segments, Size);
            }
        }

        Size += bytes.Length;
        hash?.Advance(Size);
    }

    /// <summary>Makes the bytes a blob; the caller hands it to the index or disposes it.</summary>
    public async Task<NewBlob> FinishAsync()
    {
        if (file is null)
        {
            var bytes = memory is null ? [] : memory.AsSpan(0, buffered).ToArray();
            return new NewBlob(files, Size == 0 ? 0 : files.NextId(), Size, Md5.HashData(bytes), bytes);
        }

        // Both at once: the hash uses the processor while the disk is waited for.
        var flushed = files.FlushAsync(file, id);
        var md5 = await hash!.FinishAsync(Size).ConfigureAwait(false);
        await flushed.ConfigureAwait(false);
        file.Dispose();
        file = null;
        return new NewBlob(files, id, Size, md5, null);
    }

    public void Dispose()
    {
        if (memory is not null)
        {
            ArrayPool<byte>.Shared.Return(memory);
            memory = null;
        }

        if (file is not null)
        {
            file.Dispose();
            files.GiveUp(id);
            file = null;
        }
    }

    private void Reserve(int more)
    {
        if (memory is not null && memory.Length >= buffered + more)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(buffered + more, 1024));
        if (memory is not null)
        {
            memory.AsSpan(0, buffered).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(memory);
        }

        memory = larger;
    }

    private SafeFileHandle OpenFile()
    {
        if (file is null)
        {
            id = files.NextId();
            file = files.Create(id);
            hash = files.Hashes.Open(file);
            if (buffered > 0)
            {
                RandomAccess.Write(file, memory.AsSpan(0, buffered), 0);
            }
        }

        return file;
    }
}
