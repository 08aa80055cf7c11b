using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

// MedicationRequest, and for what is given on the spot Medication and MedicationAdministration.
internal sealed partial class ResourceWriter
{
    /// <summary>What an administered medication is; the request refers to it.</summary>
    public void WriteMedication(Medication medication)
    {
        Begin(ResourceKind.Medication, medication.DerivedId(IdKind.Medication), "us-core-medication");
        w.Raw(""","code":"""u8);
        Concept(medication.Codes);
        w.Raw(""","status":"active" """u8[..^1]);
        End(ResourceKind.Medication);
    }

    public void WriteMedicationRequest(Medication medication)
    {
        Begin(ResourceKind.MedicationRequest, medication.Id, "us-core-medicationrequest");
        w.Raw(medication.IsOpen ? ",\"status\":\"active\""u8 : ",\"status\":\"stopped\""u8).Raw(""","intent":"order","category":["""u8).Raw(
            !medication.IsAdministration
                ? """{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/medicationrequest-category","code":"community","display":"Community"}],"text":"Community"}]"""u8
                : visit.Class == EncounterClass.Inpatient
                    ? """{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/medicationrequest-category","code":"inpatient","display":"Inpatient"}],"text":"Inpatient"}]"""u8
                    : """{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/medicationrequest-category","code":"outpatient","display":"Outpatient"}],"text":"Outpatient"}]"""u8);
        if (medication.IsAdministration)
        {
            w.Raw(""","medicationReference":"""u8);
            Reference(ResourceKind.Medication, medication.DerivedId(IdKind.Medication));
        }
        else
        {
            w.Raw(""","medicationCodeableConcept":"""u8);
            Concept(medication.Codes);
        }

        w.Raw(""","subject":"""u8);
        Subject().Raw(""","encounter":"""u8);
        Visit().Raw(""","authoredOn":"""u8).Instant(medication.Start).Raw(""","requester":"""u8).Raw(place.Clinician);
        Reason(medication.Reason, medication.ReasonEntry);
        if (medication is { IsAdministration: false, Prescription: { } prescription })
        {
            Dosage(prescription);
        }

        End(ResourceKind.MedicationRequest);
    }

    public void WriteMedicationAdministration(Medication medication)
    {
        Begin(ResourceKind.MedicationAdministration, medication.DerivedId(IdKind.Administration));
        w.Raw(""","status":"completed","medicationCodeableConcept":"""u8);
        Concept(medication.Codes);
        w.Raw(""","subject":"""u8);
        Subject().Raw(""","context":"""u8);
        Visit().Raw(""","effectiveDateTime":"""u8).Instant(medication.Start);
        Reason(medication.Reason, medication.ReasonEntry);
        End(ResourceKind.MedicationAdministration);
    }

    private void Dosage(Prescription prescription)
    {
        w.Raw(""","dosageInstruction":[{"sequence":1"""u8);
        if (prescription.Instructions.Count > 0)
        {
            w.Raw(""","text":"""u8).Text(string.Join('\n', prescription.Instructions.Select(code => code.Display)));
            w.Raw(""","additionalInstruction":["""u8);
            for (var i = 0; i < prescription.Instructions.Count; i++)
            {
                if (i > 0)
                {
                    w.Raw(","u8);
                }

                w.Raw(Json(prescription.Instructions[i]).Concept);
            }

            w.Raw("]"u8);
        }
        else if (prescription.AsNeeded)
        {
            w.Raw(""","text":"Take as needed." """u8[..^1]);
        }

        var isTimed = prescription.HasDosage && !prescription.AsNeeded;
        if (isTimed)
        {
            // How often is a whole number from 1 (FHIR R4, http://hl7.org/fhir/R4/datatypes.html#Timing).
            w.Raw(""","timing":{"repeat":{"frequency":"""u8).Whole(Math.Max(1, (long)Math.Round(prescription.Frequency)))
                .Raw(""","period":"""u8).Real(prescription.Period).Raw(""","periodUnit":"""u8).Raw(PeriodUnit(prescription.PeriodUnit)).Raw("}}"u8);
        }

        w.Raw(""","asNeededBoolean":"""u8).Raw(prescription.AsNeeded ? "true"u8 : "false"u8);
        if (isTimed)
        {
            w.Raw(""","doseAndRate":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/dose-rate-type","code":"ordered","display":"Ordered"}]},"doseQuantity":{"value":"""u8)
                .Real(prescription.Amount).Raw("}}]"u8);
        }

        w.Raw("}]"u8);
    }

    /// <summary>UCUM units of time (http://hl7.org/fhir/R4/valueset-units-of-time.html).</summary>
    private static ReadOnlySpan<byte> PeriodUnit(string unit) => unit.ToLowerInvariant().TrimEnd('s') switch
    {
        "second" => "\"s\""u8,
        "minute" => "\"min\""u8,
        "hour" => "\"h\""u8,
        "week" => "\"wk\""u8,
        "month" => "\"mo\""u8,
        "year" => "\"a\""u8,
        _ => "\"d\""u8,
    };
}
