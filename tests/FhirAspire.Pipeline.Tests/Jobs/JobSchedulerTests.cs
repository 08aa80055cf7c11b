using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Pipeline.Tests.Jobs;

public sealed class JobSchedulerTests : IDisposable
{
    private readonly JobFixture fixture = new();

    [Fact]
    public async Task The_missions_timeline_holds_over_ten_minutes()
    {
        var jobs = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        JobRunner Runner(string name, TimeSpan every, Action<JobOptions>? more = null)
        {
            var seconds = jobs[name] = [];
            var start = fixture.Time.GetUtcNow();
            var options = new JobOptions { Every = every };
            more?.Invoke(options);
            return fixture.Runner(new TestJob(name, (context, _) =>
            {
                seconds.Add((fixture.Time.GetUtcNow() - start).TotalSeconds);
                return Task.FromResult(TestJob.Work());
            }), options);
        }

        JobRunner[] runners =
        [
            Runner(JobNames.Generator, TimeSpan.FromSeconds(10), o => o.AtStart = true),
            Runner(JobNames.Uploader, TimeSpan.FromSeconds(30), o => (o.After, o.Follow) = (JobNames.Generator, FollowMode.FirstOnly)),
            Runner(JobNames.Loader, TimeSpan.FromMinutes(5), o => (o.After, o.Follow) = (JobNames.Uploader, FollowMode.FirstOnly)),
            Runner(JobNames.Dbt, TimeSpan.FromMinutes(10), o => (o.After, o.Follow, o.WaitsFor) = (JobNames.Loader, FollowMode.FirstOnly, JobNames.Loader)),
        ];
        using var scheduler = fixture.Scheduler(runners);
        await scheduler.StartAsync(default);
        await WaitForAsync(() => jobs[JobNames.Dbt].Count == 1 && scheduler.LastTick != default);

        await fixture.AdvanceAsync(TimeSpan.FromMinutes(10), scheduler);
        await WaitForAsync(() => jobs[JobNames.Dbt].Count == 2);
        await scheduler.StopAsync(default);

        jobs[JobNames.Generator].ShouldBe([0, .. Enumerable.Range(1, 60).Select(i => i * 10.0)]);
        jobs[JobNames.Uploader].ShouldBe([0, .. Enumerable.Range(1, 20).Select(i => i * 30.0)]);
        jobs[JobNames.Loader].ShouldBe([0, 300, 600]);
        jobs[JobNames.Dbt].ShouldBe([0, 600]);
    }

    [Fact]
    public async Task Dbt_waits_for_a_running_load()
    {
        var release = new TaskCompletionSource();
        var order = new List<string>();
        var loader = fixture.Runner(new TestJob(JobNames.Loader, async (_, _) =>
        {
            await release.Task;
            order.Add("load");
            return JobOutcome.Nothing;
        }));
        var dbt = fixture.Runner(new TestJob(JobNames.Dbt, (_, _) =>
        {
            order.Add("dbt");
            return Task.FromResult(JobOutcome.Nothing);
        }), new JobOptions { WaitsFor = JobNames.Loader });
        await fixture.Store.PrepareAsync();
        using var scheduler = fixture.Scheduler(loader, dbt);

        var load = scheduler.TriggerAsync(JobNames.Loader, RunTrigger.Manual);
        var transform = scheduler.TriggerAsync(JobNames.Dbt, RunTrigger.Manual);
        await Task.Delay(50);
        transform.IsCompleted.ShouldBeFalse();
        release.SetResult();
        await Task.WhenAll(load, transform);

        order.ShouldBe(["load", "dbt"]);
    }

    [Fact]
    public async Task Dbt_starts_although_a_load_runs_when_it_has_waited_long_enough()
    {
        var release = new TaskCompletionSource();
        var loader = fixture.Runner(new TestJob(JobNames.Loader, async (_, _) =>
        {
            await release.Task;
            return JobOutcome.Nothing;
        }));
        var dbt = fixture.Runner(new TestJob(JobNames.Dbt, (_, _) => Task.FromResult(JobOutcome.Nothing)), new JobOptions { WaitsFor = JobNames.Loader, WaitAtMost = TimeSpan.FromMinutes(10) });
        await fixture.Store.PrepareAsync();
        using var scheduler = fixture.Scheduler(loader, dbt);

        var load = scheduler.TriggerAsync(JobNames.Loader, RunTrigger.Manual);
        var transform = scheduler.TriggerAsync(JobNames.Dbt, RunTrigger.Manual);
        fixture.Time.Advance(TimeSpan.FromMinutes(10));

        (await transform.WaitAsync(TimeSpan.FromSeconds(10)))!.Status.ShouldBe(RunStatus.Succeeded);
        load.IsCompleted.ShouldBeFalse();
        release.SetResult();
        await load;
    }

    [Fact]
    public async Task After_a_long_pause_each_job_runs_once()
    {
        var job = new TestJob(JobNames.Uploader, (_, _) => Task.FromResult(JobOutcome.Nothing));
        var runner = fixture.Runner(job, new JobOptions { Every = TimeSpan.FromSeconds(30) });
        using var scheduler = fixture.Scheduler(runner);
        await scheduler.StartAsync(default);
        await WaitForAsync(() => scheduler.LastTick != default);

        fixture.Time.Advance(TimeSpan.FromHours(8));
        await WaitForAsync(() => job.Runs == 1);
        await Task.Delay(50);
        await scheduler.StopAsync(default);

        job.Runs.ShouldBe(1);
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(3 * 60 * 60, 2)]
    public async Task A_clock_that_is_set_back_is_waited_for_when_it_is_little_and_stops_no_schedule_when_it_is_much(int seconds, int runs)
    {
        var job = new TestJob(JobNames.Uploader, (_, _) => Task.FromResult(JobOutcome.Nothing));
        var runner = fixture.Runner(job, new JobOptions { Every = TimeSpan.FromSeconds(30) });
        using var scheduler = fixture.Scheduler(runner);
        await scheduler.StartAsync(default);
        await WaitForAsync(() => scheduler.LastTick != default);
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(32), scheduler);
        job.Runs.ShouldBe(1);

        fixture.Time.AdjustTime(fixture.Time.GetUtcNow() - TimeSpan.FromSeconds(seconds));
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        await WaitForAsync(() => seconds < 60 || scheduler.LastTick <= fixture.Time.GetUtcNow().UtcDateTime);
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(30), scheduler);
        await WaitForAsync(() => job.Runs >= runs);
        await scheduler.StopAsync(default);

        job.Runs.ShouldBe(runs);
    }

    [Fact]
    public async Task An_unknown_job_is_refused_by_name()
    {
        using var scheduler = fixture.Scheduler(fixture.Runner(new TestJob("loader", (_, _) => Task.FromResult(JobOutcome.Nothing))));
        (await Should.ThrowAsync<PipelineException>(() => scheduler.TriggerAsync("loadr", RunTrigger.Manual))).Message.ShouldBe("no job is named 'loadr'; there are loader");
    }

    public void Dispose() => fixture.Dispose();

    private static async Task WaitForAsync(Func<bool> condition)
    {
        for (var i = 0; i < 6000 && !condition(); i++)
        {
            await Task.Delay(10);
        }

        condition().ShouldBeTrue();
    }
}
