using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace FhirAspire.ObjectStore.LocalS3.Checksums;

/// <summary>
/// Eight MD5s at once, one in each 32-bit lane of a vector. A step of MD5 waits for the one before it, so that one hash alone leaves most of a core idle and
/// nothing makes it faster; eight that do not depend on one another cost little more than one.
/// </summary>
internal static unsafe class Md5Lanes
{
    public const int Count = 8;

    /// <summary>RFC 1321, table T: floor(2^32 |sin(i + 1)|).</summary>
    private static readonly uint[] Sines = [.. Enumerable.Range(1, 64).Select(i => (uint)(Math.Abs(Math.Sin(i)) * 4294967296.0))];

    /// <summary>Whether this processor has them (AVX2).</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>Takes some blocks from each lane's bytes.</summary>
    /// <param name="state">Words A of all lanes, then B, C and D: 32 numbers.</param>
    /// <param name="data">Where each lane's blocks lie: 8 addresses, of which several may be the same.</param>
    /// <param name="blocks">How many blocks of 64 bytes from each.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transform(uint* state, byte** data, int blocks)
    {
        var w = stackalloc Vector256<uint>[16];
        var a = Vector256.Load(state);
        var b = Vector256.Load(state + 8);
        var c = Vector256.Load(state + 16);
        var d = Vector256.Load(state + 24);
        fixed (uint* k = Sines)
        {
            for (var offset = 0L; offset < blocks * 64L; offset += 64)
            {
                Transpose(data, offset, w);
                Transpose(data, offset + 32, w + 8);
                var (aa, bb, cc, dd) = (a, b, c, d);
                for (var i = 0; i < 16; i += 4)
                {
                    a = Step(a, b, d ^ (b & (c ^ d)), k[i], w[i], 7);
                    d = Step(d, a, c ^ (a & (b ^ c)), k[i + 1], w[i + 1], 12);
                    c = Step(c, d, b ^ (d & (a ^ b)), k[i + 2], w[i + 2], 17);
                    b = Step(b, c, a ^ (c & (d ^ a)), k[i + 3], w[i + 3], 22);
                }

                for (var i = 16; i < 32; i += 4)
                {
                    a = Step(a, b, c ^ (d & (b ^ c)), k[i], w[((5 * i) + 1) & 15], 5);
                    d = Step(d, a, b ^ (c & (a ^ b)), k[i + 1], w[((5 * i) + 6) & 15], 9);
                    c = Step(c, d, a ^ (b & (d ^ a)), k[i + 2], w[((5 * i) + 11) & 15], 14);
                    b = Step(b, c, d ^ (a & (c ^ d)), k[i + 3], w[(5 * i) & 15], 20);
                }

                for (var i = 32; i < 48; i += 4)
                {
                    a = Step(a, b, b ^ c ^ d, k[i], w[((3 * i) + 5) & 15], 4);
                    d = Step(d, a, a ^ b ^ c, k[i + 1], w[((3 * i) + 8) & 15], 11);
                    c = Step(c, d, d ^ a ^ b, k[i + 2], w[((3 * i) + 11) & 15], 16);
                    b = Step(b, c, c ^ d ^ a, k[i + 3], w[((3 * i) + 14) & 15], 23);
                }

                for (var i = 48; i < 64; i += 4)
                {
                    a = Step(a, b, c ^ (b | ~d), k[i], w[(7 * i) & 15], 6);
                    d = Step(d, a, b ^ (a | ~c), k[i + 1], w[((7 * i) + 7) & 15], 10);
                    c = Step(c, d, a ^ (d | ~b), k[i + 2], w[((7 * i) + 14) & 15], 15);
                    b = Step(b, c, d ^ (c | ~a), k[i + 3], w[((7 * i) + 5) & 15], 21);
                }

                a += aa;
                b += bb;
                c += cc;
                d += dd;
            }
        }

        a.Store(state);
        b.Store(state + 8);
        c.Store(state + 16);
        d.Store(state + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Step(Vector256<uint> a, Vector256<uint> b, Vector256<uint> f, uint k, Vector256<uint> w, int shift)
    {
        var sum = a + w + Vector256.Create(k) + f;
        return b + (Vector256.ShiftLeft(sum, shift) | Vector256.ShiftRightLogical(sum, 32 - shift));
    }

    /// <summary>Eight words of each lane, turned so that each vector has the same word of all lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(byte** data, long offset, Vector256<uint>* w)
    {
        var r0 = Vector256.Load((uint*)(data[0] + offset));
        var r1 = Vector256.Load((uint*)(data[1] + offset));
        var r2 = Vector256.Load((uint*)(data[2] + offset));
        var r3 = Vector256.Load((uint*)(data[3] + offset));
        var r4 = Vector256.Load((uint*)(data[4] + offset));
        var r5 = Vector256.Load((uint*)(data[5] + offset));
        var r6 = Vector256.Load((uint*)(data[6] + offset));
        var r7 = Vector256.Load((uint*)(data[7] + offset));
        var t0 = Avx2.UnpackLow(r0, r1).AsUInt64();
        var t1 = Avx2.UnpackHigh(r0, r1).AsUInt64();
        var t2 = Avx2.UnpackLow(r2, r3).AsUInt64();
        var t3 = Avx2.UnpackHigh(r2, r3).AsUInt64();
        var t4 = Avx2.UnpackLow(r4, r5).AsUInt64();
        var t5 = Avx2.UnpackHigh(r4, r5).AsUInt64();
        var t6 = Avx2.UnpackLow(r6, r7).AsUInt64();
        var t7 = Avx2.UnpackHigh(r6, r7).AsUInt64();
        var u0 = Avx2.UnpackLow(t0, t2);
        var u1 = Avx2.UnpackHigh(t0, t2);
        var u2 = Avx2.UnpackLow(t1, t3);
        var u3 = Avx2.UnpackHigh(t1, t3);
        var u4 = Avx2.UnpackLow(t4, t6);
        var u5 = Avx2.UnpackHigh(t4, t6);
        var u6 = Avx2.UnpackLow(t5, t7);
        var u7 = Avx2.UnpackHigh(t5, t7);
        w[0] = Avx2.Permute2x128(u0, u4, 0x20).AsUInt32();
        w[1] = Avx2.Permute2x128(u1, u5, 0x20).AsUInt32();
        w[2] = Avx2.Permute2x128(u2, u6, 0x20).AsUInt32();
        w[3] = Avx2.Permute2x128(u3, u7, 0x20).AsUInt32();
        w[4] = Avx2.Permute2x128(u0, u4, 0x31).AsUInt32();
        w[5] = Avx2.Permute2x128(u1, u5, 0x31).AsUInt32();
        w[6] = Avx2.Permute2x128(u2, u6, 0x31).AsUInt32();
        w[7] = Avx2.Permute2x128(u3, u7, 0x31).AsUInt32();
    }
}
