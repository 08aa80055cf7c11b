using System.Text;
using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>The headers that are kept with an object and given back with it.</summary>
internal static class ObjectHeaders
{
    public const string Encryption = "x-amz-server-side-encryption";
    public const string EncryptionKey = "x-amz-server-side-encryption-aws-kms-key-id";
    public const string RestoredUntil = "localstore-restored-until";
    public const string UploadId = "localstore-upload";
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private const string UserPrefix = "x-amz-meta-";
    private const int UserLimit = 2048;
    private static readonly string[] Kept = ["cache-control", "content-disposition", "content-language", "expires", "x-amz-website-redirect-location"];
    private static readonly string[] Classes =
        ["STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "OUTPOSTS", "GLACIER_IR", "SNOW", "EXPRESS_ONEZONE"];

    /// <summary>From the headers of a PutObject, CreateMultipartUpload or CopyObject with REPLACE.</summary>
    public static ObjectMetadata Of(S3Request request, bool withEncryption = true)
    {
        var headers = new List<KeyValuePair<string, string>>();
        if (request.Header("Content-Type") is { Length: > 0 } type)
        {
            headers.Add(new("content-type", type));
        }

        foreach (var name in Kept)
        {
            if (request.Header(name) is { Length: > 0 } value)
            {
                headers.Add(new(name, value));
            }
        }

        // aws-chunked is how the body travelled, not what the object is.
        var encoding = string.Join(", ", (request.Header("Content-Encoding") ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(part => !part.Equals("aws-chunked", StringComparison.OrdinalIgnoreCase)));
        if (encoding.Length > 0)
        {
            headers.Add(new("content-encoding", encoding));
        }

        var size = 0;
        foreach (var name in request.Headers.Keys)
        {
            if (name.StartsWith(UserPrefix, StringComparison.OrdinalIgnoreCase))
            {
                var value = request.Header(name)!;
                size += name.Length - UserPrefix.Length + value.Length;
                headers.Add(new(name.ToLowerInvariant(), Decoded(value)));
            }
        }

        if (size > UserLimit)
        {
            throw S3Errors.MetadataTooLarge(size);
        }

        var metadata = ObjectMetadata.Of(headers);
        return withEncryption ? WithEncryption(request, metadata) : metadata;
    }

    /// <summary>Encryption that is asked for is recorded and given back; nothing is encrypted here.</summary>
    public static ObjectMetadata WithEncryption(S3Request request, ObjectMetadata metadata)
    {
        var algorithm = request.Header(Encryption);
        if (algorithm is null)
        {
            return request.Header(EncryptionKey) is null ? metadata : throw S3Errors.InvalidArgument("x-amz-server-side-encryption is missing", EncryptionKey, request.Header(EncryptionKey));
        }

        return algorithm is "AES256" or "aws:kms" or "aws:kms:dsse"
            ? metadata.With(Encryption, algorithm).With(EncryptionKey, request.Header(EncryptionKey))
            : throw S3Errors.InvalidArgument("The encryption method specified is not supported", Encryption, algorithm);
    }

    public static void Write(S3Request request, ObjectMetadata metadata)
    {
        var headers = request.Http.Response.Headers;
        foreach (var (name, value) in metadata.Headers)
        {
            if (!name.StartsWith("localstore-", StringComparison.Ordinal))
            {
                headers[name] = Encoded(value);
            }
        }
    }

    // Headers travel as Latin-1 here, a character a byte. Clients write metadata as UTF-8 and read it as Latin-1: so "é" comes in as two bytes and goes out as one.
    private static string Decoded(string value)
    {
        if (Ascii.IsValid(value))
        {
            return value;
        }

        try
        {
            return Strict.GetString(Encoding.Latin1.GetBytes(value));
        }
        catch (DecoderFallbackException)
        {
            return value;
        }
    }

    private static string Encoded(string value) => value.All(c => c <= 0xff) ? value : Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value));

    public static void WriteEncryption(S3Request request, ObjectMetadata metadata)
    {
        request.Header(Encryption, metadata[Encryption]);
        request.Header(EncryptionKey, metadata[EncryptionKey]);
    }

    /// <summary>Null for STANDARD.</summary>
    public static string? StorageClass(S3Request request) => request.Header("x-amz-storage-class") switch
    {
        null or "" or "STANDARD" => null,
        var name when Classes.Contains(name, StringComparer.Ordinal) => name,
        _ => throw new S3Exception(400, "InvalidStorageClass", "The storage class you specified is not valid"),
    };

    public static void WriteChecksum(S3Request request, StoredChecksum? checksum)
    {
        if (checksum is not null)
        {
            request.Header(BodyChecks.HeaderOf(checksum.Algorithm), checksum.Value);
            request.Header("x-amz-checksum-type", checksum.Type);
        }
    }

    public static XmlText Checksum(this XmlText xml, StoredChecksum? checksum, bool withType = true) => checksum is null
        ? xml
        : xml.Element("Checksum" + checksum.Algorithm, checksum.Value).Element("ChecksumType", withType ? checksum.Type : null);
}
