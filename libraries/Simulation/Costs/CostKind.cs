namespace FhirAspire.Simulation.Costs;

/// <summary>What has a price.</summary>
internal enum CostKind
{
    Encounter,
    Procedure,
    Medication,
    Immunization,
    Lab,
    Device,
    Supply,
}
