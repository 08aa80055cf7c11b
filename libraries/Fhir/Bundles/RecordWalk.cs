using FhirAspire.Simulation;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

/// <summary>The order of a patient's resources: as Synthea has it, which is what gives allergies, devices and supplies their encounter.</summary>
internal static class RecordWalk
{
    /// <summary>Writes all resources of a patient.</summary>
    public static void Write(ResourceWriter writer, SimulatedPatient patient)
    {
        writer.Reset();
        writer.WritePatient(patient);
        var encounters = patient.Record.Encounters;
        var recorded = patient.Person.IsAlive ? patient.AsOf : patient.Person.Death;
        for (var i = 0; i < encounters.Count; i++)
        {
            Write(writer, encounters[i], patient.Person, i == encounters.Count - 1);
            recorded = Math.Max(recorded, encounters[i].Stop);
        }

        if (encounters.Count > 0)
        {
            writer.WriteProvenance(patient.Key, recorded);
        }
    }

    private static void Write(ResourceWriter writer, Encounter encounter, Person person, bool isLast)
    {
        writer.WriteEncounter(encounter, person);
        foreach (var condition in encounter.Conditions)
        {
            writer.WriteCondition(condition);
        }

        foreach (var allergy in encounter.Allergies)
        {
            writer.WriteAllergy(allergy);
        }

        foreach (var observation in encounter.Observations)
        {
            writer.WriteObservation(observation);
        }

        foreach (var procedure in encounter.Procedures)
        {
            writer.WriteProcedure(procedure);
        }

        foreach (var device in encounter.Devices)
        {
            writer.WriteDevice(device);
        }

        foreach (var supply in encounter.Supplies)
        {
            writer.WriteSupply(supply);
        }

        foreach (var medication in encounter.Medications)
        {
            Write(writer, medication);
        }

        foreach (var immunization in encounter.Immunizations)
        {
            writer.WriteImmunization(immunization);
        }

        foreach (var report in encounter.Reports)
        {
            writer.WriteReport(report);
        }

        foreach (var plan in encounter.CarePlans)
        {
            writer.WriteCareTeam(plan);
            writer.WriteCarePlan(plan);
        }

        foreach (var study in encounter.ImagingStudies)
        {
            writer.WriteImagingStudy(study);
        }

        writer.WriteNote(encounter, isLast);
        writer.WriteClaim(encounter.Claim);
        writer.WriteBenefit(encounter.Claim);
    }

    private static void Write(ResourceWriter writer, Medication medication)
    {
        if (medication.IsAdministration)
        {
            writer.WriteMedication(medication);
        }

        writer.WriteMedicationRequest(medication);
        writer.WriteClaim(medication.Claim);
        writer.WriteBenefit(medication.Claim);
        if (medication.IsAdministration)
        {
            writer.WriteMedicationAdministration(medication);
        }
    }
}
