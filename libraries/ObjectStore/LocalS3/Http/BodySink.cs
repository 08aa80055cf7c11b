using System.Buffers;
using System.Security.Cryptography;
using FhirAspire.ObjectStore.LocalS3.Checksums;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>Where the bytes of a body go: into a blob, and through the hashes that somebody wants.</summary>
internal sealed class BodySink : IDisposable
{
    private readonly IncrementalHash? sha256;
    private readonly ChecksumAlgorithm? checksum;

    public BodySink(BlobWriter? blob, bool sha256, string? checksum)
    {
        Blob = blob;
        this.sha256 = sha256 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        this.checksum = checksum is null ? null : ChecksumAlgorithm.Create(checksum);
    }

    public BlobWriter? Blob { get; }

    /// <summary>Takes a copy of small bodies.</summary>
    public Stream? Copy { get; init; }

    public long Size { get; private set; }

    public void Append(in ReadOnlySequence<byte> bytes)
    {
        foreach (var segment in bytes)
        {
            sha256?.AppendData(segment.Span);
            checksum?.Append(segment.Span);
            Copy?.Write(segment.Span);
        }

        Size += bytes.Length;
        Blob?.Append(bytes);
    }

    public string? Sha256() => sha256 is null ? null : Convert.ToHexStringLower(sha256.GetHashAndReset());

    public string? Checksum() => checksum is null ? null : Convert.ToBase64String(checksum.Finish());

    public void Dispose()
    {
        sha256?.Dispose();
        checksum?.Dispose();
        Blob?.Dispose();
    }
}
