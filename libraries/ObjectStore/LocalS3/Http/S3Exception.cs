namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>A fault of a request, answered as S3 would.</summary>
internal sealed class S3Exception(int status, string code, string message, params (string Name, string Value)[] details) : Exception(message)
{
    public int Status { get; } = status;

    /// <summary>See https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.</summary>
    public string Code { get; } = code;

    /// <summary>Further elements of the answer.</summary>
    public IReadOnlyList<(string Name, string Value)> Details { get; } = details;

    /// <summary>Headers of the answer.</summary>
    public List<(string Name, string Value)> Headers { get; } = [];

    public S3Exception WithHeader(string name, string? value)
    {
        if (value is not null)
        {
            Headers.Add((name, value));
        }

        return this;
    }
}
