using System.Net;
using Microsoft.Data.Sqlite;

namespace FhirAspire.Dashboard.Tests;

/// <summary>Requests while the tables of the run history are still made, and after they were lost.</summary>
public sealed class HistoryGateTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("dashboard-gate-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_request_waits_until_the_history_has_its_tables()
    {
        var history = Path.Combine(folder, "history.db");
        await using var other = new SqliteConnection($"Data Source={history};Pooling=False");
        await other.OpenAsync();
        await ExecuteAsync(other, "begin exclusive");

        await using var host = await DashboardHost.StartAsync(("History:ConnectionString", history));
        using var client = host.Client();
        var runs = client.GetAsync("api/v1/runs");
        var page = client.GetAsync("runs");
        // Neither may end in an error while the tables cannot be made.
        (await Task.WhenAny(runs, page, Task.Delay(TimeSpan.FromSeconds(1)))).ShouldNotBeOneOf([runs, page]);
        await ExecuteAsync(other, "rollback");
        (await runs.WaitAsync(TimeSpan.FromSeconds(60))).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await page.WaitAsync(TimeSpan.FromSeconds(60))).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_history_that_is_lost_later_is_told_as_such()
    {
        var history = Path.Combine(folder, "history.db");
        await using var host = await DashboardHost.StartAsync(("History:ConnectionString", history));
        using var client = host.Client();
        (await client.GetAsync("api/v1/runs")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await using var other = new SqliteConnection($"Data Source={history};Pooling=False");
        await other.OpenAsync();
        await ExecuteAsync(other, "drop table job_attempts; drop table job_runs");
        using var answer = await client.GetAsync("api/v1/runs").WaitAsync(TimeSpan.FromSeconds(60));
        answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        answer.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(5));
        (await answer.Content.ReadAsStringAsync()).ShouldContain("DB2011");
    }

    private static async Task ExecuteAsync(SqliteConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }
}
