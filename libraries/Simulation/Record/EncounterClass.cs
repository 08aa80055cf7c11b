namespace FhirAspire.Simulation.Record;

/// <summary>Kind of an encounter, as module files and the CSV column ENCOUNTERCLASS name it (there in lower case).</summary>
public enum EncounterClass
{
    /// <summary>Scheduled preventive visit.</summary>
    Wellness,

    /// <summary>Ambulatory visit.</summary>
    Ambulatory,

    /// <summary>Outpatient visit.</summary>
    Outpatient,

    /// <summary>Hospital stay.</summary>
    Inpatient,

    /// <summary>Emergency department.</summary>
    Emergency,

    /// <summary>Urgent care.</summary>
    UrgentCare,

    /// <summary>Hospice.</summary>
    Hospice,

    /// <summary>At home.</summary>
    Home,

    /// <summary>Skilled nursing facility.</summary>
    Snf,

    /// <summary>By telephone or video.</summary>
    Virtual,
}
