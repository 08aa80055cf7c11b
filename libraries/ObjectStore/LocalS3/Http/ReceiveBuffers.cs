using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>
/// Kestrel's buffers in blocks of 64 KB. Its own are 4 KB, so that a megabyte takes some 500 calls of recv, which cost more than everything else in a PUT.
/// Connections that wait hold none; blocks beyond those that a busy server needs are left to the collector.
/// </summary>
internal sealed class ReceiveBuffers : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockSize = 64 * 1024;
    private const int BlocksKept = 256;
    private readonly ConcurrentQueue<Block> free = new();

    public override int MaxBufferSize => BlockSize;

    /// <summary>All the transport's queues share this one.</summary>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        return free.TryDequeue(out var block) ? block : new Block(this);
    }

    protected override void Dispose(bool disposing) => free.Clear();

    private void Return(Block block)
    {
        if (free.Count < BlocksKept)
        {
            free.Enqueue(block);
        }
    }

    private sealed class Block(ReceiveBuffers pool) : IMemoryOwner<byte>
    {
        private readonly byte[] bytes = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);

        public Memory<byte> Memory => bytes;

        public void Dispose() => pool.Return(this);
    }
}
