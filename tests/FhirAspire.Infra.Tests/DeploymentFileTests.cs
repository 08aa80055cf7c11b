using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace FhirAspire.Tests.Infra;

/// <summary>Compose and Kubernetes files, container settings, azd and CI: equal to the app model's manifest, and closed where they should be.</summary>
public sealed class DeploymentFileTests
{
    private static readonly string Root = TestEnvironment.RepositoryRoot;
    private static readonly JsonObject Manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(Root, "tests", "FhirAspire.AppHost.Tests", "Aspire", "manifest.json")))!["resources"]!.AsObject();
    private static readonly string[] Deployed = [.. Manifest.Where(resource => (string?)resource.Value!["type"] == "project.v0").Select(resource => resource.Key)];
    private static readonly string[] Secrets = [.. Manifest.Where(resource => resource.Value!["inputs"]?["value"]?["secret"] is { } secret && (bool)secret).Select(resource => resource.Key)];

    [Fact]
    public void Kubernetes_runs_the_services_of_the_manifest_with_their_environment()
    {
        var deployments = Documents("infra/kubernetes/pipeline.yaml").Where(document => (string?)document["kind"] == "Deployment").ToDictionary(document => (string)document["metadata"]!["name"]!, StringComparer.Ordinal);
        deployments.Keys.ShouldBe(Deployed);
        foreach (var (name, deployment) in deployments)
        {
            var pod = deployment["spec"]!["template"]!["spec"]!;
            var container = pod["containers"]!.AsArray().ShouldHaveSingleItem()!;
            ((string?)pod["securityContext"]!["runAsNonRoot"]).ShouldBe("true", name);
            ((string?)container["securityContext"]!["allowPrivilegeEscalation"]).ShouldBe("false", name);
            container["securityContext"]!["capabilities"]!["drop"]!.AsArray().Select(capability => (string)capability!).ShouldBe(["ALL"]);
            ((string?)container["readinessProbe"]!["httpGet"]!["path"]).ShouldBe("/health", name);
            ((string?)container["livenessProbe"]!["httpGet"]!["path"]).ShouldBe("/alive", name);
            container["resources"]!["limits"]!["memory"].ShouldNotBeNull(name);
            var environment = container["env"]!.AsArray().ToDictionary(variable => (string)variable!["name"]!, variable => variable!, StringComparer.Ordinal);
            Compare(name, environment.Keys, key => environment[key]["value"] is { } value ? (string)value! : null, key => (string?)environment[key]["valueFrom"]?["secretKeyRef"]?["key"]);
        }

        var scaled = Documents("infra/kubernetes/pipeline.yaml").Single(document => (string?)document["kind"] == "HorizontalPodAutoscaler");
        ((string?)scaled["spec"]!["scaleTargetRef"]!["name"]).ShouldBe("source");
    }

    [Fact]
    public void Compose_runs_the_services_of_the_manifest_with_their_environment()
    {
        var services = Documents("infra/compose/compose.yaml").Single()["services"]!.AsObject();
        services.Select(service => service.Key).ShouldBe(Deployed);
        foreach (var (name, service) in services)
        {
            ((string?)service!["user"]).ShouldBe("1654", name);
            service["cap_drop"]!.AsArray().Select(capability => (string)capability!).ShouldBe(["ALL"]);
            service["healthcheck"]!["test"]!.AsArray()[^1]!.ToString().ShouldContain("/alive");
            foreach (var port in service["ports"]?.AsArray() ?? [])
            {
                // TLS is the work of a proxy before it.
                ((string)port!).ShouldStartWith("127.0.0.1:");
            }

            var environment = service["environment"]!.AsObject();
            Compare(name, environment.Select(variable => variable.Key),
                key => Secret((string)environment[key]!) is null ? (string)environment[key]! : null,
                key => Secret((string)environment[key]!));
        }

        static string? Secret(string value) => Regex.Match(value, "^\\$\\{(?<name>[A-Z_]+):\\?\\}$", RegexOptions.None, TimeSpan.FromSeconds(1)) is { Success: true } match ? match.Groups["name"].Value.ToLowerInvariant().Replace('_', '-') : null;
    }

    [Fact]
    public void Every_service_is_published_as_a_container_whose_user_is_not_root()
    {
        foreach (var project in Directory.GetFiles(Path.Combine(Root, "services"), "*.csproj", SearchOption.AllDirectories).Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
        {
            var (properties, items) = Evaluate(project);
            ((string?)properties["ContainerUser"]).ShouldBe("app", project);
            ((string?)properties["ContainerRepository"]).ShouldBe(Path.GetFileNameWithoutExtension(project).ToLowerInvariant().Replace("fhiraspire.", "fhir-aspire-", StringComparison.Ordinal));
            ((string?)properties["ContainerBaseImage"])!.ShouldStartWith("mcr.microsoft.com/dotnet/aspnet:10.0");
            items["ContainerPort"]!.AsArray().Select(port => (string?)port!["Identity"]).ShouldBe(["8080"]);
        }

        Directory.GetFiles(Root, "Dockerfile*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void Azd_and_the_workflow_know_the_app_host_and_every_image()
    {
        var azure = Documents("azure.yaml").Single();
        File.Exists(Path.Combine(Root, (string)azure["services"]!["app"]!["project"]!)).ShouldBeTrue();
        ((string?)azure["services"]!["app"]!["host"]).ShouldBe("containerapp");
        File.ReadAllText(Path.Combine(Root, "azd.yaml")).ShouldBe(File.ReadAllText(Path.Combine(Root, "azure.yaml")));

        var jobs = Documents(".github/workflows/ci.yml").Single()["jobs"]!.AsObject();
        jobs.Select(job => job.Key).ShouldBe(["build", "aspire", "containers"]);
        ((string?)jobs["aspire"]!["env"]!["Aspire"]).ShouldBe("true");
        var images = Regex.Matches(File.ReadAllText(Path.Combine(Root, "infra", "kubernetes", "pipeline.yaml")), "image: <registry>/(?<image>\\S+):", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => match.Groups["image"].Value).ToList();
        var published = jobs["containers"]!["strategy"]!["matrix"]!["service"]!.AsArray().Select(service => $"fhir-aspire-{((string)service!).ToLowerInvariant()}").ToList();
        images.ShouldAllBe(image => published.Contains(image));
        images.Count.ShouldBe(Deployed.Length);
    }

    // What the manifest takes from a secret parameter comes from a secret, and from the one of that name; everything else is the same text.
    private static void Compare(string service, IEnumerable<string> names, Func<string, string?> text, Func<string, string?> secret)
    {
        var expected = Manifest[service]!["env"]!.AsObject();
        names.ShouldBe(expected.Select(variable => variable.Key), service);
        foreach (var (name, node) in expected)
        {
            var value = (string)node!;
            var source = value.StartsWith('{') ? value[1..value.IndexOf('.', StringComparison.Ordinal)] : null;
            if (source is not null && Secrets.Contains(source))
            {
                secret(name).ShouldBe(source, $"{service} {name}");
                text(name).ShouldBeNull($"{service} {name} stands in the file itself");
            }
            else if (source is null)
            {
                text(name).ShouldBe(value, $"{service} {name}");
            }
            else
            {
                text(name).ShouldNotBeNullOrEmpty($"{service} {name}");
            }
        }
    }

    private static IReadOnlyList<JsonNode> Documents(string path)
    {
        var parser = new Parser(new StringReader(File.ReadAllText(Path.Combine(Root, path))));
        var deserializer = new DeserializerBuilder().Build();
        var documents = new List<JsonNode>();
        parser.Consume<YamlDotNet.Core.Events.StreamStart>();
        while (parser.Accept<YamlDotNet.Core.Events.DocumentStart>(out _))
        {
            // Scalars of YAML come as text.
            documents.Add(JsonNode.Parse(JsonSerializer.Serialize(ToJson(deserializer.Deserialize<object?>(parser))))!);
        }

        return documents;

        static object? ToJson(object? value) => value switch
        {
            IDictionary<object, object> map => map.ToDictionary(pair => pair.Key.ToString()!, pair => ToJson(pair.Value), StringComparer.Ordinal),
            IEnumerable<object> list => list.Select(ToJson).ToList(),
            _ => value,
        };
    }

    private static (JsonObject Properties, JsonObject Items) Evaluate(string project)
    {
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-nologo", "-getProperty:ContainerUser,ContainerRepository,ContainerBaseImage", "-getItem:ContainerPort"]) { RedirectStandardOutput = true, UseShellExecute = false };
        // The tests' own host must not decide for the project.
        foreach (var name in new[] { "MSBuildSDKsPath", "MSBUILD_EXE_PATH", "MSBuildExtensionsPath", "MSBuildLoadMicrosoftTargetsReadOnly" })
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, output);
        var result = JsonNode.Parse(output)!;
        return (result["Properties"]!.AsObject(), result["Items"]!.AsObject());
    }
}
