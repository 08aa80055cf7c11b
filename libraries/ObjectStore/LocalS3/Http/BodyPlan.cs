using FhirAspire.ObjectStore.LocalS3.Signing;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>How the bytes of a body are wrapped and what the signature says of them.</summary>
/// <param name="Sha256">What the bytes must hash to (lower-case hexadecimal), or null.</param>
/// <param name="Chunks">How the chunks of an aws-chunked body are signed; null when the body is as it is.</param>
/// <param name="DecodedLength">The bytes inside the chunks.</param>
internal sealed record BodyPlan(string? Sha256, ChunkSignatures? Chunks, long? DecodedLength)
{
    public static readonly BodyPlan Plain = new(null, null, null);
}
