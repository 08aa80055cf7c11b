using FhirAspire.Simulation.Providers;

namespace FhirAspire.Simulation.Record;

/// <summary>An encounter and all that is filed under it.</summary>
public sealed class Encounter : Entry
{
    private EntryList<Condition> conditions;
    private EntryList<Allergy> allergies;
    private EntryList<Observation> observations;
    private EntryList<Report> reports;
    private EntryList<Procedure> procedures;
    private EntryList<Medication> medications;
    private EntryList<Immunization> immunizations;
    private EntryList<CarePlan> carePlans;
    private EntryList<ImagingStudy> imagingStudies;
    private EntryList<Device> devices;
    private EntryList<Supply> supplies;

    /// <summary>Kind of the encounter.</summary>
    public EncounterClass Class { get; internal set; }

    /// <summary>Where it took place.</summary>
    public Provider Provider { get; internal set; } = null!;

    /// <summary>Who saw the patient.</summary>
    public Clinician Clinician { get; internal set; } = null!;

    /// <summary>Why, if known.</summary>
    public Code? Reason { get; internal set; }

    /// <summary>The condition that is the reason, if it is one of this record.</summary>
    public Entry? ReasonEntry { get; internal set; }

    /// <summary>Where the patient went afterwards, if the module says so.</summary>
    public Code? Discharge { get; internal set; }

    /// <summary>The claim for the encounter.</summary>
    public Claim Claim { get; internal set; } = null!;

    /// <summary>Conditions first recorded here.</summary>
    public EntryList<Condition> Conditions => conditions;

    /// <summary>Allergies first recorded here.</summary>
    public EntryList<Allergy> Allergies => allergies;

    /// <summary>Observations; components of a multi-observation are inside it, not here.</summary>
    public EntryList<Observation> Observations => observations;

    /// <summary>Reports.</summary>
    public EntryList<Report> Reports => reports;

    /// <summary>Procedures.</summary>
    public EntryList<Procedure> Procedures => procedures;

    /// <summary>Orders and administrations.</summary>
    public EntryList<Medication> Medications => medications;

    /// <summary>Vaccinations.</summary>
    public EntryList<Immunization> Immunizations => immunizations;

    /// <summary>Care plans begun here.</summary>
    public EntryList<CarePlan> CarePlans => carePlans;

    /// <summary>Imaging studies.</summary>
    public EntryList<ImagingStudy> ImagingStudies => imagingStudies;

    /// <summary>Devices given here.</summary>
    public EntryList<Device> Devices => devices;

    /// <summary>Supplies given here.</summary>
    public EntryList<Supply> Supplies => supplies;

    internal ref EntryList<Condition> ConditionList => ref conditions;

    internal ref EntryList<Allergy> AllergyList => ref allergies;

    internal ref EntryList<Observation> ObservationList => ref observations;

    internal ref EntryList<Report> ReportList => ref reports;

    internal ref EntryList<Procedure> ProcedureList => ref procedures;

    internal ref EntryList<Medication> MedicationList => ref medications;

    internal ref EntryList<Immunization> ImmunizationList => ref immunizations;

    internal ref EntryList<CarePlan> CarePlanList => ref carePlans;

    internal ref EntryList<ImagingStudy> ImagingStudyList => ref imagingStudies;

    internal ref EntryList<Device> DeviceList => ref devices;

    internal ref EntryList<Supply> SupplyList => ref supplies;

    /// <summary>Whether the end has been recorded and the claim settled.</summary>
    internal bool Ended { get; set; }

    /// <summary>Whether the chronic orders have been renewed in this visit.</summary>
    internal bool ChronicRenewed { get; set; }

    /// <summary>Position in the list of encounters.</summary>
    internal int Position { get; set; }

    /// <summary>Whether something is filed here that keeps an old encounter; devices, supplies and studies alone do not.</summary>
    internal bool HasContent =>
        conditions.Count + allergies.Count + observations.Count + reports.Count + procedures.Count + medications.Count
        + immunizations.Count + carePlans.Count > 0;
}
