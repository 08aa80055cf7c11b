using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FhirAspire.Pipeline.Hosting;
using FhirAspire.Pipeline.Jobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Dashboard.Tests;

/// <summary>The dashboard as a service of its own: its buttons reach the jobs of other services through the history that they share.</summary>
public sealed class RemoteJobsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("dashboard-remote-").FullName;

    private string History => Path.Combine(folder, "history.db");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task Run_cancel_pause_and_resume_reach_a_job_of_another_service()
    {
        await using var dashboard = await StartAsync();
        using var service = Service();
        await service.StartAsync();
        using var client = dashboard.Client();
        var job = service.Services.GetRequiredService<EndlessJob>();

        var (status, message) = await CommandAsync(client, "run");
        status.ShouldBe(HttpStatusCode.Accepted, message);
        message.ShouldStartWith($"Loader starts in the process {Environment.MachineName}:");
        await job.Started.WaitAsync(TimeSpan.FromSeconds(60));

        (await CommandAsync(client, "cancel?run=4711")).Message.ShouldBe("Run 4711 of Loader is not going on; nothing was stopped.");
        service.Services.GetRequiredService<JobScheduler>().Jobs[JobNames.Loader].Cancel(4711).ShouldBeFalse();
        var going = (await client.GetFromJsonAsync<JsonElement>("api/v1/runs?job=loader"))[0];
        going.GetProperty("status").GetString().ShouldBe("running");
        (await CommandAsync(client, $"cancel?run={going.GetProperty("id").GetInt64()}")).Status.ShouldBe(HttpStatusCode.Accepted);
        await service.Services.GetRequiredService<JobScheduler>().Jobs[JobNames.Loader].Idle.WaitAsync(TimeSpan.FromSeconds(60));
        var runs = await client.GetFromJsonAsync<JsonElement>("api/v1/runs?job=loader");
        (runs.GetArrayLength(), runs[0].GetProperty("status").GetString(), runs[0].GetProperty("trigger").GetString()).ShouldBe((1, "cancelled", "manual"));

        (await CommandAsync(client, "pause")).Status.ShouldBe(HttpStatusCode.Accepted);
        await UntilPausedAsync(client, service, true);
        (await CommandAsync(client, "resume")).Status.ShouldBe(HttpStatusCode.Accepted);
        await UntilPausedAsync(client, service, false);
        await service.StopAsync();
    }

    [Fact]
    public async Task A_command_that_no_service_answers_is_refused_and_starts_nothing_later()
    {
        await using var dashboard = await StartAsync();
        using var client = dashboard.Client();

        var (status, message) = await CommandAsync(client, "run");
        status.ShouldBe(HttpStatusCode.Conflict);
        message.ShouldContain("nothing was started");
        (await CommandAsync(client, "cancel")).Message.ShouldBe("No process runs Loader now.");
        (await CommandAsync(client, "run", "no-such")).Message.ShouldBe("There is no such job; there are generator, uploader, loader, dbt.");
        (await client.GetFromJsonAsync<JsonElement>("api/v1/audit")).ToString().ShouldContain("nothing was started");

        using var late = Service();
        await late.StartAsync();
        var scheduler = late.Services.GetRequiredService<JobScheduler>();
        // It looks for requests every two seconds.
        await Task.Delay(TimeSpan.FromSeconds(5));
        scheduler.Jobs[JobNames.Loader].IsRunning.ShouldBeFalse();
        (await client.GetFromJsonAsync<JsonElement>("api/v1/runs?job=loader")).GetArrayLength().ShouldBe(0);
        await late.StopAsync();
    }

    // The first snapshot tells that the history's tables are made.
    private async Task<DashboardHost> StartAsync()
    {
        var host = await DashboardHost.StartAsync(("History:ConnectionString", History));
        using var client = host.Client();
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while ((await client.GetFromJsonAsync<JsonElement>("api/v1/overview")).GetProperty("version").GetInt64() == 0)
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline);
            await Task.Delay(100);
        }

        return host;
    }

    private static async Task<(HttpStatusCode Status, string Message)> CommandAsync(HttpClient client, string action, string job = JobNames.Loader)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/v1/jobs/{job}/{action}");
        request.Headers.Add("X-FhirAspire", "1");
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message").GetString()!);
    }

    private static async Task UntilPausedAsync(HttpClient client, IHost service, bool isPaused)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (service.Services.GetRequiredService<JobScheduler>().Jobs[JobNames.Loader].IsPaused != isPaused || await ShownAsync() != isPaused)
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline);
            await Task.Delay(100);
        }

        async Task<bool> ShownAsync() => (await client.GetFromJsonAsync<JsonElement>("api/v1/overview")).GetProperty("jobs").EnumerateArray()
            .Single(job => job.GetProperty("name").GetString() == JobNames.Loader).GetProperty("isPaused").GetBoolean();
    }

    private IHost Service()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = folder });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?> { ["History:ConnectionString"] = History });
        builder.AddJob<EndlessJob>(JobNames.Loader, job => job.Cron = "0 0 1 1 *");
        return builder.Build();
    }

    private sealed class EndlessJob : IJob
    {
        private readonly TaskCompletionSource started = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Name => JobNames.Loader;

        public Task Started => started.Task;

        public async Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
        {
            started.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return JobOutcome.Nothing;
        }
    }
}
