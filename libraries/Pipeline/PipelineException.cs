namespace FhirAspire.Pipeline;

/// <summary>What went wrong in the pipeline's own machinery.</summary>
public sealed class PipelineException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>A stable code, such as <c>PL1001</c>.</summary>
    public string Code { get; } = code;
}
