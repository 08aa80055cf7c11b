namespace FhirAspire.Simulation.Record;

/// <summary>What is derived from an entry of a record and needs an id of its own.</summary>
public enum IdKind
{
    /// <summary>The entry itself.</summary>
    Entry,

    /// <summary>The entry's claim.</summary>
    Claim,

    /// <summary>A line of claims_transactions.</summary>
    ClaimTransaction,

    /// <summary>The explanation of benefit of a claim.</summary>
    Benefit,

    /// <summary>The care team of a care plan.</summary>
    CareTeam,

    /// <summary>The clinical note of an encounter as a diagnostic report.</summary>
    Note,

    /// <summary>The clinical note of an encounter as a document reference.</summary>
    NoteDocument,

    /// <summary>The medication that an order or administration names.</summary>
    Medication,

    /// <summary>The administration of a medication.</summary>
    Administration,

    /// <summary>A goal of a care plan.</summary>
    Goal,

    /// <summary>The provenance of a bundle.</summary>
    Provenance,

    /// <summary>The coverage of a plan year; its member id.</summary>
    Coverage,

    /// <summary>Anything else an exporter needs; use the part to tell one from another.</summary>
    Other,
}
