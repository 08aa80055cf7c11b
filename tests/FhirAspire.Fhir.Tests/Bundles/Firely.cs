using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace FhirAspire.Fhir.Tests.Bundles;

/// <summary>The model of Firely's SDK as the judge of what we write.</summary>
internal static class Firely
{
    private static readonly JsonSerializerOptions Strict = new JsonSerializerOptions().ForFhir(ModelInfo.ModelInspector).UsingMode(DeserializationMode.Strict);

    /// <summary>Parses strictly, writes the model as JSON again, and expects the same tree.</summary>
    public static T ShouldRoundTrip<T>(ReadOnlyMemory<byte> json)
        where T : Resource
    {
        var model = JsonSerializer.Deserialize<T>(json.Span, Strict)!;
        using var ours = JsonDocument.Parse(json);
        using var theirs = JsonDocument.Parse(JsonSerializer.SerializeToUtf8Bytes(model, Strict));
        FirstDifference(ours.RootElement, theirs.RootElement, "$").ShouldBeNull();
        return model;
    }

    private static string? FirstDifference(JsonElement ours, JsonElement theirs, string path)
    {
        if (ours.ValueKind == JsonValueKind.Object && theirs.ValueKind == JsonValueKind.Object)
        {
            foreach (var property in ours.EnumerateObject())
            {
                if (!theirs.TryGetProperty(property.Name, out var other))
                {
                    return $"{path}.{property.Name} is in ours alone";
                }

                if (FirstDifference(property.Value, other, $"{path}.{property.Name}") is { } difference)
                {
                    return difference;
                }
            }

            return theirs.EnumerateObject().Where(p => !ours.TryGetProperty(p.Name, out _)).Select(p => $"{path}.{p.Name} is in theirs alone").FirstOrDefault();
        }

        if (ours.ValueKind == JsonValueKind.Array && theirs.ValueKind == JsonValueKind.Array && ours.GetArrayLength() == theirs.GetArrayLength())
        {
            return ours.EnumerateArray().Zip(theirs.EnumerateArray()).Select((pair, i) => FirstDifference(pair.First, pair.Second, $"{path}[{i}]")).FirstOrDefault(d => d is not null);
        }

        return JsonElement.DeepEquals(ours, theirs) ? null : $"{path}: ours {ours.GetRawText()}, theirs {theirs.GetRawText()}";
    }
}
