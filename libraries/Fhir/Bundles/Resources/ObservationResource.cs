using FhirAspire.Simulation.Record;

namespace FhirAspire.Fhir.Bundles;

internal sealed partial class ResourceWriter
{
    private readonly Dictionary<string, byte[]> units = new(StringComparer.Ordinal);

    public void WriteObservation(Observation observation)
    {
        var (byCode, byCategory) = usCore ? UsCoreProfiles.Of(observation) : default;
        Begin(ResourceKind.Observation, observation.Id);
        if ((byCode ?? byCategory) is { } first)
        {
            w.Raw(",\"meta\":{\"profile\":[\"http://hl7.org/fhir/us/core/StructureDefinition/"u8).Plain(first);
            if (byCode is not null && byCategory is not null)
            {
                w.Raw("\",\"http://hl7.org/fhir/us/core/StructureDefinition/"u8).Plain(byCategory);
            }

            w.Raw("\"]}"u8);
        }

        w.Raw(""","status":"final" """u8[..^1]);
        var display = DisplayOf(observation.Category);
        if (!display.IsEmpty)
        {
            w.Raw(""","category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":" """u8[..^1]).Plain(observation.Category!)
                .Raw("\",\"display\":\""u8).Raw(display).Raw("\"}]}"u8);
            if (usCore && observation.Category == "exam")
            {
                w.Raw(""",{"coding":[{"system":"http://hl7.org/fhir/us/core/CodeSystem/us-core-observation-category","code":"clinical-test","display":"Clinical Test"}]}"""u8);
            }

            w.Raw("]"u8);
        }

        w.Raw(""","code":"""u8);
        Concept(observation.Codes);
        w.Raw(""","subject":"""u8);
        Subject().Raw(""","encounter":"""u8);
        Visit().Raw(""","effectiveDateTime":"""u8).Instant(observation.Start).Raw(""","issued":"""u8).Milliseconds(observation.Start);
        Value(observation);
        if (observation.ValueKind == ObservationValueKind.None && observation.Components.Count > 0)
        {
            w.Raw(""","component":["""u8);
            for (var i = 0; i < observation.Components.Count; i++)
            {
                var component = observation.Components[i];
                w.Raw(i == 0 ? "{\"code\":"u8 : ",{\"code\":"u8);
                Concept(component.Codes);
                Value(component);
                w.Raw("}"u8);
            }

            w.Raw("]"u8);
        }

        End(ResourceKind.Observation);
    }

    /// <summary>Codes of http://terminology.hl7.org/CodeSystem/observation-category; an examination is a clinical test for US Core as well.</summary>
    private static ReadOnlySpan<byte> DisplayOf(string? category) => category switch
    {
        "laboratory" => "Laboratory"u8,
        "vital-signs" => "Vital signs"u8,
        "survey" => "Survey"u8,
        "social-history" => "Social history"u8,
        "exam" => "Exam"u8,
        "procedure" => "Procedure"u8,
        "imaging" => "Imaging"u8,
        "therapy" => "Therapy"u8,
        "activity" => "Activity"u8,
        _ => default,
    };

    private void Value(Observation observation)
    {
        switch (observation.ValueKind)
        {
            case ObservationValueKind.Number:
                w.Raw(""","valueQuantity":{"value":"""u8).Measure(observation.NumberValue).Raw(Unit(observation.Unit)).Raw("}"u8);
                break;
            case ObservationValueKind.Code:
                w.Raw(""","valueCodeableConcept":"""u8).Raw(Json(observation.CodeValue).Concept);
                break;
            case ObservationValueKind.Text:
                w.Raw(""","valueString":"""u8).Text(observation.TextValue);
                break;
            case ObservationValueKind.Boolean:
                w.Raw(""","valueBoolean":"""u8).Raw(observation.BooleanValue ? "true"u8 : "false"u8);
                break;
            case ObservationValueKind.None when observation.Components.Count == 0:
                w.Raw(""","dataAbsentReason":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/data-absent-reason","code":"unknown","display":"Unknown"}]}"""u8);
                break;
        }
    }

    private byte[] Unit(string unit)
    {
        if (!units.TryGetValue(unit, out var json))
        {
            using var buffer = new Utf8Buffer(256);
            if (unit.Length > 0)
            {
                buffer.Raw(""","unit":"""u8).Text(unit).Raw(""","system":"http://unitsofmeasure.org","code":"""u8).Text(unit);
            }

            json = buffer.WrittenSpan.ToArray();
            units.Add(unit, json);
        }

        return json;
    }
}
