using System.Text.Json.Nodes;

namespace FhirAspire.AppHost.Tests.Aspire;

/// <summary>What is deployed, as azd reads it: a difference to the snapshot is looked at by a person; FHIRASPIRE_UPDATE_SNAPSHOTS=1 takes it over.</summary>
public sealed class ManifestTests
{
    private static readonly string Snapshot = Path.Combine(TestEnvironment.RepositoryRoot, "tests", "FhirAspire.AppHost.Tests", "Aspire", "manifest.json");

    [Fact]
    public async Task The_manifest_is_that_of_the_snapshot()
    {
        var folder = Directory.CreateTempSubdirectory("fhiraspire-manifest-").FullName;
        try
        {
            var path = Path.Combine(folder, "manifest.json");
            await using (var builder = await AppModel.CreateAsync("--operation", "publish", "--step", "publish-manifest", "--output-path", path))
            {
                await using var app = await builder.BuildAsync();
                await app.RunAsync();
            }

            var manifest = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
            foreach (var (_, resource) in manifest["resources"]!.AsObject())
            {
                // Relative to where the manifest is written; compared by what stands below the repository.
                if (resource!["path"]?.GetValue<string>() is { } project)
                {
                    resource["path"] = Path.GetRelativePath(TestEnvironment.RepositoryRoot, Path.GetFullPath(Path.Combine(folder, project))).Replace('\\', '/');
                }
            }

            var text = manifest.ToJsonString(new() { WriteIndented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
            if (Environment.GetEnvironmentVariable("FHIRASPIRE_UPDATE_SNAPSHOTS") is { Length: > 0 })
            {
                await File.WriteAllTextAsync(Snapshot, text);
            }

            text.ShouldBe((await File.ReadAllTextAsync(Snapshot)).ReplaceLineEndings("\n"));
            var resources = manifest["resources"]!.AsObject();
            foreach (var (name, resource) in resources.Where(resource => resource.Value!["type"]!.GetValue<string>() == "project.v0"))
            {
                var values = resource!["env"]!.AsObject().Where(pair => pair.Key.Contains("Token", StringComparison.Ordinal) || pair.Key.Contains("Secret", StringComparison.Ordinal) || pair.Key.Contains("ConnectionString", StringComparison.Ordinal) || pair.Key.EndsWith("AccessKey", StringComparison.Ordinal));
                values.ShouldAllBe(pair => pair.Value!.GetValue<string>().StartsWith('{'), $"{name}: a secret stands in the manifest itself");
            }

            resources.ContainsKey("localstack").ShouldBeFalse();
            resources.ContainsKey("postgres").ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
