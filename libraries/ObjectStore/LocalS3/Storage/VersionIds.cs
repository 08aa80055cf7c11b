using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>Ids of versions and uploads: 32 hexadecimal digits, of which half are a check, so that a made-up id is told from one that is gone.</summary>
internal static class VersionIds
{
    public const string Null = "null";

    public static string Encode(long sequence) => string.Create(CultureInfo.InvariantCulture, $"{sequence:x16}{Check(sequence):x16}");

    public static bool TryDecode(string id, out long sequence)
    {
        sequence = 0;
        return id.Length == 32
            && long.TryParse(id.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out sequence)
            && ulong.TryParse(id.AsSpan(16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var check)
            && check == Check(sequence);
    }

    private static ulong Check(long sequence)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, sequence);
        return XxHash3.HashToUInt64(bytes, seed: 0x5353);
    }
}
