using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>The conditions of reads (RFC 9110, 13.2.2), also of a copy's source.</summary>
internal static class ReadConditions
{
    /// <param name="request">The request.</param>
    /// <param name="version">What is read.</param>
    /// <param name="prefix">Of the headers: empty, or <c>x-amz-copy-source-</c>.</param>
    public static void Check(S3Request request, ObjectVersion version, string prefix = "")
    {
        var copy = prefix.Length > 0;
        var second = version.Modified / 1000;
        if (request.Header(prefix + "If-Match") is { } ifMatch)
        {
            if (!ETags.Matches(ifMatch, version.ETag))
            {
                throw S3Errors.PreconditionFailed(prefix + "If-Match");
            }
        }
        else if (Time(request, prefix + "If-Unmodified-Since") is { } unmodified && second > unmodified)
        {
            throw S3Errors.PreconditionFailed(prefix + "If-Unmodified-Since");
        }

        if (request.Header(prefix + "If-None-Match") is { } ifNoneMatch)
        {
            if (ETags.Matches(ifNoneMatch, version.ETag))
            {
                throw copy ? S3Errors.PreconditionFailed(prefix + "If-None-Match") : NotModified(version);
            }
        }
        else if (Time(request, prefix + "If-Modified-Since") is { } since && second <= since)
        {
            throw copy ? S3Errors.PreconditionFailed(prefix + "If-Modified-Since") : NotModified(version);
        }
    }

    private static long? Time(S3Request request, string name) => Times.TryParseHttp(request.Header(name), out var time) ? time.ToUnixTimeSeconds() : null;

    private static S3Exception NotModified(ObjectVersion version) =>
        new S3Exception(304, "NotModified", "Not Modified").WithHeader("ETag", $"\"{version.ETag}\"").WithHeader("Last-Modified", Times.Http(version.Modified));
}
