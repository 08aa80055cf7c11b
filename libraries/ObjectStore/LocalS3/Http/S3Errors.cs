namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>The errors of S3 that this server gives: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.</summary>
internal static class S3Errors
{
    public static S3Exception AccessDenied(string message = "Access Denied") => new(403, "AccessDenied", message);

    public static S3Exception InvalidAccessKeyId(string key) =>
        new(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", ("AWSAccessKeyId", key));

    public static S3Exception SignatureDoesNotMatch(string accessKey, string stringToSign, string given, string canonical) => new(
        403, "SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
        ("AWSAccessKeyId", accessKey), ("StringToSign", stringToSign), ("SignatureProvided", given), ("CanonicalRequest", canonical));

    public static S3Exception RequestTimeTooSkewed(DateTimeOffset request, DateTimeOffset server) => new(
        403, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large.",
        ("RequestTime", Times.Compact(request)), ("ServerTime", Times.Iso(server)), ("MaxAllowedSkewMilliseconds", "900000"));

    public static S3Exception AuthorizationHeaderMalformed(string message) => new(400, "AuthorizationHeaderMalformed", $"The authorization header is malformed; {message}");

    public static S3Exception AuthorizationQueryParametersError(string message) => new(400, "AuthorizationQueryParametersError", message);

    public static S3Exception NoSuchBucket(string name) => new(404, "NoSuchBucket", "The specified bucket does not exist", ("BucketName", name));

    public static S3Exception NoSuchKey(string key) => new(404, "NoSuchKey", "The specified key does not exist.", ("Key", key));

    public static S3Exception NoSuchVersion(string key, string version) => new(404, "NoSuchVersion", "The specified version does not exist.", ("Key", key), ("VersionId", version));

    public static S3Exception NoSuchUpload(string uploadId) => new(
        404, "NoSuchUpload", "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.", ("UploadId", uploadId));

    public static S3Exception BucketAlreadyExists(string name) => new(
        409, "BucketAlreadyExists", "The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.",
        ("BucketName", name));

    public static S3Exception BucketAlreadyOwnedByYou(string name) => new(
        409, "BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.", ("BucketName", name));

    public static S3Exception BucketNotEmpty(string name) => new(409, "BucketNotEmpty", "The bucket you tried to delete is not empty", ("BucketName", name));

    public static S3Exception InvalidBucketName(string name) => new(400, "InvalidBucketName", "The specified bucket is not valid.", ("BucketName", name));

    public static S3Exception InvalidArgument(string message, string name, string? value) =>
        new(400, "InvalidArgument", message, ("ArgumentName", name), ("ArgumentValue", value ?? ""));

    public static S3Exception InvalidRequest(string message) => new(400, "InvalidRequest", message);

    public static S3Exception InvalidUri(string message) => new(400, "InvalidURI", $"Couldn't parse the specified URI: {message}");

    public static S3Exception InvalidRange(string range, long size) => new S3Exception(
        416, "InvalidRange", "The requested range is not satisfiable", ("RangeRequested", range), ("ActualObjectSize", size.ToString()))
        .WithHeader("Content-Range", $"bytes */{size}");

    public static S3Exception InvalidPart(string uploadId, int part) => new(
        400, "InvalidPart", "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        ("UploadId", uploadId), ("PartNumber", part.ToString()));

    public static S3Exception InvalidPartOrder(string uploadId) => new(
        400, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.", ("UploadId", uploadId));

    public static S3Exception EntityTooSmall(int part, long size) => new(
        400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", ("ProposedSize", size.ToString()), ("MinSizeAllowed", "5242880"), ("PartNumber", part.ToString()));

    public static S3Exception EntityTooLarge(long size) => new(
        400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", ("ProposedSize", size.ToString()), ("MaxSizeAllowed", "5368709120"));

    public static S3Exception BadDigest(string what) => new(400, "BadDigest", $"The {what} you specified did not match what we received.");

    public static S3Exception InvalidDigest(string value) => new(400, "InvalidDigest", "The Content-MD5 you specified is not valid.", ("Content-MD5", value));

    public static S3Exception Sha256Mismatch(string given, string found) => new(
        400, "XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ("ClientComputedContentSHA256", given), ("S3ComputedContentSHA256", found));

    public static S3Exception IncompleteBody(long expected, long found) => new(
        400, "IncompleteBody", $"You did not provide the number of bytes specified by the Content-Length HTTP header: expected {expected}, found {found}");

    public static S3Exception MissingContentLength() => new(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");

    public static S3Exception MalformedXml(string detail) => new(
        400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema", ("Detail", detail));

    public static S3Exception PreconditionFailed(string condition) => new(
        412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", ("Condition", condition));

    public static S3Exception MethodNotAllowed(string method) => new(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", ("Method", method));

    public static S3Exception KeyTooLong(int size) => new(400, "KeyTooLongError", "Your key is too long", ("Size", size.ToString()), ("MaxSizeAllowed", "1024"));

    public static S3Exception InvalidTag(string message) => new(400, "InvalidTag", message);

    public static S3Exception MetadataTooLarge(int size) => new(
        400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", ("Size", size.ToString()), ("MaxSizeAllowed", "2048"));

    public static S3Exception ServiceUnavailable() => new(503, "ServiceUnavailable", "The server is shutting down. Please try again.");

    /// <summary>What this server leaves out: see the table in its README.</summary>
    public static S3Exception NotImplemented(string what) => new(
        501, "NotImplemented", $"A header or query you provided implies functionality that is not implemented: {what}", ("Functionality", what));
}
