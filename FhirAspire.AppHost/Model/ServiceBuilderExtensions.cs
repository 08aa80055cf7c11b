using Microsoft.Extensions.Configuration;

namespace FhirAspire.AppHost.Model;

/// <summary>What the services have in common.</summary>
internal static class ServiceBuilderExtensions
{
    private const string Http = "http";

    // Inside of a container, where the user is not root and owns nothing but its home.
    private const string Home = "/home/app";

    /// <summary>An endpoint, health, replicas as <c>Replicas:{name}</c> says, and, on the developer's machine, buttons for each job.</summary>
    public static IResourceBuilder<ProjectResource> AsService(this IResourceBuilder<ProjectResource> service, params string[] jobs)
    {
        var builder = service.ApplicationBuilder;
        service
            .WithHttpEndpoint(name: Http)
            .WithHttpHealthCheck("/health", endpointName: Http)
            .WithReplicas(builder.Configuration.GetValue($"Replicas:{service.Resource.Name}", 1));
        if (builder.ExecutionContext.IsPublishMode)
        {
            return service;
        }

        service.WithUrlForEndpoint(Http, url => url.DisplayText = "Health").WithEnvironment("Jobs__Commands", "true");
        foreach (var job in jobs)
        {
            service
                .WithJobCommand(job, "run", $"Run {job} now", "Play")
                .WithJobCommand(job, "retry", $"Retry {job}", "ArrowClockwise")
                .WithJobCommand(job, "pause", $"Pause {job}", "Pause")
                .WithJobCommand(job, "resume", $"Resume {job}", "PlayCircle");
        }

        return service;
    }

    /// <summary>The run history, shared by all services.</summary>
    public static IResourceBuilder<ProjectResource> WithHistory(this IResourceBuilder<ProjectResource> service, IResourceBuilder<IResourceWithConnectionString>? history, Choices choices) =>
        history is null
            ? service.WithEnvironment("History__Provider", "Sqlite").WithEnvironment("History__ConnectionString", Path.Combine(choices.Data, "history.db"))
            : service.WithEnvironment("History__Provider", "Postgres").WithReference(history).WithEnvironment("History__ConnectionString", history).WaitFor(history);

    /// <summary>Patients of the built-in simulation, or what <c>Generator:Mode</c> says, into a spool.</summary>
    public static IResourceBuilder<ProjectResource> WithSpool(this IResourceBuilder<ProjectResource> service, Choices choices)
    {
        var builder = service.ApplicationBuilder;
        if (builder.ExecutionContext.IsPublishMode)
        {
            // Each replica has a spool of its own, so it works beside the others; patients' numbers come from the shared history.
            return service
                .WithEnvironment("Spool__Path", $"{Home}/spool")
                .WithEnvironment("Generator__Numbers", "Shared")
                .WithEnvironment("Jobs__generator__PerHost", "true")
                .WithEnvironment("Jobs__uploader__PerHost", "true");
        }

        return service
            .WithEnvironment("Spool__Path", choices.Spool)
            .WithEnvironment("Generator__Mode", builder.Configuration["Generator:Mode"] ?? "Simulate")
            .WithEnvironment("Generator__PositionFile", Path.Combine(choices.Data, "generator.json"))
            .WithEnvironment("Generator__Replay__Source", builder.Configuration["Generator:Replay:Source"] ?? Path.Combine(choices.Root, "samples", "synthea", "fhir-small"))
            .WithEnvironment("Generator__Replay__StateFile", Path.Combine(choices.Data, "replay.json"))
            .WithEnvironment("Generator__Replay__Loop", "true");
    }

    /// <summary>The dbt project, its artifacts, and the published marts.</summary>
    public static IResourceBuilder<ProjectResource> WithDbt(this IResourceBuilder<ProjectResource> service, Choices choices) =>
        service.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? service.WithEnvironment("Dbt__ProjectDir", "/app/dbt").WithEnvironment("Dbt__TargetDir", $"{Home}/dbt").WithEnvironment("Dbt__MartsDir", $"{Home}/marts")
            : service
                .WithEnvironment("Dbt__ProjectDir", choices.DbtProject)
                .WithEnvironment("Dbt__TargetDir", Path.Combine(choices.Data, "dbt-target"))
                .WithEnvironment("Dbt__MartsDir", Path.Combine(choices.Data, "marts"));

    /// <summary>Where the dashboard reads what dbt has published.</summary>
    public static IResourceBuilder<ProjectResource> WithMarts(this IResourceBuilder<ProjectResource> service, Choices choices) =>
        service.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? service.WithEnvironment("Dashboard__MartsDir", $"{Home}/marts").WithEnvironment("Dashboard__DbtTargetDir", $"{Home}/dbt").WithEnvironment("Dashboard__StorageFile", $"{Home}/storage.jsonl").WithEnvironment("Dashboard__AuditFile", $"{Home}/audit.jsonl")
            : service
                .WithEnvironment("Dashboard__MartsDir", Path.Combine(choices.Data, "marts"))
                .WithEnvironment("Dashboard__DbtTargetDir", Path.Combine(choices.Data, "dbt-target"))
                .WithEnvironment("Dashboard__StorageFile", Path.Combine(choices.Data, "storage.jsonl"))
                .WithEnvironment("Dashboard__AuditFile", Path.Combine(choices.Data, "audit.jsonl"))
                .WithUrlForEndpoint(Http, url => url.DisplayText = "Pipeline dashboard");

    private static IResourceBuilder<ProjectResource> WithJobCommand(this IResourceBuilder<ProjectResource> service, string job, string action, string title, string icon) =>
        service.WithHttpCommand($"/jobs/{job}/{action}", title, endpointName: Http, commandName: $"{job}-{action}", commandOptions: new HttpCommandOptions
        {
            IconName = icon,
            IsHighlighted = action == "run",
            PrepareRequest = context =>
            {
                context.Request.Headers.Add("X-FhirAspire", "1");
                return Task.CompletedTask;
            },
        });
}
