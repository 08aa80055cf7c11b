using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;

namespace FhirAspire.ObjectStore;

/// <summary>Says what kind of fault an exception of the S3 client is.</summary>
public static class ObjectStoreErrors
{
    // S3's codes for "later, please": https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    private static readonly HashSet<string> TransientCodes = new(StringComparer.Ordinal)
    {
        "InternalError", "ServiceUnavailable", "SlowDown", "RequestTimeout", "RequestTimeTooSkewed", "OperationAborted", "ConditionalRequestConflict",
        "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequests", "BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody",
    };

    /// <summary>Whether the same request may succeed later: throttling, a server error, a broken or refused connection, a time-out, damage on the way.</summary>
    /// <remarks>A cancellation that the caller asked for is not: a <see cref="TaskCanceledException"/> counts only when it wraps a time-out.</remarks>
    public static bool IsTransient(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        return exception switch
        {
            AmazonServiceException { ErrorCode: { } code } when TransientCodes.Contains(code) => true,
            AmazonServiceException { StatusCode: HttpStatusCode.NotImplemented } => false,
            AmazonServiceException service when (int)service.StatusCode >= 500 || service.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout => true,
            AmazonServiceException { StatusCode: default(HttpStatusCode), InnerException: { } inner } => IsTransient(inner),
            AmazonServiceException { StatusCode: not default(HttpStatusCode) } => false,
            HttpRequestException { StatusCode: { } status } => (int)status >= 500 || status is HttpStatusCode.TooManyRequests,
            HttpRequestException or HttpIOException or SocketException or TimeoutException => true,
            TaskCanceledException { InnerException: TimeoutException } => true,
            OperationCanceledException => false,
            AggregateException many => many.InnerExceptions.Count > 0 && many.InnerExceptions.All(IsTransient),
            // A file system's fault (disk full, no such file) is an IOException too, but has no socket inside.
            IOException { InnerException: { } inner } => IsTransient(inner),
            AmazonClientException { InnerException: { } inner } => IsTransient(inner),
            // The SDK's stream checks say so when fewer bytes arrive than announced.
            AmazonClientException client => client.Message.Contains("hash", StringComparison.OrdinalIgnoreCase) || client.Message.Contains("content length", StringComparison.OrdinalIgnoreCase),
            _ => false,
        };
    }

    /// <summary>Whether S3 says that the object, or its bucket, is not there.</summary>
    public static bool IsNotFound(Exception exception) =>
        exception is AmazonServiceException { StatusCode: HttpStatusCode.NotFound };

    /// <summary>Whether the object rests in an archive class (Glacier) and must be restored before it can be read.</summary>
    public static bool IsArchived(Exception exception) =>
        exception is AmazonServiceException { ErrorCode: "InvalidObjectState" };

    /// <summary>Whether a condition of the request (If-Match, If-None-Match) did not hold.</summary>
    public static bool IsPreconditionFailed(Exception exception) =>
        exception is AmazonServiceException { StatusCode: HttpStatusCode.PreconditionFailed };
}
