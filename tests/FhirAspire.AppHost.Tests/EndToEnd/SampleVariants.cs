using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>The bundled sample as Synthea would write it under other settings.</summary>
internal static class SampleVariants
{
    /// <summary>Collection bundles, with plain references and no requests.</summary>
    public static void WriteCollections(string source, string target) => Write(source, target, bundle =>
    {
        bundle["type"] = "collection";
        var references = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in bundle["entry"]!.AsArray())
        {
            entry!.AsObject().Remove("request");
            var resource = entry["resource"]!;
            references[$"urn:uuid:{resource["id"]}"] = $"{resource["resourceType"]}/{resource["id"]}";
        }

        Walk(bundle, (parent, name, text) =>
        {
            if (name == "reference" && references.TryGetValue(text, out var plain))
            {
                parent[name] = plain;
            }
        });
    });

    /// <summary>The same instants with the offset of another time zone.</summary>
    public static void WriteOtherZone(string source, string target, TimeSpan offset) => Write(source, target, bundle => Walk(bundle, (parent, name, text) =>
    {
        if (text.Length >= 25 && text[10] == 'T' && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var instant))
        {
            parent[name] = instant.ToOffset(offset).ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture).Replace(".000", "", StringComparison.Ordinal);
        }
    }));

    /// <summary>Without US Core: no profiles.</summary>
    public static void WriteWithoutProfiles(string source, string target) => Write(source, target, bundle =>
    {
        foreach (var entry in bundle["entry"]!.AsArray())
        {
            entry!["resource"]!.AsObject().Remove("meta");
        }
    });

    private static void Write(string source, string target, Action<JsonObject> change)
    {
        foreach (var path in Directory.EnumerateFiles(source, "*.json.gz"))
        {
            using var gzip = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
            var bundle = JsonNode.Parse(gzip)!.AsObject();
            change(bundle);
            File.WriteAllText(Path.Combine(target, Path.GetFileName(path)[..^3]), bundle.ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        }
    }

    private static void Walk(JsonNode node, Action<JsonObject, string, string> onText)
    {
        switch (node)
        {
            case JsonArray array:
                foreach (var item in array.OfType<JsonNode>())
                {
                    Walk(item, onText);
                }

                break;
            case JsonObject parent:
                foreach (var (name, value) in parent.ToList())
                {
                    if (value is JsonValue text && text.TryGetValue<string>(out var found))
                    {
                        onText(parent, name, found);
                    }
                    else if (value is not null)
                    {
                        Walk(value, onText);
                    }
                }

                break;
        }
    }
}
