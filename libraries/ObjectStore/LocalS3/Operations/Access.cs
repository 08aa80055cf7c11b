using FhirAspire.ObjectStore.LocalS3.Http;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>Everything is private: a bucket's owner may do all, nobody else anything.</summary>
internal static class Access
{
    public static void Check(S3Request request, Bucket bucket)
    {
        if (request.Caller.IsAnonymous || request.Caller.Id != bucket.Owner)
        {
            throw S3Errors.AccessDenied();
        }

        CheckExpected(request, "x-amz-expected-bucket-owner", bucket);
    }

    public static void CheckExpected(S3Request request, string header, Bucket bucket)
    {
        if (request.Header(header) is { } expected && expected != bucket.Owner)
        {
            throw S3Errors.AccessDenied();
        }
    }

    /// <summary>Refuses headers that ask for what this server does not have.</summary>
    public static void RefuseUnsupported(S3Request request)
    {
        if (request.Header("x-amz-acl") is { } acl and not ("private" or "bucket-owner-full-control" or "bucket-owner-read"))
        {
            throw acl is "public-read" or "public-read-write" or "authenticated-read" or "aws-exec-read" or "log-delivery-write"
                ? S3Errors.NotImplemented($"x-amz-acl: {acl}; everything is private")
                : S3Errors.InvalidArgument("", "x-amz-acl", acl);
        }

        foreach (var header in request.Headers.Keys)
        {
            if (header.StartsWith("x-amz-grant-", StringComparison.OrdinalIgnoreCase) || header.StartsWith("x-amz-object-lock-", StringComparison.OrdinalIgnoreCase)
                || header.Contains("server-side-encryption-customer-", StringComparison.OrdinalIgnoreCase))
            {
                throw S3Errors.NotImplemented(header.ToLowerInvariant());
            }
        }
    }
}
