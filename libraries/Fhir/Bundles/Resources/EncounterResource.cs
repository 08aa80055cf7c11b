using FhirAspire.Simulation;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

internal sealed partial class ResourceWriter
{
    private readonly HashSet<int> seenProviders = [];
    private Encounter visit = null!;
    private ProviderJson place = null!;
    private string patientDisplay = "";

    /// <summary>An encounter; from here on, entries belong to this one.</summary>
    public void WriteEncounter(Encounter encounter, Person person)
    {
        visit = encounter;
        place = Json(encounter.Provider);
        if (UsedProviders.Count == 0)
        {
            seenProviders.Clear();
            patientDisplay = string.Join(' ', new[] { person.Prefix, person.FirstName, person.MiddleName, person.LastName }.Where(part => part.Length > 0));
        }

        if (seenProviders.Add(encounter.Provider.Number))
        {
            UsedProviders.Add(encounter.Provider);
        }

        encounterReference.Clear();
        Reference(encounterReference, ResourceKind.Encounter, encounter.Id);

        Begin(ResourceKind.Encounter, encounter.Id, "us-core-encounter");
        w.Raw(""","identifier":[{"use":"official","system":"https://github.com/synthetichealth/synthea","value":" """u8[..^1]).Id(encounter.Id)
            .Raw("\"}],\"status\":\"finished\",\"class\":{\"system\":\"http://terminology.hl7.org/CodeSystem/v3-ActCode\",\"code\":"u8).Raw(ActCode(encounter.Class))
            .Raw("},\"type\":["u8);
        Concept(encounter.Codes);
        w.Raw("""],"subject":"""u8).Raw(subject.WrittenSpan[..^1]).Raw(""","display":"""u8).Text(patientDisplay)
            .Raw("""},"participant":[{"type":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ParticipationType","code":"PPRF","display":"primary performer"}],"text":"primary performer"}],"period":"""u8);
        Period(encounter.Start, encounter.Stop);
        w.Raw(""","individual":"""u8).Raw(place.Clinician).Raw("""}],"period":"""u8);
        Period(encounter.Start, encounter.Stop);
        if (encounter.Reason is { } reason)
        {
            w.Raw(""","reasonCode":[{"coding":["""u8).Raw(Json(reason).Coding).Raw("]}]"u8);
        }

        if (encounter.Discharge is { } discharge)
        {
            w.Raw(""","hospitalization":{"dischargeDisposition":"""u8).Raw(Json(discharge).Concept).Raw("}"u8);
        }

        w.Raw(""","location":[{"location":"""u8);
        if (encounter.Class is EncounterClass.Virtual or EncounterClass.Home)
        {
            UsedPatientsHome = true;
            w.Raw(HomeJson());
        }
        else
        {
            w.Raw(place.Location);
        }

        w.Raw("""}],"serviceProvider":"""u8).Raw(place.Organization);
        End(ResourceKind.Encounter);
    }

    /// <summary>Codes of http://terminology.hl7.org/CodeSystem/v3-ActCode.</summary>
    private static ReadOnlySpan<byte> ActCode(EncounterClass kind) => kind switch
    {
        EncounterClass.Emergency => "\"EMER\""u8,
        EncounterClass.Inpatient or EncounterClass.Snf => "\"IMP\""u8,
        EncounterClass.Hospice or EncounterClass.Home => "\"HH\""u8,
        EncounterClass.Virtual => "\"VR\""u8,
        _ => "\"AMB\""u8,
    };

    private byte[] HomeJson() => homeJson ??= ProviderJson.Encode(this, ResourceKind.Location, PatientsHome, null, "Patient's Home");

    private byte[]? homeJson;

    private void Period(long start, long stop)
    {
        w.Raw("""{"start":"""u8).Instant(start);
        if (stop != SimTime.None)
        {
            w.Raw(""","end":"""u8).Instant(stop);
        }

        w.Raw("}"u8);
    }
}
