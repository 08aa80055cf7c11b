namespace FhirAspire.Generator;

/// <summary>
/// Why no patient came. Codes: <c>GEN001</c> the program cannot be started, <c>GEN002</c> it took too long, <c>GEN003</c> it ended with an error, <c>GEN004</c> it left
/// no patient, <c>GEN005</c> the file with the position cannot be read, <c>GEN006</c> another process holds it.
/// </summary>
public sealed class GeneratorException(string code, string place, string reason, Exception? inner = null) : Exception($"{code} at {place}: {reason}", inner)
{
    /// <summary>The code.</summary>
    public string Code { get; } = code;

    /// <summary>Which program or file.</summary>
    public string Place { get; } = place;

    /// <summary>What was found, what was expected, how to mend it.</summary>
    public string Reason { get; } = reason;
}
