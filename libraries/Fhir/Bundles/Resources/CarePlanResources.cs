using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

// CareTeam and CarePlan.
internal sealed partial class ResourceWriter
{
    /// <summary>The care team of a plan: patient, clinician, organization.</summary>
    public void WriteCareTeam(CarePlan plan)
    {
        Begin(ResourceKind.CareTeam, plan.DerivedId(IdKind.CareTeam), "us-core-careteam");
        w.Raw(plan.IsOpen ? ",\"status\":\"active\",\"subject\":"u8 : ",\"status\":\"inactive\",\"subject\":"u8);
        Subject().Raw(""","encounter":"""u8);
        Visit().Raw(""","period":"""u8);
        Period(plan.Start, plan.Stop);
        w.Raw(""","participant":[{"role":[{"coding":[{"system":"http://snomed.info/sct","code":"116154003","display":"Patient"}],"text":"Patient"}],"member":"""u8)
            .Raw(subject.WrittenSpan[..^1]).Raw(""","display":"""u8).Text(patientDisplay)
            .Raw("""}},{"role":[{"coding":[{"system":"http://snomed.info/sct","code":"223366009","display":"Healthcare professional (occupation)"}],"text":"Healthcare professional (occupation)"}],"member":"""u8)
            .Raw(place.Clinician)
            .Raw("""},{"role":[{"coding":[{"system":"http://snomed.info/sct","code":"224891009","display":"Healthcare services (qualifier value)"}],"text":"Healthcare services (qualifier value)"}],"member":"""u8)
            .Raw(place.Organization).Raw("}]"u8);
        if (plan.Reason is { } reason)
        {
            w.Raw(""","reasonCode":["""u8).Raw(Json(reason).Concept).Raw("]"u8);
        }

        w.Raw(""","managingOrganization":["""u8).Raw(place.Organization).Raw("]"u8);
        End(ResourceKind.CareTeam);
    }

    public void WriteCarePlan(CarePlan plan)
    {
        var condition = plan.Reason is { } why ? ConditionOf(why, plan.ReasonEntry) : null;
        Begin(ResourceKind.CarePlan, plan.Id, "us-core-careplan");
        w.Raw(""","text":{"status":"generated","div":"""u8).Text(Narrative(plan)).Raw(plan.IsOpen ? "},\"status\":\"active\""u8 : "},\"status\":\"completed\""u8)
            .Raw(""","intent":"order","category":["""u8);
        if (usCore)
        {
            w.Raw("""{"coding":[{"system":"http://hl7.org/fhir/us/core/CodeSystem/careplan-category","code":"assess-plan"}]},"""u8);
        }

        Concept(plan.Codes);
        w.Raw("""],"subject":"""u8);
        Subject().Raw(""","encounter":"""u8);
        Visit().Raw(""","period":"""u8);
        Period(plan.Start, plan.Stop);
        w.Raw(""","careTeam":["""u8);
        Reference(ResourceKind.CareTeam, plan.DerivedId(IdKind.CareTeam)).Raw("]"u8);
        if (condition is { } id)
        {
            w.Raw(""","addresses":["""u8);
            Reference(ResourceKind.Condition, id).Raw("]"u8);
        }

        Activities(plan, condition);
        End(ResourceKind.CarePlan);
    }

    private void Activities(CarePlan plan, Guid? condition)
    {
        for (var i = 0; i < plan.Activities.Count; i++)
        {
            w.Raw(i == 0 ? ",\"activity\":["u8 : ","u8).Raw("""{"detail":{"code":"""u8).Raw(Json(plan.Activities[i]).Concept);
            if (condition is { } id)
            {
                w.Raw(""","reasonReference":["""u8);
                Reference(ResourceKind.Condition, id).Raw("]"u8);
            }
            else if (plan.Reason is { } reason)
            {
                w.Raw(""","reasonCode":["""u8).Raw(Json(reason).Concept).Raw("]"u8);
            }

            w.Raw(plan.IsOpen ? ",\"status\":\"in-progress\""u8 : ",\"status\":\"completed\""u8).Raw(""","location":{"display":"""u8).Text(visit.Provider.Name).Raw("}}}"u8);
        }

        if (plan.Activities.Count > 0)
        {
            w.Raw("]"u8);
        }
    }

    private static string Narrative(CarePlan plan)
    {
        var text = new System.Text.StringBuilder("<div xmlns=\"http://www.w3.org/1999/xhtml\">Care Plan for ").Append(Xml(plan.Code.Display)).Append('.');
        if (plan.Reason is { } reason)
        {
            text.Append("<br/>It is meant to treat ").Append(Xml(reason.Display)).Append('.');
        }

        if (plan.Activities.Count > 0)
        {
            text.Append("<br/>Activities: <ul>");
            foreach (var activity in plan.Activities)
            {
                text.Append("<li>").Append(Xml(activity.Display)).Append("</li>");
            }

            text.Append("</ul>");
        }

        return text.Append("</div>").ToString();
    }

    private static string Xml(string text)
        => text.AsSpan().IndexOfAny('&', '<', '>') < 0 ? text : text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
