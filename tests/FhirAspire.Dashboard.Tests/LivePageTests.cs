using FhirAspire.Dashboard.Components.Layout;
using FhirAspire.Dashboard.Components.Pages;
using FhirAspire.Dashboard.State;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace FhirAspire.Dashboard.Tests;

/// <summary>What a second costs an open page: of all its parts only those are drawn anew that show something else.</summary>
public sealed class LivePageTests : IAsyncLifetime
{
    private static readonly DateTime Now = new(2026, 3, 2, 12, 0, 0, DateTimeKind.Utc);
    private static readonly string[] Charts = ["Strip", "Sparkline", "AgeChart", "JobButtons"];

    private readonly string folder = Directory.CreateTempSubdirectory("dashboard-live-").FullName;
    private readonly RunStore store;
    private readonly PipelineState state = new();
    private readonly RunWindow window;
    private RenderCounter page = null!;

    public LivePageTests()
    {
        store = new RunStore(new RunStoreOptions { ConnectionString = Path.Combine(folder, "history.db") }, new FixedClock(Now));
        window = new RunWindow(store, new FixedClock(Now));
    }

    public async Task InitializeAsync()
    {
        await store.PrepareAsync();
        foreach (var (job, minutes) in new[] { (JobNames.Generator, -9), (JobNames.Uploader, -8), (JobNames.Loader, -7), (JobNames.Dbt, -5) })
        {
            await EndAsync(await StartAsync(job, minutes));
        }

        page = new RenderCounter(RenderCounter.Services(state, store, new FixedClock(Now)).BuildServiceProvider());
        await PublishAsync(0);
    }

    public async Task DisposeAsync()
    {
        await page.DisposeAsync();
        SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_second_in_which_nothing_happens_draws_no_chart_and_no_button_of_the_overview()
    {
        await page.OpenAsync<Overview>();
        var drawn = await SecondAsync(1);
        drawn["Overview"].ShouldBe(1);
        drawn["Flow"].ShouldBe(1);
        drawn.Keys.Intersect(Charts).ShouldBeEmpty();
        drawn.Keys.ShouldNotContain("PageTitle");
        drawn.Keys.ShouldNotContain("StatusIcon");
    }

    [Fact]
    public async Task The_strip_and_the_buttons_of_a_job_that_starts_are_drawn_and_those_of_the_others_are_not()
    {
        await page.OpenAsync<Overview>();
        await StartAsync(JobNames.Loader, 0);
        var drawn = await SecondAsync(1);
        drawn["Strip"].ShouldBe(1);
        drawn["JobButtons"].ShouldBe(1);
        drawn.Keys.ShouldNotContain("AgeChart");
    }

    [Fact]
    public async Task The_runs_page_is_drawn_when_a_run_begins_or_ends_and_between_them_its_clock_alone()
    {
        await page.OpenAsync<RunsPage>();
        await SecondAsync(1);
        (await SecondAsync(2)).ShouldBeEmpty();
        var run = await StartAsync(JobNames.Loader, 0);
        (await SecondAsync(3)).ShouldContainKeyAndValue("RunsPage", 1);
        (await SecondAsync(4)).ShouldBe(new Dictionary<string, int> { ["LiveText"] = 1 });
        await EndAsync(run);
        (await SecondAsync(5)).ShouldContainKeyAndValue("RunsPage", 1);
        (await SecondAsync(6)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_runs_are_too_many_to_be_drawn_the_page_says_how_far_back_the_drawing_reaches()
    {
        await page.DisposeAsync();
        page = new RenderCounter(RenderCounter.Services(state, store, new FixedClock(Now), "runs?from=-7d").BuildServiceProvider());
        (await page.OpenAsync<RunsPage>()).ShouldNotContain("Drawn are");

        // A run in two minutes for five days.
        await using (var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "history.db")}"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = """
                with recursive n(i) as (select 1 union all select i + 1 from n where i < 3600)
                insert into job_runs (Job, Trigger, Status, QueuedAt, StartedAt, FinishedAt, Attempts, Fence, Owner, Counts)
                select r.Job, r.Trigger, 'Succeeded', t.at, t.at, t.at, 1, 1, 'test', '{"files":1}'
                from (select i, strftime('%Y-%m-%d %H:%M:%S', '2026-02-25 12:00:00', '+' || (2 * i) || ' minutes') as at from n) as t
                cross join (select Job, Trigger from job_runs where Job = 'generator' limit 1) as r
                order by t.i
                """;
            await command.ExecuteNonQueryAsync();
        }

        await page.DisposeAsync();
        page = new RenderCounter(RenderCounter.Services(state, store, new FixedClock(Now), "runs?from=-7d&work=1").BuildServiceProvider());
        var html = await page.OpenAsync<RunsPage>();
        // The newest 3,000 of them begin 100 hours before the last, at noon of 2 March.
        html.ShouldContain("Drawn are the newest 3,000 runs of a job");
        html.ShouldContain("02-26 08:02");
        html.ShouldContain("Older runs");
    }

    [Fact]
    public async Task The_page_of_an_ended_run_is_not_drawn_again()
    {
        var run = await StartAsync(JobNames.Loader, -3);
        await EndAsync(run);
        await page.OpenAsync<RunPage>(("Id", run.Id));
        await SecondAsync(1);
        (await SecondAsync(2)).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_bar_is_drawn_when_it_shows_something_else()
    {
        await page.OpenAsync<TopBar>();
        await SecondAsync(1);
        (await SecondAsync(2)).ShouldBeEmpty();
        (await SecondAsync(120)).ShouldContainKey("TopBar");
    }

    [Fact]
    public async Task A_page_that_nobody_sees_is_not_drawn_until_it_is_looked_at_again()
    {
        await page.DisposeAsync();
        var services = RenderCounter.Services(state, store, new FixedClock(Now)).BuildServiceProvider();
        page = new RenderCounter(services);
        var visibility = services.GetRequiredService<PageVisibility>();
        await page.OpenAsync<Overview>();
        visibility.Show(false);
        (await SecondAsync(1)).ShouldBeEmpty();
        (await page.AfterAsync(() => visibility.Show(true))).ShouldContainKey("Overview");
        (await SecondAsync(2)).ShouldContainKey("Overview");
    }

    [Fact]
    public async Task Lists_in_which_nothing_has_changed_stay_the_same_from_snapshot_to_snapshot()
    {
        var before = state.Current;
        await PublishAsync(1);
        state.Current.ShouldNotBeSameAs(before);
        state.Current.DataAgeHistory.ShouldBeSameAs(before.DataAgeHistory);
        state.Current.Jobs.Zip(before.Jobs).ShouldAllBe(pair => ReferenceEquals(pair.First.Strip, pair.Second.Strip));
        state.Current.Totals.Zip(before.Totals).ShouldAllBe(pair => ReferenceEquals(pair.First.Trend, pair.Second.Trend));
        await EndAsync(await StartAsync(JobNames.Dbt, 0));
        await PublishAsync(2);
        state.Current.Job(JobNames.Dbt)!.Strip[^1].Runs.ShouldBe(before.Job(JobNames.Dbt)!.Strip[^1].Runs + 1);
        state.Current.Job(JobNames.Loader)!.Strip.ShouldBeSameAs(before.Job(JobNames.Loader)!.Strip);
    }

    private async Task<IReadOnlyDictionary<string, int>> SecondAsync(int second)
    {
        await window.RefreshAsync(CancellationToken.None);
        return await page.AfterAsync(() => Publish(second));
    }

    private async Task PublishAsync(int second)
    {
        await window.RefreshAsync(CancellationToken.None);
        Publish(second);
    }

    private void Publish(int second) => state.Publish(
        SnapshotBuilder.Build(new SnapshotInput { Now = Now.AddSeconds(second), HostStartedAt = Now.AddHours(-25), Runs = window, Live = new Dictionary<string, LiveJob>() }, second + 1, state.Current), [.. window.Runs.Reverse()]);

    private async Task<JobRun> StartAsync(string job, int minutes)
    {
        var run = new JobRun { Job = job, Owner = "test", StartedAt = Now.AddMinutes(minutes), QueuedAt = Now.AddMinutes(minutes), Status = RunStatus.Running, Attempts = 1 };
        await store.StartAsync(run);
        return run;
    }

    private async Task EndAsync(JobRun run)
    {
        (run.Status, run.FinishedAt, run.Counts) = (RunStatus.Succeeded, run.StartedAt.AddSeconds(5), new Dictionary<string, long> { ["files"] = 3 });
        await store.FinishAsync(run);
    }
}
