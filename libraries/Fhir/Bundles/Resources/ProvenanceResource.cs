using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

internal sealed partial class ResourceWriter
{
    /// <summary>Who has recorded all that was written since <see cref="Reset"/>: the clinician of the last encounter.</summary>
    public void WriteProvenance(PatientKey key, long recorded)
    {
        var count = targets.Count;
        Begin(ResourceKind.Provenance, key.Id(0, IdKind.Provenance), "us-core-provenance");
        w.Raw(""","target":["""u8);
        for (var i = 0; i < count; i++)
        {
            if (i > 0)
            {
                w.Raw(","u8);
            }

            Reference(targets[i].Kind, targets[i].Id);
        }

        w.Raw("""],"recorded":"""u8).Milliseconds(recorded).Raw(""","agent":["""u8);
        Agent("""{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/provenance-participant-type","code":"author","display":"Author"}],"text":"Author"}"""u8);
        w.Raw(","u8);
        Agent("""{"coding":[{"system":"http://hl7.org/fhir/us/core/CodeSystem/us-core-provenance-participant-type","code":"transmitter","display":"Transmitter"}],"text":"Transmitter"}"""u8);
        w.Raw("]"u8);
        End(ResourceKind.Provenance);
    }

    private void Agent(ReadOnlySpan<byte> type)
        => w.Raw("""{"type":"""u8).Raw(type).Raw(""","who":"""u8).Raw(place.Clinician).Raw(""","onBehalfOf":"""u8).Raw(place.Organization).Raw("}"u8);
}
