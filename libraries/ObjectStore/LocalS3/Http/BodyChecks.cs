using FhirAspire.ObjectStore.LocalS3.Checksums;
using FhirAspire.ObjectStore.LocalS3.Operations;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>What a request says its body must hash to, and the check when it has been read.</summary>
internal sealed class BodyChecks
{
    private readonly byte[]? md5;
    private readonly string? trailer;
    private string? value;

    private BodyChecks(byte[]? md5, string? algorithm, string? value, string? trailer)
    {
        this.md5 = md5;
        Algorithm = algorithm;
        this.value = value;
        this.trailer = trailer;
    }

    /// <summary>The checksum's name, or null.</summary>
    public string? Algorithm { get; }

    public bool HasAny => md5 is not null || Algorithm is not null;

    /// <param name="request">The request.</param>
    /// <param name="fallback">The algorithm to compute when the request names none.</param>
    public static BodyChecks Of(S3Request request, string? fallback = null)
    {
        byte[]? md5 = null;
        if (request.Header("Content-MD5") is { } given)
        {
            md5 = new byte[16];
            if (!Convert.TryFromBase64String(given, md5, out var length) || length != 16)
            {
                throw S3Errors.InvalidDigest(given);
            }
        }

        string? algorithm = null;
        string? value = null;
        foreach (var name in ChecksumAlgorithm.Names)
        {
            if (request.Header(HeaderOf(name)) is { } checksum)
            {
                if (algorithm is not null)
                {
                    throw S3Errors.InvalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
                }

                algorithm = name;
                value = IsValid(name, checksum) ? checksum : throw S3Errors.BadDigest(name);
            }
        }

        string? trailer = null;
        foreach (var part in (request.Header("x-amz-trailer") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var name = ChecksumAlgorithm.Names.FirstOrDefault(candidate => HeaderOf(candidate).Equals(part, StringComparison.OrdinalIgnoreCase))
                ?? throw S3Errors.InvalidRequest("The value specified in the x-amz-trailer header is not supported");
            algorithm = name;
            trailer = HeaderOf(name);
        }

        if (algorithm is null && request.Header("x-amz-sdk-checksum-algorithm") is { } wanted)
        {
            throw ChecksumAlgorithm.Names.Contains(wanted, StringComparer.OrdinalIgnoreCase)
                ? S3Errors.InvalidRequest("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
                : S3Errors.InvalidRequest($"Checksum algorithm provided is unsupported. Please try again with any of the valid types: [{string.Join(", ", ChecksumAlgorithm.Names)}]");
        }

        return new BodyChecks(md5, algorithm ?? fallback, value, trailer);
    }

    public static string HeaderOf(string algorithm) => "x-amz-checksum-" + algorithm.ToLowerInvariant();

    /// <summary>Reads a body that is to be stored and checks it: the blob, for the caller to hand to the index or to dispose, and the checksum.</summary>
    public async Task<(NewBlob Blob, StoredChecksum? Checksum)> StoreAsync(S3Request request, Store store, CancellationToken cancellationToken)
    {
        using var sink = new BodySink(store.NewBlob(), request.Body.Sha256 is not null, Algorithm);
        var checksum = await ReadAsync(request, sink, WriteOperations.SizeLimit, cancellationToken).ConfigureAwait(false);
        var blob = await sink.Blob!.FinishAsync().ConfigureAwait(false);
        try
        {
            CheckMd5(blob.Md5);
            return (blob, checksum);
        }
        catch
        {
            blob.Dispose();
            throw;
        }
    }

    /// <summary>Reads a small body and checks it.</summary>
    public async Task<ReadOnlyMemory<byte>> ReadAsync(S3Request request, int limit, CancellationToken cancellationToken)
    {
        var bytes = new MemoryStream();
        using var sink = new BodySink(null, request.Body.Sha256 is not null, Algorithm) { Copy = bytes };
        await ReadAsync(request, sink, limit, cancellationToken).ConfigureAwait(false);
        var body = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        if (md5 is not null)
        {
            CheckMd5(Md5.HashData(body.Span));
        }

        return body;
    }

    private void CheckMd5(byte[] found)
    {
        if (md5 is not null && !found.AsSpan().SequenceEqual(md5))
        {
            throw S3Errors.BadDigest("Content-MD5");
        }
    }

    private async Task<StoredChecksum?> ReadAsync(S3Request request, BodySink sink, long limit, CancellationToken cancellationToken)
    {
        var trailers = await BodyReader.ReadAsync(request, sink, limit, cancellationToken).ConfigureAwait(false);
        if (trailer is not null)
        {
            value = trailers?.GetValueOrDefault(trailer) ?? throw new S3Exception(400, "MalformedTrailerError", $"The request contained trailing data that was not well-formed: {trailer} is missing.");
        }

        if (request.Body.Sha256 is { } sha256 && sink.Sha256() is { } foundSha && !string.Equals(sha256, foundSha, StringComparison.OrdinalIgnoreCase))
        {
            throw S3Errors.Sha256Mismatch(sha256, foundSha);
        }

        if (Algorithm is null)
        {
            return null;
        }

        var checksum = sink.Checksum()!;
        if (value is not null && value != checksum)
        {
            throw S3Errors.BadDigest(Algorithm);
        }

        return new StoredChecksum(Algorithm, StoredChecksum.FullObject, checksum);
    }

    private static bool IsValid(string algorithm, string text)
    {
        Span<byte> bytes = stackalloc byte[64];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == ChecksumAlgorithm.Length(algorithm);
    }
}
