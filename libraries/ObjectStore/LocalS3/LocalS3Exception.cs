namespace FhirAspire.ObjectStore.LocalS3;

/// <summary>The base of what this library throws at its host; faults of a request are answered as S3 errors instead.</summary>
public class LocalS3Exception : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="code">A stable code, such as <c>LS3001</c>.</param>
    /// <param name="place">The option or file at fault.</param>
    /// <param name="message">What was found, what was expected and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public LocalS3Exception(string code, string place, string message, Exception? innerException = null)
        : base($"{code} {place}: {message}", innerException)
    {
        Code = code;
        Place = place;
    }

    /// <summary>A stable code.</summary>
    public string Code { get; }

    /// <summary>The option or file at fault.</summary>
    public string Place { get; }
}
