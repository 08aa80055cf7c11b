using FhirAspire.Dashboard.Operations;
using FhirAspire.Pipeline;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Time.Testing;

namespace FhirAspire.Dashboard.Tests;

/// <summary>The process that has taken a request is killed: who asked is told, and does not wait for ever.</summary>
public sealed class LostRequestTests : IDisposable
{
    private const string Elsewhere = "another-machine:17:4711";
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromMinutes(1);

    private readonly string folder = Directory.CreateTempSubdirectory("dashboard-lost-").FullName;
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly RunStoreOptions options;
    private readonly RunStore store;
    private readonly RemoteJobs remote;

    public LostRequestTests()
    {
        options = new RunStoreOptions { ConnectionString = Path.Combine(folder, "history.db") };
        store = new RunStore(options, clock);
        remote = new RemoteJobs(new OperationsStore(options), store, clock);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_run_is_waited_for_while_its_process_lives_and_given_up_when_its_lease_has_ended()
    {
        await store.PrepareAsync();
        var waiting = remote.RunAsync(JobNames.Loader, JobAction.Retry);
        await TakeAsync(Elsewhere);
        var lease = (await store.AcquireAsync(JobNames.Loader, Elsewhere, LeaseDuration)).ShouldNotBeNull();

        for (var second = 0; second < 300; second++)
        {
            (await store.RenewAsync(lease, LeaseDuration)).ShouldBeTrue();
            await PassAsync();
            waiting.IsCompleted.ShouldBeFalse();
        }

        // From here on nobody prolongs it: the process is killed.
        var killed = clock.GetUtcNow();
        await EndAsync(waiting);
        var error = await Should.ThrowAsync<PipelineException>(waiting);
        error.Code.ShouldBe("PL1006");
        error.Message.ShouldContain(Elsewhere);
        (clock.GetUtcNow() - killed).ShouldBeGreaterThanOrEqualTo(LeaseDuration - TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_process_of_this_machine_that_has_ended_is_known_at_once()
    {
        await store.PrepareAsync();
        var gone = $"{Environment.MachineName}:{int.MaxValue}:1";
        var waiting = remote.RunAsync(JobNames.Loader, JobAction.Retry);
        await TakeAsync(gone);
        // Its lease lasts longer than anybody would wait.
        (await store.AcquireAsync(JobNames.Loader, gone, TimeSpan.FromDays(1000))).ShouldNotBeNull();

        await EndAsync(waiting);
        (await Should.ThrowAsync<PipelineException>(waiting)).Code.ShouldBe("PL1006");
    }

    [Fact]
    public async Task A_process_that_answers_late_is_heard()
    {
        await store.PrepareAsync();
        var waiting = remote.RunAsync(JobNames.Loader, JobAction.Retry);
        await TakeAsync(Elsewhere);
        await ExecuteAsync("update job_requests set DoneAt = '2026-01-02 03:04:06'");

        await EndAsync(waiting);
        (await waiting).ShouldBeNull();
    }

    // No time passes for the one who waits until the request is taken.
    private async Task TakeAsync(string owner)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (await ExecuteAsync($"update job_requests set TakenBy = '{owner}'") == 0)
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline);
            await Task.Delay(10);
        }
    }

    private async Task EndAsync(Task waiting)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (!waiting.IsCompleted)
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline);
            await PassAsync();
        }
    }

    private async Task PassAsync()
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        await Task.Delay(1);
    }

    private async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = options.ConnectionString, DefaultTimeout = 30 }.ToString());
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Of this test's own making.
        command.CommandText = sql;
#pragma warning restore CA2100
        return await command.ExecuteNonQueryAsync();
    }
}
