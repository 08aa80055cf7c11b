using System.ComponentModel.DataAnnotations;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Pipeline.Tests.Jobs;

/// <summary>Pauses, maintenance windows, catching up, limits.</summary>
public sealed class JobControlTests : IDisposable
{
    private readonly JobFixture fixture = new();

    [Theory]
    [InlineData("22:00-02:30", "2026-01-01T22:00:00Z", true)]
    [InlineData("22:00-02:30", "2026-01-01T02:29:59Z", true)]
    [InlineData("22:00-02:30", "2026-01-01T02:30:00Z", false)]
    [InlineData("Sat,Sun 01:00-05:00", "2026-01-03T01:00:00Z", true)]
    [InlineData("Sat,Sun 01:00-05:00", "2026-01-02T01:00:00Z", false)]
    [InlineData("Sun 23:00-01:00", "2026-01-05T00:30:00Z", true)]
    [InlineData("Sun 23:00-01:00", "2026-01-04T00:30:00Z", false)]
    [InlineData("00:00-24:00", "2026-01-04T23:59:59Z", true)]
    public void A_window_holds_its_time_on_the_days_on_which_it_begins(string text, string at, bool open)
    {
        MaintenanceWindow.TryParse(text, out var window).ShouldBeTrue();
        window!.Contains(DateTime.Parse(at, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal)).ShouldBe(open);
    }

    [Theory]
    [InlineData("")]
    [InlineData("22:00")]
    [InlineData("22:00-22:00")]
    [InlineData("25:00-26:00")]
    [InlineData("Xyz 01:00-02:00")]
    public void What_is_no_window_is_named_with_what_is_expected(string text)
    {
        var options = new JobOptions { Maintenance = { text } };
        options.Validate(new ValidationContext(options)).Single().ErrorMessage!.ShouldContain("expected a time in UTC such as 22:00-02:30");
    }

    [Fact]
    public async Task In_a_maintenance_window_a_job_waits_and_runs_once_afterwards_but_a_person_may_start_it()
    {
        var job = new TestJob("loader", (_, _) => Task.FromResult(JobOutcome.Nothing));
        using var scheduler = fixture.Scheduler(fixture.Runner(job, new JobOptions { Every = TimeSpan.FromMinutes(1), Maintenance = { "00:00-00:05" } }));
        await StartAsync(scheduler);
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(299), scheduler);
        job.Runs.ShouldBe(0);
        await scheduler.TriggerAsync("loader", RunTrigger.Manual);
        job.Runs.ShouldBe(1);

        await fixture.AdvanceAsync(TimeSpan.FromSeconds(30), scheduler);
        // What waited and what was due in this second are one run.
        job.Runs.ShouldBeInRange(2, 3);
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(40), scheduler);
        await scheduler.StopAsync(default);
        (await fixture.Store.QueryAsync(new RunFilter())).Count(run => run.Trigger == RunTrigger.Schedule).ShouldBeInRange(2, 3);
    }

    [Fact]
    public async Task A_pause_that_reaches_all_replicas_at_once_is_kept_by_each_of_them()
    {
        await fixture.Store.PrepareAsync();
        for (var round = 0; round < 50; round++)
        {
            var job = $"loader {round}";
            var saves = Enumerable.Range(0, 4).Select(replica => Task.Run(
                () => fixture.Operations.SaveJobStateAsync(new JobState { Job = job, PausedAt = fixture.Time.GetUtcNow().UtcDateTime, PausedBy = $"replica {replica}" })));
            await Task.WhenAll(saves);
        }

        (await fixture.Operations.PausedJobsAsync()).Count.ShouldBe(50);
    }

    [Fact]
    public async Task A_pause_reaches_the_other_processes_that_have_the_job()
    {
        var job = new TestJob("loader", (_, _) => Task.FromResult(JobOutcome.Nothing));
        using var here = fixture.Scheduler(fixture.Runner(job, owner: "here:1"));
        using var there = fixture.Scheduler(fixture.Runner(new TestJob("loader", (_, _) => Task.FromResult(JobOutcome.Nothing)), new JobOptions { Every = TimeSpan.FromSeconds(10) }, owner: "there:1"));
        await StartAsync(there);
        await here.PauseAsync("loader", "by somebody");
        await UntilAsync(() => there.Jobs["loader"].PausedBy == "by somebody");
        await here.ResumeAsync("loader");
        await UntilAsync(() => !there.Jobs["loader"].IsPaused);
        await there.StopAsync(default);

        async Task UntilAsync(Func<bool> isSo)
        {
            for (var second = 0; second < 60 && !isSo(); second++)
            {
                await fixture.AdvanceAsync(TimeSpan.FromSeconds(1), there);
            }

            isSo().ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_job_per_host_runs_beside_those_of_other_machines_and_loses_none_of_their_runs()
    {
        var elsewhere = new Leases.Lease("uploader@elsewhere", "elsewhere:1:2", 1);
        (await PreparedAsync()).ShouldBe(elsewhere);
        var remote = new JobRun { Job = "uploader", Status = RunStatus.Running, StartedAt = fixture.Time.GetUtcNow().UtcDateTime, Fence = 1, Owner = elsewhere.Owner };
        await fixture.Store.StartAsync(remote);
        // The second run here has a greater fence than the one there.
        var runner = fixture.Runner(new TestJob("uploader", (_, _) => Task.FromResult(TestJob.Work())), new JobOptions { PerHost = true });
        (await runner.TriggerAsync(RunTrigger.Manual, default))!.Status.ShouldBe(RunStatus.Succeeded);
        (await runner.TriggerAsync(RunTrigger.Manual, default))!.Status.ShouldBe(RunStatus.Succeeded);
        await fixture.Store.PrepareAsync();
        (await fixture.Store.FindAsync(remote.Id))!.Status.ShouldBe(RunStatus.Running);

        fixture.Time.Advance(TimeSpan.FromMinutes(10));
        await fixture.Store.PrepareAsync();
        (await fixture.Store.FindAsync(remote.Id))!.Status.ShouldBe(RunStatus.Lost);

        async Task<Leases.Lease?> PreparedAsync()
        {
            await fixture.Store.PrepareAsync();
            return await fixture.Store.AcquireAsync(elsewhere.Name, elsewhere.Owner, TimeSpan.FromMinutes(5));
        }
    }

    [Fact]
    public async Task A_pause_outlives_the_host_and_says_by_whom()
    {
        var job = new TestJob("loader", (_, _) => Task.FromResult(JobOutcome.Nothing));
        var options = new JobOptions { Every = TimeSpan.FromSeconds(10) };
        await fixture.Store.PrepareAsync();
        using (var first = fixture.Scheduler(fixture.Runner(job, options)))
        {
            await first.PauseAsync("loader", "by Ada");
        }

        var runner = fixture.Runner(job, options);
        using var second = fixture.Scheduler(runner);
        await StartAsync(second);
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(30), second);
        job.Runs.ShouldBe(0);
        runner.PausedBy.ShouldBe("by Ada");

        await second.ResumeAsync("loader");
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(10), second);
        await second.StopAsync(default);
        job.Runs.ShouldBe(1);
        (await fixture.Operations.PausedJobsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(null, 8 * 3600, 1)]
    [InlineData(null, 100, 0)]
    [InlineData("0 3 * * *", 8 * 3600, 1)]
    [InlineData("0 9 * * *", 8 * 3600, 0)]
    public async Task A_host_that_was_down_runs_once_what_was_due_meanwhile(string? cron, int secondsDown, int runs)
    {
        var job = new TestJob("loader", (_, _) => Task.FromResult(JobOutcome.Nothing));
        var options = new JobOptions { Every = cron is null ? TimeSpan.FromMinutes(5) : null, Cron = cron };
        await fixture.Store.PrepareAsync();
        using (var earlier = fixture.Scheduler(fixture.Runner(new TestJob("loader", (_, _) => Task.FromResult(JobOutcome.Nothing)), options)))
        {
            await earlier.TriggerAsync("loader", RunTrigger.Manual);
        }

        fixture.Time.Advance(TimeSpan.FromSeconds(secondsDown));
        using var scheduler = fixture.Scheduler(fixture.Runner(job, options));
        await StartAsync(scheduler);
        await Task.WhenAll(scheduler.Jobs.Values.Select(runner => runner.Idle));
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(3), scheduler);
        await scheduler.StopAsync(default);

        job.Runs.ShouldBe(runs);
        (await fixture.Store.QueryAsync(new RunFilter())).Count(run => run.Trigger == RunTrigger.CatchUp).ShouldBe(runs);
    }

    [Fact]
    public async Task A_run_that_takes_too_much_memory_is_stopped()
    {
        await fixture.Store.PrepareAsync();
        var job = new TestJob("dbt", async (_, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return JobOutcome.Nothing;
        });
        var memory = 100L << 20;
        var run = fixture.Runner(job, new JobOptions { MaxMemory = 500 }, memory: () => memory).TriggerAsync(RunTrigger.Manual, default);
        while (job.Runs == 0)
        {
            await Task.Delay(5);
        }

        fixture.Time.Advance(TimeSpan.FromSeconds(2));
        await Task.Delay(50);
        run.IsCompleted.ShouldBeFalse();
        memory = 501L << 20;
        fixture.Time.Advance(TimeSpan.FromSeconds(2));

        (await run.WaitAsync(TimeSpan.FromSeconds(10)))!.ErrorCode.ShouldBe("PL1005");
    }

    [Theory]
    [InlineData(0, 8, 8)]
    [InlineData(3, 8, 3)]
    [InlineData(3, 2, 2)]
    [InlineData(3, 0, 3)]
    public void A_limit_on_threads_bounds_what_the_job_would_take(int limit, int wanted, int threads) =>
        new JobContext(1, 1, RunTrigger.Manual, 1, default, new Progress<JobProgress>()) { MaxThreads = limit }.Threads(wanted).ShouldBe(threads);

    public void Dispose() => fixture.Dispose();

    private static async Task StartAsync(JobScheduler scheduler)
    {
        await scheduler.StartAsync(default);
        while (scheduler.LastTick == default)
        {
            await Task.Delay(5);
        }
    }
}
