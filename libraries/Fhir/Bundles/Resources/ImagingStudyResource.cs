using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

internal sealed partial class ResourceWriter
{
    public void WriteImagingStudy(ImagingStudy study)
    {
        Begin(ResourceKind.ImagingStudy, study.Id);
        w.Raw(""","identifier":[{"use":"official","system":"urn:ietf:rfc:3986","value":"urn:oid:"""u8).Plain(study.Uid).Raw("\"}],\"status\":\"available\",\"subject\":"u8);
        Subject().Raw(""","encounter":"""u8);
        Visit().Raw(""","started":"""u8).Instant(study.Start).Raw(""","numberOfSeries":"""u8).Whole(study.Series.Count)
            .Raw(""","numberOfInstances":"""u8).Whole(study.Series.Sum(series => series.Instances.Count)).Raw(""","procedureCode":["""u8);
        Concept(study.Codes);
        w.Raw("""],"location":"""u8).Raw(place.Location);
        for (var i = 0; i < study.Series.Count; i++)
        {
            w.Raw(i == 0 ? ",\"series\":["u8 : ","u8);
            Series(study.Series[i], i + 1, study.Start);
        }

        if (study.Series.Count > 0)
        {
            w.Raw("]"u8);
        }

        End(ResourceKind.ImagingStudy);
    }

    private void Series(ImagingSeries series, int number, long start)
    {
        w.Raw("""{"uid":"""u8).Text(series.Uid).Raw(""","number":"""u8).Whole(number).Raw(""","modality":"""u8).Raw(Json(series.Modality).Coding)
            .Raw(""","numberOfInstances":"""u8).Whole(series.Instances.Count).Raw(""","bodySite":"""u8).Raw(Json(series.BodySite).Coding)
            .Raw(""","started":"""u8).Instant(start);
        for (var i = 0; i < series.Instances.Count; i++)
        {
            var instance = series.Instances[i];
            w.Raw(i == 0 ? ",\"instance\":["u8 : ","u8).Raw("""{"uid":"""u8).Text(instance.Uid)
                .Raw(""","sopClass":{"system":"urn:ietf:rfc:3986","code":"urn:oid:"""u8).Plain(instance.SopClass.Value).Raw("\"},\"number\":"u8).Whole(i + 1);
            if (instance.Title.Length > 0)
            {
                w.Raw(""","title":"""u8).Text(instance.Title);
            }

            w.Raw("}"u8);
        }

        w.Raw(series.Instances.Count > 0 ? "]}"u8 : "}"u8);
    }
}
