namespace FhirAspire.Fhir.Bundles;

/// <summary>Why a record cannot be written. Codes: <c>FHW001</c> a number that JSON or FHIR cannot hold, <c>FHW002</c> output that is there already and is another run's, <c>FHW003</c> options that do not go together.</summary>
public sealed class FhirWriteException(string code, string place, string reason) : Exception($"{code} at {place}: {reason}")
{
    /// <summary>The code.</summary>
    public string Code { get; } = code;

    /// <summary>Which element, file or option.</summary>
    public string Place { get; } = place;

    /// <summary>What was found, and what was expected.</summary>
    public string Reason { get; } = reason;
}
