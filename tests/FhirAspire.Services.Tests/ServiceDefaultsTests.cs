using System.Net;
using FhirAspire.Combined;
using FhirAspire.Pipeline.Hosting;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.ServiceDefaults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace FhirAspire.Services.Tests;

/// <summary>What every service shares, without Aspire: health, service discovery, clients that try again, commands for jobs.</summary>
public sealed class ServiceDefaultsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fhiraspire-").FullName;

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_service_is_found_by_its_name_and_a_passing_fault_is_tried_again()
    {
        var asked = 0;
        await using var loader = await StartAsync([], app => app.MapGet("/unsteady", () => Interlocked.Increment(ref asked) == 1 ? Results.StatusCode(503) : Results.Text("there")));
        await using var dashboard = await StartAsync([new("Services:loader:http:0", Address(loader))]);
        using var client = dashboard.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

        (await client.GetAsync("http://loader/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("http://loader/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetStringAsync("http://loader/unsteady")).ShouldBe("there");
        asked.ShouldBe(2);
    }

    [Fact]
    public async Task Jobs_are_commanded_from_outside_only_where_that_is_set_and_with_the_header()
    {
        await using var closed = await StartAsync([]);
        using var client = new HttpClient();
        (await client.PostAsync($"{Address(closed)}/jobs/test/run", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        await using var open = await StartAsync([new("Jobs:Commands", "true")]);
        (await client.PostAsync($"{Address(open)}/jobs/test/run", null)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        client.DefaultRequestHeaders.Add(JobCommandEndpoints.Header, "1");
        (await client.PostAsync($"{Address(open)}/jobs/other/run", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await client.PostAsync($"{Address(open)}/jobs/test/jump", null)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        (await client.PostAsync($"{Address(open)}/jobs/test/pause", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var scheduler = open.Services.GetRequiredService<JobScheduler>();
        scheduler.Jobs["test"].IsPaused.ShouldBeTrue();
        (await client.PostAsync($"{Address(open)}/jobs/test/resume", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        scheduler.Jobs["test"].IsPaused.ShouldBeFalse();
        (await client.PostAsync($"{Address(open)}/jobs/test/run", null)).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await open.Services.GetRequiredService<Counter>().Ran.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    [Theory]
    [InlineData("generator,uploader", "generator uploader")]
    [InlineData("dashboard, loader", "loader dashboard")]
    public void Services_of_one_process_come_in_the_order_of_the_data(string setting, string expected) => string.Join(' ', ServiceNames.Read(setting)).ShouldBe(expected);

    [Theory]
    [InlineData(null)]
    [InlineData("loader,loder")]
    public void A_service_that_is_not_there_is_told_with_those_that_are(string? setting) =>
        Should.Throw<InvalidOperationException>(() => ServiceNames.Read(setting)).Message.ShouldContain("expected some of generator, uploader, loader, dbt-runner, dashboard");

    private async Task<WebApplication> StartAsync(IEnumerable<KeyValuePair<string, string?>> settings, Action<WebApplication>? map = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection([new("History:ConnectionString", Path.Combine(folder, $"{Guid.NewGuid():N}.db")), .. settings]);
        builder.AddServiceDefaults();
        builder.Services.AddSingleton<Counter>();
        builder.AddJob<Job>("test", _ => { });
        var app = builder.Build();
        app.MapDefaultEndpoints();
        app.MapJobCommands();
        map?.Invoke(app);
        await app.StartAsync();
        await app.Services.GetRequiredService<FhirAspire.Pipeline.Runs.IRunStore>().PrepareAsync();
        return app;
    }

    private static string Address(WebApplication app) => app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    private sealed class Counter
    {
        public TaskCompletionSource Ran { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Job(Counter counter) : IJob
    {
        public string Name => "test";

        public Task<JobOutcome> RunAsync(JobContext context, CancellationToken cancellationToken)
        {
            counter.Ran.TrySetResult();
            return Task.FromResult(JobOutcome.Nothing);
        }
    }
}
