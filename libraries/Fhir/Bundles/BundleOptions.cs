namespace FhirAspire.Fhir.Bundles;

/// <summary>The shape of patient bundles.</summary>
public sealed record BundleOptions
{
    /// <summary>As Synthea writes them: transaction, conditional references, US Core, compact.</summary>
    public static readonly BundleOptions Default = new();

    /// <summary>What the bundle is for.</summary>
    public BundleKind Kind { get; init; } = BundleKind.Transaction;

    /// <summary>How organizations, practitioners and locations are named.</summary>
    public ReferenceStyle References { get; init; } = ReferenceStyle.Conditional;

    /// <summary>Whether resources claim the profiles of US Core 5.0.1 and hold what those ask for beyond FHIR R4.</summary>
    public bool UsCore { get; init; } = true;

    /// <summary>Whether lines and indents make it readable for people.</summary>
    public bool Indented { get; init; }
}

/// <summary>Type of a bundle (FHIR R4, http://hl7.org/fhir/R4/bundle.html).</summary>
public enum BundleKind
{
    /// <summary>To be sent to a server in one request.</summary>
    Transaction,

    /// <summary>Resources, nothing more.</summary>
    Collection,
}

/// <summary>How a patient's resources refer to organizations, practitioners and locations.</summary>
public enum ReferenceStyle
{
    /// <summary><c>Organization?identifier=system|value</c>: a server finds them; they are in the hospital and practitioner files.</summary>
    Conditional,

    /// <summary><c>urn:uuid:id</c> like all others; the bundle itself holds them, behind the patient's resources.</summary>
    Contained,
}
