using System.Data.Common;
using FhirAspire.Dashboard.Components.Pages;
using FhirAspire.Dashboard.State;
using FhirAspire.Pipeline.Runs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace FhirAspire.Dashboard.Tests;

public sealed class RunHoursTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 3, 2, 12, 0, 0, DateTimeKind.Utc);
    private readonly string folder = Directory.CreateTempSubdirectory("run-hours-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [SkippableTheory]
    [InlineData(RunStoreProvider.Sqlite)]
    [InlineData(RunStoreProvider.Postgres)]
    public async Task Runs_are_counted_by_the_hour_in_which_they_began(RunStoreProvider provider)
    {
        var store = await StoreAsync(provider, (Now.AddDays(-9), RunStatus.Succeeded), (Now.AddMinutes(-70), RunStatus.Succeeded), (Now.AddMinutes(-61), RunStatus.Failed), (Now, RunStatus.Lost), (Now.AddMinutes(59), RunStatus.Succeeded));
        (await store.HoursAsync(Now.AddDays(-7))).OrderBy(hour => hour.Hour).ShouldBe([new RunHour("loader", Now.AddHours(-2), 2, 1), new RunHour("loader", Now, 2, 1)]);
        (await store.HoursAsync(Now.AddDays(-7), RunStatus.Succeeded)).Sum(hour => hour.Count).ShouldBe(2);
        (await store.HoursAsync(Now.AddDays(-7)))[0].Hour.Kind.ShouldBe(DateTimeKind.Utc);
    }

    [Fact]
    public async Task A_lane_of_many_runs_reaches_back_over_all_the_days_that_were_asked_for()
    {
        // More than were ever read one by one, the oldest of them six days ago.
        var store = await StoreAsync([.. Enumerable.Range(0, 3200).Select(i => (Now.AddDays(-6).AddMinutes(i), i == 0 ? RunStatus.Failed : RunStatus.Succeeded))]);
        var services = RenderCounter.Services(new PipelineState(), store, new FixedClock(Now), "runs?job=loader&from=-7d").BuildServiceProvider();
        await using var page = new RenderCounter(services);
        var html = await page.OpenAsync<RunsPage>();
        html.ShouldContain("3200 runs of 1 job;");
        html.ShouldContain("1 failed, from 2026-02-24");
        html.ShouldNotContain("Drawn are the newest");
        html.Split("<tr").Length.ShouldBe(52);
    }

    private Task<RunStore> StoreAsync(params (DateTime At, RunStatus Status)[] runs) => StoreAsync(RunStoreProvider.Sqlite, runs);

    private async Task<RunStore> StoreAsync(RunStoreProvider provider, params (DateTime At, RunStatus Status)[] runs)
    {
        var isSqlite = provider == RunStoreProvider.Sqlite;
        var place = isSqlite ? Path.Combine(folder, "history.db") : await (await PostgresServer.RequireAsync()).CreateDatabaseAsync();
        var store = new RunStore(new RunStoreOptions { Provider = provider, ConnectionString = place }, new FixedClock(Now));
        await store.PrepareAsync();
        await using DbConnection connection = isSqlite ? new SqliteConnection($"Data Source={place}") : new NpgsqlConnection(place);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = """
            insert into job_runs ("Job", "Trigger", "Status", "QueuedAt", "StartedAt", "FinishedAt", "Attempts", "Fence", "Owner", "Counts")
            values ('loader', 'Schedule', @status, @at, @at, @at, 1, 1, 'test', '{}')
            """;
        var (status, at) = (command.CreateParameter(), command.CreateParameter());
        (status.ParameterName, at.ParameterName) = ("@status", "@at");
        command.Parameters.AddRange(new[] { status, at });
        foreach (var run in runs)
        {
            (status.Value, at.Value) = (run.Status.ToString(), run.At);
            await command.ExecuteNonQueryAsync();
        }

        await transaction.CommitAsync();
        return store;
    }
}
