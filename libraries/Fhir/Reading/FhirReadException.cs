namespace FhirAspire.Fhir.Reading;

/// <summary>
/// Why a file cannot be loaded. Codes: <c>LOD2001</c> empty, <c>LOD2002</c> not UTF-8, <c>LOD2003</c> not JSON or cut off, <c>LOD2004</c> no FHIR resource,
/// <c>LOD2005</c> nested too deeply, <c>LOD2006</c> too large, <c>LOD2007</c> broken gzip, <c>LOD2008</c> a character that no warehouse takes, <c>LOD2009</c> a number that
/// no warehouse takes, <c>LOD2010</c> a property that stands twice, <c>LOD2011</c> larger than the warehouse takes, <c>LOD2012</c> a key that is a line's,
/// <c>LOD2013</c> archived.
/// </summary>
public sealed class FhirReadException(string code, string place, string reason, Exception? inner = null) : Exception($"{code} at {place}: {reason}", inner)
{
    /// <summary>The code.</summary>
    public string Code { get; } = code;

    /// <summary>Where in the file: a byte, or a line.</summary>
    public string Place { get; } = place;

    /// <summary>What was found, and what was expected.</summary>
    public string Reason { get; } = reason;
}
