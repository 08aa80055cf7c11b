using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>What must be true of the object that a write replaces or removes; checked in the transaction of the write.</summary>
/// <remarks>The last two are DeleteObject's of directory buckets: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObject.html</remarks>
internal sealed record WriteConditions(string? IfMatch, string? IfNoneMatch, long? IfModifiedSecond = null, long? IfSize = null)
{
    public static readonly WriteConditions None = new(null, null);

    /// <summary>Throws when they don't hold.</summary>
    /// <param name="current">The object, or null when there is none; a delete marker counts as none.</param>
    /// <param name="key">The key, for the message.</param>
    /// <param name="deleting">Removing what is not there is no fault, whatever the conditions.</param>
    public void Check(ObjectVersion? current, string key, bool deleting = false)
    {
        // A DELETE meets a delete marker as something that is there, without an ETag.
        if (current is null || (current.IsDeleteMarker && !deleting))
        {
            if (IfMatch is not null && !deleting)
            {
                throw S3Errors.NoSuchKey(key);
            }

            return;
        }

        if (IfMatch is not null && !ETags.Matches(IfMatch, current.ETag))
        {
            throw S3Errors.PreconditionFailed("If-Match");
        }

        if (IfNoneMatch is not null && ETags.Matches(IfNoneMatch, current.ETag))
        {
            throw S3Errors.PreconditionFailed("If-None-Match");
        }

        if (IfModifiedSecond is { } second && second != current.Modified / 1000)
        {
            throw S3Errors.PreconditionFailed("x-amz-if-match-last-modified-time");
        }

        if (IfSize is { } size && size != current.Size)
        {
            throw S3Errors.PreconditionFailed("x-amz-if-match-size");
        }
    }
}
