using FhirAspire.Simulation;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

// Condition, AllergyIntolerance, Procedure, Immunization, Device, SupplyDelivery.
internal sealed partial class ResourceWriter
{
    public void WriteCondition(Condition condition)
    {
        var id = condition.Id;
        included.Add(condition);
        conditionByCode.TryAdd(condition.Code.Value, id);
        Begin(ResourceKind.Condition, id, "us-core-condition-encounter-diagnosis");
        w.Raw(""","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-clinical","code":"""u8)
            .Raw(condition.IsOpen ? "\"active\""u8 : "\"resolved\""u8)
            .Raw("""}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-ver-status","code":"confirmed"}]},"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/condition-category","code":"encounter-diagnosis","display":"Encounter Diagnosis"}]}],"code":"""u8);
        Concept(condition.Codes);
        w.Raw(""","subject":"""u8);
        Subject().Raw(""","encounter":"""u8);
        Visit().Raw(""","onsetDateTime":"""u8).Instant(condition.Start);
        if (!condition.IsOpen)
        {
            w.Raw(""","abatementDateTime":"""u8).Instant(condition.Stop);
        }

        w.Raw(""","recordedDate":"""u8).Instant(condition.Start);
        End(ResourceKind.Condition);
    }

    public void WriteAllergy(Allergy allergy)
    {
        Begin(ResourceKind.AllergyIntolerance, allergy.Id, "us-core-allergyintolerance");
        w.Raw(""","clinicalStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical","code":"""u8)
            .Raw(allergy.IsOpen ? "\"active\""u8 : "\"inactive\""u8)
            .Raw("""}]},"verificationStatus":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/allergyintolerance-verification","code":"confirmed"}]}"""u8);

        // Both are bound to closed value sets (FHIR R4, http://hl7.org/fhir/R4/allergyintolerance.html); a module may say anything.
        if (allergy.AllergyType is "allergy" or "intolerance")
        {
            w.Raw(""","type":"""u8).Text(allergy.AllergyType);
        }

        if (allergy.Category is "food" or "medication" or "environment" or "biologic")
        {
            w.Raw(""","category":["""u8).Text(allergy.Category).Raw("]"u8);
        }

        w.Raw(""","criticality":"low","code":"""u8);
        Concept(allergy.Codes);
        w.Raw(""","patient":"""u8);
        Subject().Raw(""","recordedDate":"""u8).Instant(allergy.Start);
        for (var i = 0; i < allergy.Reactions.Count; i++)
        {
            var reaction = allergy.Reactions[i];
            w.Raw(i == 0 ? ",\"reaction\":["u8 : ","u8);
            w.Raw("""{"manifestation":["""u8).Raw(Json(reaction.Code).Concept).Raw("""],"severity":"""u8).Raw(reaction.Severity switch
            {
                ReactionSeverity.Severe => "\"severe\"}"u8,
                ReactionSeverity.Moderate => "\"moderate\"}"u8,
                _ => "\"mild\"}"u8,
            });
        }

        if (allergy.Reactions.Count > 0)
        {
            w.Raw("]"u8);
        }

        End(ResourceKind.AllergyIntolerance);
    }

    public void WriteProcedure(Procedure procedure)
    {
        Begin(ResourceKind.Procedure, procedure.Id, "us-core-procedure");
        w.Raw(""","status":"completed","code":"""u8);
        Concept(procedure.Codes);
        w.Raw(""","subject":"""u8);
        Subject().Raw(""","encounter":"""u8);
        Visit().Raw(""","performedPeriod":"""u8);
        Period(procedure.Start, procedure.Stop);
        w.Raw(""","location":"""u8).Raw(place.Location);
        Reason(procedure.Reason, procedure.ReasonEntry);
        End(ResourceKind.Procedure);
    }

    public void WriteImmunization(Immunization immunization)
    {
        Begin(ResourceKind.Immunization, immunization.Id, "us-core-immunization");
        w.Raw(""","status":"completed","vaccineCode":"""u8);
        Concept(immunization.Codes);
        w.Raw(""","patient":"""u8);
        Subject().Raw(""","encounter":"""u8);
        Visit().Raw(""","occurrenceDateTime":"""u8).Instant(immunization.Start).Raw(""","primarySource":true,"location":"""u8).Raw(place.Location);
        End(ResourceKind.Immunization);
    }

    public void WriteDevice(Device device)
    {
        Begin(ResourceKind.Device, device.Id, "us-core-implantable-device");
        w.Raw(""","udiCarrier":[{"deviceIdentifier":"""u8).Text(device.DeviceIdentifier).Raw(""","carrierHRF":"""u8).Text(device.Udi)
            .Raw("""}],"status":"active","distinctIdentifier":"""u8).Text(device.DeviceIdentifier);
        if (device.Manufacturer is { Length: > 0 } manufacturer)
        {
            w.Raw(""","manufacturer":"""u8).Text(manufacturer);
        }

        w.Raw(""","manufactureDate":"""u8).Instant(device.ManufactureTime).Raw(""","expirationDate":"""u8).Instant(device.ExpirationTime)
            .Raw(""","lotNumber":"""u8).Text(device.LotNumber).Raw(""","serialNumber":"""u8).Text(device.SerialNumber)
            .Raw(""","deviceName":[{"name":"""u8).Text(device.Code.Display).Raw(""","type":"user-friendly-name"}]"""u8);
        if (device.Model is { Length: > 0 } model)
        {
            w.Raw(""","modelNumber":"""u8).Text(model);
        }

        w.Raw(""","type":"""u8);
        Concept(device.Codes);
        w.Raw(""","patient":"""u8);
        Subject();
        End(ResourceKind.Device);
    }

    public void WriteSupply(Supply supply)
    {
        Begin(ResourceKind.SupplyDelivery, supply.Id);
        w.Raw(""","status":"completed","patient":"""u8);
        Subject().Raw(""","type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/supply-item-type","code":"device","display":"Device"}]},"suppliedItem":{"quantity":{"value":"""u8)
            .Whole(supply.Quantity).Raw("""},"itemCodeableConcept":"""u8);
        Concept(supply.Codes);
        w.Raw("""},"occurrenceDateTime":"""u8).Instant(supply.Start);
        End(ResourceKind.SupplyDelivery);
    }
}
