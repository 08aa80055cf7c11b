namespace FhirAspire.Fhir.Bundles;

/// <summary>Types of resources that are written.</summary>
public enum ResourceKind
{
#pragma warning disable CS1591 // The names are FHIR's own.
    Patient,
    Encounter,
    Condition,
    AllergyIntolerance,
    Observation,
    Procedure,
    Device,
    SupplyDelivery,
    Medication,
    MedicationRequest,
    MedicationAdministration,
    Immunization,
    DiagnosticReport,
    CareTeam,
    CarePlan,
    ImagingStudy,
    DocumentReference,
    Claim,
    ExplanationOfBenefit,
    Provenance,
    Organization,
    Location,
    Practitioner,
    PractitionerRole,
#pragma warning restore CS1591
}
