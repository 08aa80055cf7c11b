using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using FhirAspire.AppHost.Model;
using Microsoft.Extensions.DependencyInjection;

namespace FhirAspire.AppHost.Tests.Aspire;

/// <summary>The app model started by Aspire's own orchestrator, one process a service: patients arrive in the marts.</summary>
public sealed class EndToEndTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly string data = Directory.CreateTempSubdirectory("fhiraspire-aspire-").FullName;

    public void Dispose() => Directory.Delete(data, recursive: true);

    [Fact]
    public async Task On_files_and_the_own_S3_server_patients_arrive_in_the_marts()
    {
        await using var app = await StartAsync("--Emulators:S3=Own", "--Emulators:Warehouse=DuckDb");
        await PatientsArriveAsync(app, Names.Pipeline, Names.Pipeline, Names.Pipeline);

        File.Exists(Path.Combine(data, "warehouse.duckdb")).ShouldBeTrue();
        File.Exists(Path.Combine(data, "marts", "current", "dim_patients.parquet")).ShouldBeTrue();
    }

    [SkippableFact]
    public async Task On_a_PostgreSQL_server_with_two_loaders_patients_arrive_in_the_marts()
    {
        var server = await PostgresServer.RequireAsync();
        var database = await server.CreateDatabaseAsync();
        await using var app = await StartAsync("--Emulators:S3=Own", "--Emulators:Warehouse=Server", $"--ConnectionStrings:history={database}", $"--ConnectionStrings:warehouse={database}", "--Replicas:loader=2");
        await PatientsArriveAsync(app, Names.Loader, Names.DbtRunner, Names.Dashboard);
    }

    [SkippableFact]
    public async Task In_containers_patients_arrive_in_the_marts()
    {
        Skip.IfNot(HasContainers(), "needs a container runtime (docker or podman) that runs");
        await using var app = await StartAsync();
        await PatientsArriveAsync(app, Names.Loader, Names.DbtRunner, Names.Dashboard);
    }

    private static bool HasContainers()
    {
        foreach (var program in new[] { "docker", "podman" })
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, "info") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
                if (process.WaitForExit(TimeSpan.FromSeconds(20)) && process.ExitCode == 0)
                {
                    return true;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Not there.
            }
        }

        return false;
    }

    private async Task<DistributedApplication> StartAsync(params string[] choices)
    {
        // The schedules stand still: the test presses the buttons.
        var builder = await AppModel.CreateAsync([.. choices, $"--Data={data}"]);
        foreach (var service in builder.Resources.OfType<ProjectResource>())
        {
            foreach (var job in new[] { "generator", "uploader", "loader", "dbt" })
            {
                builder.CreateResourceBuilder(service).WithEnvironment($"Jobs__{job}__Cron", "0 0 1 1 *").WithEnvironment($"Jobs__{job}__AtStart", "false");
            }
        }

        var app = await builder.BuildAsync();
        await app.StartAsync();
        return app;
    }

    private static async Task PatientsArriveAsync(DistributedApplication app, string loader, string dbt, string dashboard)
    {
        using var stop = new CancellationTokenSource(Patience);
        foreach (var name in new[] { Names.Generator, Names.Uploader, loader, dbt, dashboard }.Distinct(StringComparer.Ordinal))
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(name, stop.Token);
        }

        using var api = app.CreateHttpClient(dashboard, "http");
        foreach (var (resource, job) in new[] { (Names.Generator, "generator"), (Names.Generator, "generator"), (Names.Uploader, "uploader"), (loader, "loader"), (dbt, "dbt") })
        {
            var before = await NewestAsync(api, job, stop.Token);
            var result = await PressAsync(app, resource, $"{job}-run", stop.Token);
            result.Success.ShouldBeTrue($"{resource}: {result.Message}");
            await EndsAsync(api, job, before, stop.Token);
        }

        (await PatientsAsync(api, stop.Token)).ShouldBeGreaterThanOrEqualTo(2);
        (await PressAsync(app, loader, "loader-pause", stop.Token)).Success.ShouldBeTrue();
        (await PressAsync(app, loader, "loader-resume", stop.Token)).Success.ShouldBeTrue();

        // The dashboard's own button, which in a process of its own reaches the loader through the history.
        var last = await NewestAsync(api, "loader", stop.Token);
        using var run = new HttpRequestMessage(HttpMethod.Post, "/api/v1/jobs/loader/run");
        run.Headers.Add("X-FhirAspire", "1");
        using var answer = await api.SendAsync(run, stop.Token);
        answer.StatusCode.ShouldBe(System.Net.HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync(stop.Token));
        await EndsAsync(api, "loader", last, stop.Token);
    }

    private static Task<ExecuteCommandResult> PressAsync(DistributedApplication app, string resource, string command, CancellationToken stop)
    {
        var model = app.Services.GetRequiredService<DistributedApplicationModel>();
        return app.Services.GetRequiredService<ResourceCommandService>().ExecuteCommandAsync(model.Resources.Single(found => found.Name == resource), command, stop);
    }

    // Through the dashboard, which reads the marts that the dbt runner has published.
    private static async Task<long> PatientsAsync(HttpClient api, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/sql") { Content = JsonContent.Create(new { sql = "select count(*) from dim_patients" }) };
        request.Headers.Add("X-FhirAspire", "1");
        using var answer = await api.SendAsync(request, stop);
        var text = await answer.Content.ReadAsStringAsync(stop);
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        using var json = JsonDocument.Parse(text);
        return long.Parse(json.RootElement.GetProperty("rows")[0][0].ToString(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static async Task EndsAsync(HttpClient api, string job, long before, CancellationToken stop)
    {
        while (true)
        {
            var runs = await api.GetFromJsonAsync<JsonElement>($"/api/v1/runs?job={job}&limit=1", stop);
            if (runs.GetArrayLength() > 0 && runs[0].GetProperty("id").GetInt64() > before && runs[0].GetProperty("status").GetString() is { } status and not ("running" or "queued"))
            {
                status.ShouldBe("succeeded", $"{job}: {runs[0]}");
                return;
            }

            await Task.Delay(200, stop);
        }
    }

    private static async Task<long> NewestAsync(HttpClient api, string job, CancellationToken stop)
    {
        var runs = await api.GetFromJsonAsync<JsonElement>($"/api/v1/runs?job={job}&limit=1", stop);
        return runs.GetArrayLength() == 0 ? 0 : runs[0].GetProperty("id").GetInt64();
    }
}
