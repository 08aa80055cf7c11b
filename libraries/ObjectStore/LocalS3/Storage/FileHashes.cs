using System.Runtime.InteropServices;
using FhirAspire.ObjectStore.LocalS3.Checksums;
using Microsoft.Win32.SafeHandles;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>
/// The MD5s of files that are being written, read back from them (from memory, mostly) while they are flushed to the disk. Those that wait at the same time are
/// carried on side by side, see <see cref="Md5Lanes"/>: one thread is enough then. Without such vectors there are several, each with one file.
/// </summary>
internal sealed unsafe class FileHashes : IDisposable
{
    /// <summary>How far a file is behind before its hash is carried on, and how much of it is taken in one turn: a large file does not hold up small ones.</summary>
    public const int Turn = 4 * 1024 * 1024;

    private const int BufferSize = 64 * 1024;

    private readonly WaitingQueue<FileHash> waiting = new();
    private readonly Thread[] threads;

    public FileHashes()
    {
        threads = new Thread[Md5Lanes.IsSupported ? 1 : Math.Min(Environment.ProcessorCount, 8)];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Loop) { IsBackground = true, Name = "LocalS3 MD5" };
            threads[i].Start();
        }
    }

    private static int LaneCount => Md5Lanes.IsSupported ? Md5Lanes.Count : 1;

    /// <summary>Begins the hash of a file, which can be read through the handle.</summary>
    public FileHash Open(SafeFileHandle file) => new(this, file);

    /// <summary>Ends the threads when what waits is done; what comes later fails.</summary>
    public void Dispose()
    {
        waiting.Close();
        foreach (var thread in threads)
        {
            thread.Join();
        }
    }

    internal void Enqueue(FileHash hash)
    {
        if (!waiting.TryAdd(hash))
        {
            hash.Fail(new ObjectDisposedException(nameof(FileHashes)));
        }
    }

    private void Loop()
    {
        var lanes = new Lane[LaneCount];
        var memory = (byte*)NativeMemory.Alloc(BufferSize, (nuint)lanes.Length);
        try
        {
            for (var i = 0; i < lanes.Length; i++)
            {
                lanes[i] = new Lane(memory + (i * BufferSize));
            }

            var state = stackalloc uint[4 * Md5Lanes.Count];
            var data = stackalloc byte*[Md5Lanes.Count];
            for (var count = 0; (count = Fill(lanes, count)) > 0;)
            {
                Step(lanes.AsSpan(0, count), state, data);
                for (var i = count - 1; i >= 0; i--)
                {
                    if (!lanes[i].Next())
                    {
                        count--;
                        (lanes[i], lanes[count]) = (lanes[count], lanes[i]);
                    }
                }
            }
        }
        finally
        {
            NativeMemory.Free(memory);
        }
    }

    /// <summary>Gives the free lanes to files that wait. Without any at work it waits for one.</summary>
    /// <returns>How many lanes have something to do; 0 when the thread is to end.</returns>
    private int Fill(Lane[] lanes, int count)
    {
        while (count < lanes.Length && waiting.TryTake(out var hash, wait: count == 0))
        {
            if (lanes[count].Begin(hash))
            {
                count++;
            }
        }

        return count;
    }

    /// <summary>Takes as many blocks as all lanes have.</summary>
    private static void Step(Span<Lane> lanes, uint* state, byte** data)
    {
        var blocks = lanes[0].Blocks;
        foreach (var lane in lanes)
        {
            blocks = Math.Min(blocks, lane.Blocks);
        }

        if (lanes.Length == 1)
        {
            lanes[0].Take(Md5.Transform(lanes[0].State, new ReadOnlySpan<byte>(lanes[0].At, blocks * Md5.BlockSize), blocks), blocks);
            return;
        }

        for (var i = 0; i < Md5Lanes.Count; i++)
        {
            // A lane that nobody needs does what the first does.
            var lane = lanes[i < lanes.Length ? i : 0];
            data[i] = lane.At;
            (state[i], state[Md5Lanes.Count + i], state[(2 * Md5Lanes.Count) + i], state[(3 * Md5Lanes.Count) + i]) = lane.State;
        }

        Md5Lanes.Transform(state, data, blocks);
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i].Take(new Md5.State(state[i], state[Md5Lanes.Count + i], state[(2 * Md5Lanes.Count) + i], state[(3 * Md5Lanes.Count) + i]), blocks);
        }
    }

    /// <summary>A place among those that are carried on at once, with a piece of its file.</summary>
    private sealed class Lane(byte* buffer)
    {
        private FileHash? hash;
        private long end;

        public byte* At { get; private set; }

        /// <summary>Whole blocks from there on.</summary>
        public int Blocks { get; private set; }

        public Md5.State State => hash!.State;

        /// <summary>Takes a file in; false when nothing of it is to be done here.</summary>
        public bool Begin(FileHash newest)
        {
            hash = newest;
            end = Math.Min(newest.Written, newest.Hashed + Turn);
            Blocks = 0;
            return Next();
        }

        public void Take(Md5.State state, int blocks)
        {
            hash!.State = state;
            hash.Hashed += blocks * Md5.BlockSize;
            At += blocks * Md5.BlockSize;
            Blocks -= blocks;
        }

        /// <summary>Whether there are blocks; reads on if need be, and lets go of the file at the end of its turn.</summary>
        public bool Next()
        {
            if (Blocks > 0)
            {
                return true;
            }

            var current = hash!;
            try
            {
                var length = (int)Math.Min(end - current.Hashed, BufferSize);
                current.Read(new Span<byte>(buffer, length));
                At = buffer;
                Blocks = length / Md5.BlockSize;
                if (Blocks > 0)
                {
                    return true;
                }

                hash = null;
                current.EndTurn(new ReadOnlySpan<byte>(buffer, length));
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException or UnauthorizedAccessException)
            {
                hash = null;
                current.Fail(e);
            }

            return false;
        }
    }
}
