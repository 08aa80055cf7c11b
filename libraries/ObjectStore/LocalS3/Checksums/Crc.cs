using System.Buffers.Binary;
using System.Numerics;

namespace FhirAspire.ObjectStore.LocalS3.Checksums;

/// <summary>The CRCs that .NET lacks, and how the CRC of a whole follows from those of its parts.</summary>
internal static class Crc
{
    // Polynomials with their bits reversed, without the highest.
    private const ulong Polynomial32 = 0xEDB88320;
    private const ulong Polynomial32C = 0x82F63B78;
    private const ulong Polynomial64Nvme = 0x9A6C9329AC4BC9B5;
    private const int Slices = 16;
    private static readonly ulong[] Table64 = MakeTable(Polynomial64Nvme);

    public static uint Append32C(uint crc, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (var value in bytes)
        {
            crc = BitOperations.Crc32C(crc, value);
        }

        return crc;
    }

    // Sixteen bytes a step, each through a table of its own ("slicing").
    public static ulong Append64Nvme(ulong crc, ReadOnlySpan<byte> bytes)
    {
        var table = Table64.AsSpan();
        while (bytes.Length >= Slices)
        {
            var low = crc ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            var high = BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]);
            crc = 0;
            for (var i = 0; i < 8; i++)
            {
                crc ^= table[((15 - i) << 8) + (int)((low >> (8 * i)) & 0xff)] ^ table[((7 - i) << 8) + (int)((high >> (8 * i)) & 0xff)];
            }

            bytes = bytes[Slices..];
        }

        foreach (var value in bytes)
        {
            crc = table[(int)((crc ^ value) & 0xff)] ^ (crc >> 8);
        }

        return crc;
    }

    /// <summary>The checksum of A followed by B, from those of A and B and B's length.</summary>
    public static byte[] Combine(string algorithm, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, long secondLength)
    {
        var wide = algorithm == "CRC64NVME";
        var polynomial = wide ? Polynomial64Nvme : algorithm == "CRC32C" ? Polynomial32C : Polynomial32;
        var result = new byte[wide ? 8 : 4];
        if (wide)
        {
            BinaryPrimitives.WriteUInt64BigEndian(result, Combine(polynomial, 64, BinaryPrimitives.ReadUInt64BigEndian(first), BinaryPrimitives.ReadUInt64BigEndian(second), secondLength));
        }
        else
        {
            BinaryPrimitives.WriteUInt32BigEndian(
                result, (uint)Combine(polynomial, 32, BinaryPrimitives.ReadUInt32BigEndian(first), BinaryPrimitives.ReadUInt32BigEndian(second), secondLength));
        }

        return result;
    }

    // A CRC is linear: crc(AB) = crc(A) * x^(8 |B|) + crc(B), as polynomials modulo the CRC's own.
    private static ulong Combine(ulong polynomial, int width, ulong first, ulong second, long secondLength)
    {
        var top = 1UL << (width - 1);
        // x^8, reversed: the highest bit is x^0.
        var power = top >> 8;
        var factor = top;
        for (var n = secondLength; n > 0; n >>= 1)
        {
            if ((n & 1) != 0)
            {
                factor = Multiply(polynomial, top, factor, power);
            }

            power = Multiply(polynomial, top, power, power);
        }

        return Multiply(polynomial, top, first, factor) ^ second;
    }

    private static ulong Multiply(ulong polynomial, ulong top, ulong a, ulong b)
    {
        ulong product = 0;
        for (var bit = top; bit != 0; bit >>= 1)
        {
            if ((a & bit) != 0)
            {
                product ^= b;
            }

            b = (b & 1) != 0 ? (b >> 1) ^ polynomial : b >> 1;
        }

        return product;
    }

    private static ulong[] MakeTable(ulong polynomial)
    {
        var table = new ulong[Slices * 256];
        for (var i = 0; i < 256; i++)
        {
            var crc = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ polynomial : crc >> 1;
            }

            table[i] = crc;
        }

        for (var i = 256; i < table.Length; i++)
        {
            table[i] = table[(int)(table[i - 256] & 0xff)] ^ (table[i - 256] >> 8);
        }

        return table;
    }
}
