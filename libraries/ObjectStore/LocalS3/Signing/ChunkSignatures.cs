using System.Security.Cryptography;
using System.Text;
using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Signing;

/// <summary>
/// Checks the chain of signatures of an aws-chunked body: each chunk signs its bytes and the signature before it.
/// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html and sigv4-streaming-trailers.html.
/// </summary>
/// <param name="signed">Whether chunks carry signatures at all.</param>
/// <param name="trailer">Whether headers follow the last chunk.</param>
/// <param name="signingKey">The key of day, region and service.</param>
/// <param name="time">The request's time.</param>
/// <param name="scope">The credential scope.</param>
/// <param name="seed">The request's signature.</param>
internal sealed class ChunkSignatures(bool signed, bool trailer, byte[] signingKey, string time, string scope, string seed)
{
    private static readonly string EmptyHash = Convert.ToHexStringLower(SHA256.HashData([]));
    private string previous = seed;

    public bool Signed { get; } = signed;

    public bool HasTrailer { get; } = trailer;

    public void CheckChunk(ReadOnlySpan<byte> hash, ReadOnlySpan<char> given) =>
        Check($"AWS4-HMAC-SHA256-PAYLOAD\n{time}\n{scope}\n{previous}\n{EmptyHash}\n{Convert.ToHexStringLower(hash)}", given);

    /// <param name="headers">The trailing headers, each <c>name:value\n</c>, in the order sent.</param>
    /// <param name="given">The value of x-amz-trailer-signature.</param>
    public void CheckTrailer(string headers, ReadOnlySpan<char> given) =>
        Check($"AWS4-HMAC-SHA256-TRAILER\n{time}\n{scope}\n{previous}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.Latin1.GetBytes(headers)))}", given);

    private void Check(string toSign, ReadOnlySpan<char> given)
    {
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(signingKey, Encoding.Latin1.GetBytes(toSign)));
        if (!SignatureV4.SameSignature(expected, given))
        {
            throw S3Errors.SignatureDoesNotMatch("", toSign, given.ToString(), "");
        }

        previous = expected;
    }
}
