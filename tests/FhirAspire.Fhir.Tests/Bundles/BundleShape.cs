using System.IO.Compression;
using System.Text.Json;

namespace FhirAspire.Fhir.Tests.Bundles;

/// <summary>
/// The shape of many bundles: for each resource type how often each element occurs, by path (<c>Patient.name[].given[]</c>), and which URIs stand in elements that
/// hold one (systems, profiles, extensions).
/// </summary>
internal sealed class BundleShape
{
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    /// <summary>Resources by type.</summary>
    public Dictionary<string, int> Resources { get; } = new(StringComparer.Ordinal);

    /// <summary>Resources of its type that have the element.</summary>
    public Dictionary<string, int> Elements { get; } = new(StringComparer.Ordinal);

    /// <summary>Path and value of each URI, and of each element that Synthea writes from a fixed list; with their number.</summary>
    public Dictionary<string, int> Values { get; } = new(StringComparer.Ordinal);

    /// <summary>Files of bundles, gzipped or not.</summary>
    public static BundleShape Of(IEnumerable<string> files)
    {
        var shape = new BundleShape();
        foreach (var file in files)
        {
            using var stream = File.OpenRead(file);
            using var plain = file.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(stream, CompressionMode.Decompress) : (Stream)stream;
            using var bundle = JsonDocument.Parse(plain);
            shape.Add(bundle.RootElement);
        }

        return shape;
    }

    public void Add(JsonElement bundle)
    {
        Count(Values, $"Bundle({bundle.GetProperty("type").GetString()})");
        foreach (var entry in bundle.GetProperty("entry").EnumerateArray())
        {
            var resource = entry.GetProperty("resource");
            var type = resource.GetProperty("resourceType").GetString()!;
            Count(Resources, type);
            seen.Clear();
            Walk(resource, type);
            Walk(entry.GetProperty("request"), type + "|request");
        }
    }

    /// <summary>The share of resources of its type that have an element.</summary>
    public double Share(string path) => Elements.TryGetValue(path, out var count) ? (double)count / Resources[path[..path.IndexOfAny(['.', '|'])]] : 0;

    private static void Count(Dictionary<string, int> counts, string key) => counts[key] = counts.GetValueOrDefault(key) + 1;

    private static bool IsListed(string path, string value)
        => path.EndsWith(".system", StringComparison.Ordinal) || path.EndsWith(".url", StringComparison.Ordinal) || path.EndsWith("profile[]", StringComparison.Ordinal)
            || path.EndsWith(".status", StringComparison.Ordinal) || path.EndsWith(".use", StringComparison.Ordinal) || path.EndsWith(".intent", StringComparison.Ordinal)
            || path.EndsWith("class.code", StringComparison.Ordinal) || path.Contains("ategory[].coding[].code", StringComparison.Ordinal) || path.EndsWith("clinicalStatus.coding[].code", StringComparison.Ordinal)
            || value is "POST";

    private void Walk(JsonElement element, string path)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Walk(property.Value, $"{path}.{property.Name}");
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, path + "[]");
                }

                break;
            default:
                if (seen.Add(path))
                {
                    Count(Elements, path);
                }

                if (element.ValueKind == JsonValueKind.String && IsListed(path, element.GetString()!))
                {
                    Count(Values, $"{path} = {element.GetString()}");
                }

                break;
        }
    }
}
