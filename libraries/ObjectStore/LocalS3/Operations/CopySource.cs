using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>The header x-amz-copy-source: <c>[/]bucket/key[?versionId=id]</c>, percent-encoded.</summary>
internal readonly record struct CopySource(string Bucket, string Key, string? VersionId)
{
    public static CopySource Of(S3Request request)
    {
        var text = request.Header("x-amz-copy-source")!;
        string? version = null;
        var mark = text.LastIndexOf("?versionId=", StringComparison.Ordinal);
        if (mark >= 0)
        {
            version = text[(mark + "?versionId=".Length)..];
            text = text[..mark];
        }

        var path = UriText.Decode(text, plusIsBlank: false).TrimStart('/');
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash < 1 || slash == path.Length - 1
            ? throw S3Errors.InvalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source", text)
            : new CopySource(path[..slash], path[(slash + 1)..], version);
    }
}
