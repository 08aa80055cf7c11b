using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FhirAspire.ObjectStore.LocalS3.Checksums;

/// <summary>
/// MD5 (RFC 1321), which S3 gives as an object's ETag, in steps: what <see cref="Md5Lanes"/> carries on for several at once is begun, ended and, where one is
/// alone, carried on here.
/// </summary>
internal static class Md5
{
    /// <summary>Bytes that one step of the hash takes.</summary>
    public const int BlockSize = 64;

    /// <summary>The state before any block.</summary>
    public static readonly State Initial = new(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476);

    /// <summary>The hash of some bytes, 16 of them.</summary>
    public static byte[] HashData(ReadOnlySpan<byte> bytes)
    {
        var blocks = bytes.Length / BlockSize;
        return Finish(Transform(Initial, bytes, blocks), bytes[(blocks * BlockSize)..], bytes.Length);
    }

    /// <summary>The hash, 16 bytes.</summary>
    /// <param name="state">The state after all whole blocks.</param>
    /// <param name="rest">The bytes after them, fewer than a block.</param>
    /// <param name="length">How many bytes there were in all.</param>
    public static byte[] Finish(State state, ReadOnlySpan<byte> rest, long length)
    {
        Span<byte> end = stackalloc byte[2 * BlockSize];
        end.Clear();
        rest.CopyTo(end);
        end[rest.Length] = 0x80;
        var size = rest.Length + 9 > BlockSize ? 2 * BlockSize : BlockSize;
        BinaryPrimitives.WriteUInt64LittleEndian(end[(size - 8)..], (ulong)length * 8);
        state = Transform(state, end, size / BlockSize);
        var hash = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(hash, state.A);
        BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(4), state.B);
        BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(8), state.C);
        BinaryPrimitives.WriteUInt32LittleEndian(hash.AsSpan(12), state.D);
        return hash;
    }

    /// <summary>The step of RFC 1321, 3.4, over some blocks.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static State Transform(State state, ReadOnlySpan<byte> bytes, int blocks)
    {
        var (a, b, c, d) = state;
        Span<uint> swapped = stackalloc uint[16];
        for (var block = 0; block < blocks; block++)
        {
            scoped var x = MemoryMarshal.Cast<byte, uint>(bytes.Slice(block * BlockSize, BlockSize));
            if (!BitConverter.IsLittleEndian)
            {
                BinaryPrimitives.ReverseEndianness(x, swapped);
                x = swapped;
            }

            var (aa, bb, cc, dd) = (a, b, c, d);
            ref var w = ref MemoryMarshal.GetReference(x);
            a = F(a, b, c, d, Unsafe.Add(ref w, 0), 7, 0xd76aa478);
            d = F(d, a, b, c, Unsafe.Add(ref w, 1), 12, 0xe8c7b756);
            c = F(c, d, a, b, Unsafe.Add(ref w, 2), 17, 0x242070db);
            b = F(b, c, d, a, Unsafe.Add(ref w, 3), 22, 0xc1bdceee);
            a = F(a, b, c, d, Unsafe.Add(ref w, 4), 7, 0xf57c0faf);
            d = F(d, a, b, c, Unsafe.Add(ref w, 5), 12, 0x4787c62a);
            c = F(c, d, a, b, Unsafe.Add(ref w, 6), 17, 0xa8304613);
            b = F(b, c, d, a, Unsafe.Add(ref w, 7), 22, 0xfd469501);
            a = F(a, b, c, d, Unsafe.Add(ref w, 8), 7, 0x698098d8);
            d = F(d, a, b, c, Unsafe.Add(ref w, 9), 12, 0x8b44f7af);
            c = F(c, d, a, b, Unsafe.Add(ref w, 10), 17, 0xffff5bb1);
            b = F(b, c, d, a, Unsafe.Add(ref w, 11), 22, 0x895cd7be);
            a = F(a, b, c, d, Unsafe.Add(ref w, 12), 7, 0x6b901122);
            d = F(d, a, b, c, Unsafe.Add(ref w, 13), 12, 0xfd987193);
            c = F(c, d, a, b, Unsafe.Add(ref w, 14), 17, 0xa679438e);
            b = F(b, c, d, a, Unsafe.Add(ref w, 15), 22, 0x49b40821);

            a = G(a, b, c, d, Unsafe.Add(ref w, 1), 5, 0xf61e2562);
            d = G(d, a, b, c, Unsafe.Add(ref w, 6), 9, 0xc040b340);
            c = G(c, d, a, b, Unsafe.Add(ref w, 11), 14, 0x265e5a51);
            b = G(b, c, d, a, Unsafe.Add(ref w, 0), 20, 0xe9b6c7aa);
            a = G(a, b, c, d, Unsafe.Add(ref w, 5), 5, 0xd62f105d);
            d = G(d, a, b, c, Unsafe.Add(ref w, 10), 9, 0x02441453);
            c = G(c, d, a, b, Unsafe.Add(ref w, 15), 14, 0xd8a1e681);
            b = G(b, c, d, a, Unsafe.Add(ref w, 4), 20, 0xe7d3fbc8);
            a = G(a, b, c, d, Unsafe.Add(ref w, 9), 5, 0x21e1cde6);
            d = G(d, a, b, c, Unsafe.Add(ref w, 14), 9, 0xc33707d6);
            c = G(c, d, a, b, Unsafe.Add(ref w, 3), 14, 0xf4d50d87);
            b = G(b, c, d, a, Unsafe.Add(ref w, 8), 20, 0x455a14ed);
            a = G(a, b, c, d, Unsafe.Add(ref w, 13), 5, 0xa9e3e905);
            d = G(d, a, b, c, Unsafe.Add(ref w, 2), 9, 0xfcefa3f8);
            c = G(c, d, a, b, Unsafe.Add(ref w, 7), 14, 0x676f02d9);
            b = G(b, c, d, a, Unsafe.Add(ref w, 12), 20, 0x8d2a4c8a);

            a = H(a, b, c, d, Unsafe.Add(ref w, 5), 4, 0xfffa3942);
            d = H(d, a, b, c, Unsafe.Add(ref w, 8), 11, 0x8771f681);
            c = H(c, d, a, b, Unsafe.Add(ref w, 11), 16, 0x6d9d6122);
            b = H(b, c, d, a, Unsafe.Add(ref w, 14), 23, 0xfde5380c);
            a = H(a, b, c, d, Unsafe.Add(ref w, 1), 4, 0xa4beea44);
            d = H(d, a, b, c, Unsafe.Add(ref w, 4), 11, 0x4bdecfa9);
            c = H(c, d, a, b, Unsafe.Add(ref w, 7), 16, 0xf6bb4b60);
            b = H(b, c, d, a, Unsafe.Add(ref w, 10), 23, 0xbebfbc70);
            a = H(a, b, c, d, Unsafe.Add(ref w, 13), 4, 0x289b7ec6);
            d = H(d, a, b, c, Unsafe.Add(ref w, 0), 11, 0xeaa127fa);
            c = H(c, d, a, b, Unsafe.Add(ref w, 3), 16, 0xd4ef3085);
            b = H(b, c, d, a, Unsafe.Add(ref w, 6), 23, 0x04881d05);
            a = H(a, b, c, d, Unsafe.Add(ref w, 9), 4, 0xd9d4d039);
            d = H(d, a, b, c, Unsafe.Add(ref w, 12), 11, 0xe6db99e5);
            c = H(c, d, a, b, Unsafe.Add(ref w, 15), 16, 0x1fa27cf8);
            b = H(b, c, d, a, Unsafe.Add(ref w, 2), 23, 0xc4ac5665);

            a = I(a, b, c, d, Unsafe.Add(ref w, 0), 6, 0xf4292244);
            d = I(d, a, b, c, Unsafe.Add(ref w, 7), 10, 0x432aff97);
            c = I(c, d, a, b, Unsafe.Add(ref w, 14), 15, 0xab9423a7);
            b = I(b, c, d, a, Unsafe.Add(ref w, 5), 21, 0xfc93a039);
            a = I(a, b, c, d, Unsafe.Add(ref w, 12), 6, 0x655b59c3);
            d = I(d, a, b, c, Unsafe.Add(ref w, 3), 10, 0x8f0ccc92);
            c = I(c, d, a, b, Unsafe.Add(ref w, 10), 15, 0xffeff47d);
            b = I(b, c, d, a, Unsafe.Add(ref w, 1), 21, 0x85845dd1);
            a = I(a, b, c, d, Unsafe.Add(ref w, 8), 6, 0x6fa87e4f);
            d = I(d, a, b, c, Unsafe.Add(ref w, 15), 10, 0xfe2ce6e0);
            c = I(c, d, a, b, Unsafe.Add(ref w, 6), 15, 0xa3014314);
            b = I(b, c, d, a, Unsafe.Add(ref w, 13), 21, 0x4e0811a1);
            a = I(a, b, c, d, Unsafe.Add(ref w, 4), 6, 0xf7537e82);
            d = I(d, a, b, c, Unsafe.Add(ref w, 11), 10, 0xbd3af235);
            c = I(c, d, a, b, Unsafe.Add(ref w, 2), 15, 0x2ad7d2bb);
            b = I(b, c, d, a, Unsafe.Add(ref w, 9), 21, 0xeb86d391);

            a += aa;
            b += bb;
            c += cc;
            d += dd;
        }

        return new State(a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint F(uint a, uint b, uint c, uint d, uint w, int shift, uint sine) => b + BitOperations.RotateLeft(a + w + sine + (d ^ (b & (c ^ d))), shift);

    // The halves of G share no bit, so they may be added one after the other: what does not need b is ready before b is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint G(uint a, uint b, uint c, uint d, uint w, int shift, uint sine) => b + BitOperations.RotateLeft(a + w + sine + (~d & c) + (d & b), shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint H(uint a, uint b, uint c, uint d, uint w, int shift, uint sine) => b + BitOperations.RotateLeft(a + w + sine + (c ^ d ^ b), shift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint I(uint a, uint b, uint c, uint d, uint w, int shift, uint sine) => b + BitOperations.RotateLeft(a + w + sine + (c ^ (b | ~d)), shift);

    /// <summary>Four words of 32 bits.</summary>
    public readonly record struct State(uint A, uint B, uint C, uint D);
}
