using System.Text.Json;

namespace FhirAspire.Dbt.Tests.Conformance;

/// <summary>Checks the artifacts of a step against dbt's published schemas.</summary>
internal sealed class ArtifactSchemas(string folder)
{
    private readonly Dictionary<string, JsonSchema> schemas = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["manifest.json"] = "manifest-v12.json", ["run_results.json"] = "run-results-v6.json", ["catalog.json"] = "catalog-v1.json", ["sources.json"] = "sources-v3.json",
    }.ToDictionary(entry => entry.Key, entry => JsonSchema.Read(Path.Combine(folder, entry.Value)), StringComparer.Ordinal);

    public IEnumerable<string> Check(string workspace)
    {
        foreach (var (file, schema) in schemas)
        {
            var path = Path.Combine(workspace, "target", file);
            if (!File.Exists(path))
            {
                continue;
            }

            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            foreach (var error in schema.Check(document.RootElement).Take(5))
            {
                yield return $"{file} against dbt's schema: {error}";
            }
        }
    }
}
