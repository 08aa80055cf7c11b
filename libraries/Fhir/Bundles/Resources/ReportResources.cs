using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

// DiagnosticReport (of results, and of the clinical note) and DocumentReference.
internal sealed partial class ResourceWriter
{
    // History and physical note, and evaluation + plan note (LOINC).
    private static readonly byte[] NoteCodings =
        """{"coding":[{"system":"http://loinc.org","code":"34117-2","display":"History and physical note"},{"system":"http://loinc.org","code":"51847-2","display":"Evaluation + Plan note"}]}"""u8.ToArray();

    public void WriteReport(Report report)
    {
        // A report of laboratory results alone is a laboratory report; a questionnaire is none.
        var isLaboratory = report.Observations.Count > 0;
        foreach (var observation in report.Observations)
        {
            isLaboratory &= observation.Category == "laboratory";
        }

        Begin(ResourceKind.DiagnosticReport, report.Id, isLaboratory ? "us-core-diagnosticreport-lab" : null);
        w.Raw(""","status":"final" """u8[..^1]);
        if (isLaboratory)
        {
            w.Raw(""","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0074","code":"LAB","display":"Laboratory"}]}]"""u8);
        }

        w.Raw(""","code":"""u8);
        Concept(report.Codes);
        w.Raw(""","subject":"""u8);
        Subject().Raw(""","encounter":"""u8);
        Visit().Raw(""","effectiveDateTime":"""u8).Instant(report.Start).Raw(""","issued":"""u8).Milliseconds(report.Start);
        if (isLaboratory)
        {
            w.Raw(""","performer":["""u8).Raw(place.Organization).Raw("]"u8);
        }

        for (var i = 0; i < report.Observations.Count; i++)
        {
            var observation = report.Observations[i];
            w.Raw(i == 0 ? ",\"result\":["u8 : ","u8);
            OpenReference(w, ResourceKind.Observation, observation.Id);
            w.Raw("\",\"display\":"u8).Text(observation.Code.Display).Raw("}"u8);
        }

        if (report.Observations.Count > 0)
        {
            w.Raw("]"u8);
        }

        End(ResourceKind.DiagnosticReport);
    }

    /// <summary>The clinical note of an encounter, as a report and as a document; only the last one is current.</summary>
    public void WriteNote(Encounter encounter, bool isLast)
    {
        var text = NoteText(encounter);
        var id = encounter.DerivedId(IdKind.Note);
        Begin(ResourceKind.DiagnosticReport, id, "us-core-diagnosticreport-note");
        w.Raw(""","status":"final","category":["""u8).Raw(NoteCodings).Raw("""],"code":"""u8).Raw(NoteCodings).Raw(""","subject":"""u8);
        Subject().Raw(""","encounter":"""u8);
        Visit().Raw(""","effectiveDateTime":"""u8).Instant(encounter.Start).Raw(""","issued":"""u8).Milliseconds(encounter.Start)
            .Raw(""","performer":["""u8).Raw(place.Clinician).Raw("""],"presentedForm":[{"contentType":"text/plain; charset=utf-8","data":" """u8[..^1])
            .Base64(text).Raw("\"}]"u8);
        End(ResourceKind.DiagnosticReport);

        Begin(ResourceKind.DocumentReference, encounter.DerivedId(IdKind.NoteDocument), "us-core-documentreference");
        w.Raw(""","identifier":[{"system":"urn:ietf:rfc:3986","value":"urn:uuid:"""u8).Id(id).Raw("\"}],\"status\":"u8).Raw(isLast ? "\"current\""u8 : "\"superseded\""u8)
            .Raw(""","type":"""u8).Raw(NoteCodings)
            .Raw(""","category":[{"coding":[{"system":"http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category","code":"clinical-note","display":"Clinical Note"}]}],"subject":"""u8);
        Subject().Raw(""","date":"""u8).Milliseconds(encounter.Start).Raw(""","author":["""u8).Raw(place.Clinician).Raw("""],"custodian":"""u8).Raw(place.Organization)
            .Raw(""","content":[{"attachment":{"contentType":"text/plain; charset=utf-8","data":" """u8[..^1]).Base64(text)
            .Raw("\"},\"format\":{\"system\":\"http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode\",\"code\":\"urn:ihe:iti:xds:2017:mimeTypeSufficient\",\"display\":\"mimeType Sufficient\"}}],\"context\":{\"encounter\":["u8);
        Visit().Raw("""],"period":"""u8);
        Period(encounter.Start, encounter.Stop);
        w.Raw("}"u8);
        End(ResourceKind.DocumentReference);
    }
}
