using System.Buffers.Binary;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace FhirAspire.ObjectStore.LocalS3.Checksums;

/// <summary>A running checksum of S3's five kinds: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html.</summary>
internal abstract class ChecksumAlgorithm : IDisposable
{
    public static readonly string[] Names = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];

    public abstract void Append(ReadOnlySpan<byte> bytes);

    /// <summary>The bytes of the checksum, highest first.</summary>
    public abstract byte[] Finish();

    public virtual void Dispose()
    {
    }

    /// <summary>Null for a name that S3 does not have.</summary>
    public static ChecksumAlgorithm? Create(string name) => name switch
    {
        "CRC32" => new Crc32Sum(),
        "CRC32C" => new Crc32CSum(),
        "CRC64NVME" => new Crc64Sum(),
        "SHA1" => new Hash(IncrementalHash.CreateHash(HashAlgorithmName.SHA1)),
        "SHA256" => new Hash(IncrementalHash.CreateHash(HashAlgorithmName.SHA256)),
        _ => null,
    };

    public static int Length(string name) => name switch
    {
        "CRC32" or "CRC32C" => 4,
        "CRC64NVME" => 8,
        "SHA1" => 20,
        _ => 32,
    };

    public static bool IsCrc(string name) => name.StartsWith("CRC", StringComparison.Ordinal);

    private sealed class Crc32Sum : ChecksumAlgorithm
    {
        private readonly Crc32 crc = new();

        public override void Append(ReadOnlySpan<byte> bytes) => crc.Append(bytes);

        public override byte[] Finish()
        {
            var result = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(result, crc.GetCurrentHashAsUInt32());
            return result;
        }
    }

    private sealed class Crc32CSum : ChecksumAlgorithm
    {
        private uint crc = uint.MaxValue;

        public override void Append(ReadOnlySpan<byte> bytes) => crc = Crc.Append32C(crc, bytes);

        public override byte[] Finish()
        {
            var result = new byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(result, ~crc);
            return result;
        }
    }

    private sealed class Crc64Sum : ChecksumAlgorithm
    {
        private ulong crc = ulong.MaxValue;

        public override void Append(ReadOnlySpan<byte> bytes) => crc = Crc.Append64Nvme(crc, bytes);

        public override byte[] Finish()
        {
            var result = new byte[8];
            BinaryPrimitives.WriteUInt64BigEndian(result, ~crc);
            return result;
        }
    }

    private sealed class Hash(IncrementalHash hash) : ChecksumAlgorithm
    {
        public override void Append(ReadOnlySpan<byte> bytes) => hash.AppendData(bytes);

        public override byte[] Finish() => hash.GetHashAndReset();

        public override void Dispose() => hash.Dispose();
    }
}
