namespace FhirAspire.Simulation.Record;

/// <summary>A coded concept. Codes of a module set are interned: the same system, code and display is the same object.</summary>
public sealed class Code
{
    /// <summary>Creates a code.</summary>
    public Code(string system, string value, string display, string? version = null)
    {
        System = system;
        Value = value;
        Display = display;
        Version = version;
    }

    /// <summary>The system as module files write it: <c>SNOMED-CT</c>, <c>LOINC</c>, <c>RxNorm</c>, <c>CVX</c>, <c>DICOM-DCM</c>, <c>DICOM-SOP</c>, ..., or a URI.</summary>
    public string System { get; }

    /// <summary>The code.</summary>
    public string Value { get; }

    /// <summary>The text for people.</summary>
    public string Display { get; }

    /// <summary>Version of the system, if given.</summary>
    public string? Version { get; }

    /// <summary>Number of the code's text in the table of present entries; -1 for a code outside a module set.</summary>
    internal int Key { get; set; } = -1;

    /// <summary>The system as a URI (FHIR R4, section 4.3 "Using codes in resources").</summary>
    public string SystemUri => CodeSystems.UriOf(System);

    /// <inheritdoc/>
    public override string ToString() => $"{System}|{Value} {Display}";
}
