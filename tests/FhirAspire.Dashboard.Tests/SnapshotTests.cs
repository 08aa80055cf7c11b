using FhirAspire.Dashboard.Components.Layout;
using FhirAspire.Dashboard.State;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.Tests;

public sealed class SnapshotTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 3, 2, 12, 0, 0, DateTimeKind.Utc);
    private readonly string folder = Directory.CreateTempSubdirectory("dashboard-runs-").FullName;
    private readonly RunStore store;

    public SnapshotTests() => store = new RunStore(new RunStoreOptions { ConnectionString = Path.Combine(folder, "history.db") }, new FixedClock(Now));

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_pipeline_whose_data_flows_is_well()
    {
        await AddAsync(JobNames.Generator, -9, RunStatus.Succeeded, "patients", 1);
        await AddAsync(JobNames.Uploader, -8, RunStatus.Succeeded, "files", 3);
        await AddAsync(JobNames.Loader, -6, RunStatus.Succeeded, "files", 3);
        await AddAsync(JobNames.Dbt, -4, RunStatus.Succeeded, "nodes", 45);
        var snapshot = await BuildAsync();
        snapshot.Overall.ShouldBe(StageState.Current);
        snapshot.Sentence.ShouldStartWith("All well.");
        // The load ended at -6 min + 5 s.
        snapshot.DataAge.ShouldBe(TimeSpan.FromMinutes(6) - TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task The_age_of_old_marts_is_told_once()
    {
        await AddAsync(JobNames.Uploader, -8, RunStatus.Succeeded, "files", 3);
        await AddAsync(JobNames.Loader, -6, RunStatus.Succeeded, "files", 3);
        await AddAsync(JobNames.Dbt, -4, RunStatus.Succeeded, "nodes", 45);
        await AddAsync(JobNames.Generator, -2, RunStatus.Succeeded, "patients", 1);
        var snapshot = await BuildAsync(TimeSpan.FromMinutes(5));
        snapshot.Sentence.ShouldBe(snapshot.Attention.ShouldHaveSingleItem().Text);
        snapshot.Sentence.ShouldStartWith("The marts' newest data is");
    }

    [Fact]
    public async Task The_bar_of_every_page_is_drawn_anew_only_when_what_it_shows_has_changed()
    {
        await AddAsync(JobNames.Loader, -6, RunStatus.Succeeded, "files", 3);
        await AddAsync(JobNames.Dbt, -4, RunStatus.Succeeded, "nodes", 45);
        var snapshot = await BuildAsync();
        var drawn = TopBar.Drawn(snapshot);
        TopBar.Drawn(snapshot with { Version = snapshot.Version + 1, TakenAt = snapshot.TakenAt.AddSeconds(1), Jobs = [] }).ShouldBe(drawn);
        TopBar.Drawn(snapshot with { DataAge = snapshot.DataAge + TimeSpan.FromHours(3) }).ShouldNotBe(drawn);
        TopBar.Drawn(snapshot with { Overall = StageState.Blocked }).ShouldNotBe(drawn);
        TopBar.Drawn(snapshot with { Trouble = "out of reach" }).ShouldNotBe(drawn);
        TopBar.Drawn(snapshot with { Attention = [new AttentionItem(StageState.Late, "late", null, "runs/4", null)] }).ShouldNotBe(drawn);
    }

    [Fact]
    public async Task A_failed_job_leads_to_its_run_and_later_stages_are_not_blamed()
    {
        await AddAsync(JobNames.Uploader, -30, RunStatus.Succeeded, "files", 3);
        var id = await AddAsync(JobNames.Loader, -10, RunStatus.Failed, "files", 0, "S3 answered 503\nsecond line");
        var snapshot = await BuildAsync();
        var item = snapshot.Attention[0];
        item.State.ShouldBe(StageState.Blocked);
        item.Href.ShouldBe($"runs/{id}");
        item.Job.ShouldBe(JobNames.Loader);
        item.Text.ShouldBe("Loader failed: S3 answered 503");
        snapshot.Stages.Count(stage => stage.State == StageState.Blocked).ShouldBe(1);
    }

    [Fact]
    public async Task Files_that_wait_for_more_than_two_intervals_are_late()
    {
        await AddAsync(JobNames.Loader, -60, RunStatus.Succeeded, "files", 3);
        await AddAsync(JobNames.Uploader, -30, RunStatus.Succeeded, "files", 3);
        var snapshot = await BuildAsync();
        snapshot.Stages.Single(stage => stage.Key == "s3").State.ShouldBe(StageState.Late);
        snapshot.Overall.ShouldBe(StageState.Late);
    }

    [Fact]
    public async Task Totals_keep_what_is_older_than_a_day()
    {
        await AddAsync(JobNames.Generator, -3000, RunStatus.Succeeded, "patients", 100);
        await AddAsync(JobNames.Generator, -5, RunStatus.Succeeded, "patients", 1);
        var total = (await BuildAsync()).Totals[0];
        total.Value.ShouldBe(101);
        total.PerHour.ShouldBe(1);
    }

    [Fact]
    public async Task Rows_in_the_marts_grow_by_the_difference_of_two_builds()
    {
        var window = new RunWindow(store, new FixedClock(Now));
        await store.PrepareAsync();
        await window.RefreshAsync(CancellationToken.None);
        var total = SnapshotBuilder.Build(new SnapshotInput
        {
            Now = Now, HostStartedAt = Now.AddHours(-25), Runs = window, Live = new Dictionary<string, LiveJob>(), MartRows = 150, MartRowsBefore = [(Now.AddMinutes(-90), 20), (Now.AddMinutes(-50), 100), (Now.AddMinutes(-10), 150)],
        }, 1).Totals.Single(total => total.Name == "Rows in the marts");
        total.Value.ShouldBe(150);
        total.PerHour.ShouldBe(50);
        total.Trend.ShouldBe([50]);
    }

    [Theory]
    [InlineData(30, "12:00:30")]
    [InlineData(300, "12:05:00")]
    public void A_schedule_is_due_at_full_steps_of_its_interval(int seconds, string expected) =>
        ScheduleForecast.Next(new JobOptions { Every = TimeSpan.FromSeconds(seconds) }, Now.AddSeconds(7))!.Value.ToString("HH:mm:ss").ShouldBe(expected);

    private async Task<PipelineSnapshot> BuildAsync(TimeSpan? lateAfter = null)
    {
        var window = new RunWindow(store, new FixedClock(Now));
        await window.RefreshAsync(CancellationToken.None);
        var input = new SnapshotInput { Now = Now, HostStartedAt = Now.AddHours(-25), Runs = window, Live = new Dictionary<string, LiveJob>() };
        return SnapshotBuilder.Build(lateAfter is { } limit ? input with { LateAfter = limit } : input, 1);
    }

    private async Task<long> AddAsync(string job, int minutes, RunStatus status, string count, long value, string? error = null)
    {
        await store.PrepareAsync();
        var run = new JobRun { Job = job, Owner = "test", StartedAt = Now.AddMinutes(minutes), QueuedAt = Now.AddMinutes(minutes), Status = RunStatus.Running, Attempts = 1 };
        await store.StartAsync(run);
        run.Status = status;
        run.Counts = new Dictionary<string, long> { [count] = value };
        run.Error = error;
        run.FinishedAt = run.StartedAt.AddSeconds(5);
        await store.FinishAsync(run);
        return run.Id;
    }
}
