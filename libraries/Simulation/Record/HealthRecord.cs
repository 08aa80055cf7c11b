namespace FhirAspire.Simulation.Record;

/// <summary>A patient's health record: encounters in the order in which they were opened, and observations that belong to none.</summary>
public sealed class HealthRecord
{
    /// <summary>Encounters.</summary>
    public IReadOnlyList<Encounter> Encounters => EncounterList;

    /// <summary>QALY, DALY and QOLS by year, without an encounter.</summary>
    public IReadOnlyList<Observation> QualityOfLife => QualityList;

    internal List<Encounter> EncounterList { get; } = [];

    internal List<Observation> QualityList { get; } = [];
}
