using FhirAspire.ObjectStore.LocalS3.Checksums;
using Microsoft.Win32.SafeHandles;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>The MD5 of one file, carried on by <see cref="FileHashes"/> as it grows.</summary>
internal sealed class FileHash(FileHashes hashes, SafeFileHandle file)
{
    private readonly TaskCompletionSource<byte[]> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock gate = new();
    private long written;
    private bool complete;
    private bool queued;

    /// <summary>The state after the bytes so far; only the thread that carries it on touches it and <see cref="Hashed"/>.</summary>
    public Md5.State State { get; set; } = Md5.Initial;

    /// <summary>Bytes that the hash has taken, whole blocks.</summary>
    public long Hashed { get; set; }

    /// <summary>Bytes that the file has.</summary>
    public long Written
    {
        get
        {
            lock (gate)
            {
                return written;
            }
        }
    }

    /// <summary>Tells that the file has grown.</summary>
    /// <param name="size">Its size now, in bytes.</param>
    public void Advance(long size) => Advance(size, isAll: false);

    /// <summary>The hash, when the file is complete.</summary>
    /// <param name="size">Its size, in bytes.</param>
    public Task<byte[]> FinishAsync(long size)
    {
        Advance(size, isAll: true);
        return done.Task;
    }

    /// <summary>Reads the bytes that come next.</summary>
    public void Read(Span<byte> bytes)
    {
        for (var read = 0; read < bytes.Length;)
        {
            var some = RandomAccess.Read(file, bytes[read..], Hashed + read);
            read += some > 0 ? some : throw new IOException($"a file that was just written ends after {Hashed + read} of {Written} bytes");
        }
    }

    /// <summary>The end of a turn: goes to the end of the queue, is done, or waits until the file has grown.</summary>
    /// <param name="rest">What was read beyond the last whole block.</param>
    public void EndTurn(ReadOnlySpan<byte> rest)
    {
        lock (gate)
        {
            queued = !(complete && Hashed + rest.Length == written) && written - Hashed >= (complete ? 0 : FileHashes.Turn);
            if (queued)
            {
                hashes.Enqueue(this);
                return;
            }

            if (!complete)
            {
                return;
            }
        }

        var result = Md5.Finish(State, rest, Hashed + rest.Length);
        done.SetResult(result);
    }

    public void Fail(Exception exception) => done.TrySetException(exception);

    private void Advance(long size, bool isAll)
    {
        lock (gate)
        {
            written = size;
            complete = isAll;
            if (queued || (!isAll && written - Hashed < FileHashes.Turn))
            {
                return;
            }

            queued = true;
        }

        hashes.Enqueue(this);
    }
}
