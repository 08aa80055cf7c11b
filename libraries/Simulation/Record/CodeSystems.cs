namespace FhirAspire.Simulation.Record;

/// <summary>Short names of code systems in module files, and their URIs (FHIR R4, http://hl7.org/fhir/R4/terminologies-systems.html).</summary>
public static class CodeSystems
{
    /// <summary>SNOMED CT.</summary>
    public const string Snomed = "SNOMED-CT";

    /// <summary>LOINC.</summary>
    public const string Loinc = "LOINC";

    /// <summary>RxNorm.</summary>
    public const string RxNorm = "RxNorm";

    /// <summary>Vaccines.</summary>
    public const string Cvx = "CVX";

    private static readonly Dictionary<string, string> Uris = new(StringComparer.OrdinalIgnoreCase)
    {
        [Snomed] = "http://snomed.info/sct",
        [Loinc] = "http://loinc.org",
        [RxNorm] = "http://www.nlm.nih.gov/research/umls/rxnorm",
        [Cvx] = "http://hl7.org/fhir/sid/cvx",
        ["DICOM-DCM"] = "http://dicom.nema.org/resources/ontology/DCM",
        ["DICOM-SOP"] = "urn:ietf:rfc:3986",
        ["NUBC"] = "http://www.nubc.org/patient-discharge",
    };

    /// <summary>The URI of a system; what is no known short name is returned as it is.</summary>
    public static string UriOf(string system) => Uris.GetValueOrDefault(system, system);
}
