namespace FhirAspire.ObjectStore;

/// <summary>The base of what this library itself reports; S3's own answers stay <see cref="Amazon.S3.AmazonS3Exception"/>.</summary>
public sealed class ObjectStoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="code">A stable code, such as <c>S3C001</c>.</param>
    /// <param name="place">The configuration key, or <c>s3://bucket/key</c>.</param>
    /// <param name="message">What was found, what was expected and how to mend it.</param>
    /// <param name="innerException">What S3 or the network said.</param>
    public ObjectStoreException(string code, string place, string message, Exception? innerException = null)
        : base($"{code} {place}: {message}", innerException)
    {
        Code = code;
        Place = place;
    }

    /// <summary>A stable code.</summary>
    public string Code { get; }

    /// <summary>The configuration key, or <c>s3://bucket/key</c>.</summary>
    public string Place { get; }
}
