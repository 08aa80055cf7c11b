using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Pipeline.Tests.Jobs;

/// <summary>Two schedulers over one history stand for two processes: requests, waiting and following go through the history alone.</summary>
public sealed class OtherProcessesTests : IAsyncLifetime, IDisposable
{
    private readonly JobFixture fixture = new();

    public Task InitializeAsync() => fixture.Store.PrepareAsync();

    [Fact]
    public async Task A_request_to_run_is_answered_by_exactly_one_process_that_has_the_job()
    {
        var first = Working(JobNames.Loader);
        var second = Working(JobNames.Loader);
        using var one = fixture.Scheduler(fixture.Runner(first, owner: "one:1"));
        using var two = fixture.Scheduler(fixture.Runner(second, owner: "two:1"));
        using var dbt = fixture.Scheduler(fixture.Runner(Working(JobNames.Dbt)));
        await StartAsync(one, two, dbt);

        var id = await AskAsync(JobNames.Loader, JobAction.Run);
        await UntilAsync(async () => await fixture.Operations.RequestAsync(id) is { DoneAt: not null }, one, two, dbt);

        (first.Runs + second.Runs).ShouldBe(1);
        var run = (await fixture.Store.QueryAsync(new RunFilter())).ShouldHaveSingleItem();
        (run.Job, run.Trigger, run.Status).ShouldBe((JobNames.Loader, RunTrigger.Manual, RunStatus.Succeeded));
        (await fixture.Operations.RequestAsync(id))!.RunId.ShouldBe(run.Id);
        (await fixture.Operations.WithdrawRequestAsync(id)).ShouldBeFalse();
        await StopAsync(one, two, dbt);
    }

    [Fact]
    public async Task A_request_to_cancel_reaches_the_process_in_which_the_run_goes_on()
    {
        var idle = Working(JobNames.Loader);
        var busy = new TestJob(JobNames.Loader, async (_, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return JobOutcome.Nothing;
        });
        using var one = fixture.Scheduler(fixture.Runner(idle, owner: "one:1"));
        using var two = fixture.Scheduler(fixture.Runner(busy, owner: "two:1"));
        await StartAsync(one, two);
        var run = two.TriggerAsync(JobNames.Loader, RunTrigger.Manual);
        await UntilAsync(() => Task.FromResult(busy.Runs == 1));

        var id = await AskAsync(JobNames.Loader, JobAction.Cancel);
        await UntilAsync(() => Task.FromResult(run.IsCompleted), one, two);

        (await run)!.Status.ShouldBe(RunStatus.Cancelled);
        (await fixture.Operations.RequestAsync(id))!.TakenBy.ShouldNotBeNull();
        await StopAsync(one, two);
    }

    [Fact]
    public async Task Nobody_answers_a_request_that_was_withdrawn_or_has_grown_old()
    {
        var job = Working(JobNames.Loader);
        var withdrawn = await AskAsync(JobNames.Loader, JobAction.Run);
        (await fixture.Operations.WithdrawRequestAsync(withdrawn)).ShouldBeTrue();
        var old = await AskAsync(JobNames.Loader, JobAction.Run);
        fixture.Time.Advance(JobRequest.Lifetime + TimeSpan.FromSeconds(1));

        using var scheduler = fixture.Scheduler(fixture.Runner(job));
        await StartAsync(scheduler);
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(10), scheduler);

        job.Runs.ShouldBe(0);
        (await fixture.Operations.RequestAsync(old))!.TakenBy.ShouldBeNull();
        await StopAsync(scheduler);
    }

    [Fact]
    public async Task Dbt_waits_for_a_load_in_another_process()
    {
        var release = new TaskCompletionSource();
        var order = new List<string>();
        using var loader = fixture.Scheduler(fixture.Runner(new TestJob(JobNames.Loader, async (_, _) =>
        {
            await release.Task;
            order.Add("load");
            return JobOutcome.Nothing;
        }), owner: "one:1"));
        using var dbt = fixture.Scheduler(fixture.Runner(
            new TestJob(JobNames.Dbt, (_, _) =>
            {
                order.Add("dbt");
                return Task.FromResult(JobOutcome.Nothing);
            }), new JobOptions { WaitsFor = JobNames.Loader }, owner: "two:1"));
        var load = loader.TriggerAsync(JobNames.Loader, RunTrigger.Manual);
        await UntilAsync(async () => (await fixture.Store.HeldAsync(JobNames.Loader)).Count > 0);

        var transform = dbt.TriggerAsync(JobNames.Dbt, RunTrigger.Manual);
        for (var second = 0; second < 30; second++)
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }

        transform.IsCompleted.ShouldBeFalse();
        release.SetResult();
        await load;
        await UntilAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(transform.IsCompleted);
        });
        order.ShouldBe(["load", "dbt"]);
    }

    [Fact]
    public async Task Dbt_starts_although_a_load_runs_elsewhere_when_it_has_waited_long_enough()
    {
        (await fixture.Store.AcquireAsync($"{JobNames.Loader}@elsewhere", "elsewhere:1:1", TimeSpan.FromDays(1))).ShouldNotBeNull();
        using var dbt = fixture.Scheduler(fixture.Runner(Working(JobNames.Dbt), new JobOptions { WaitsFor = JobNames.Loader, WaitAtMost = TimeSpan.FromMinutes(1) }));
        var begin = fixture.Time.GetUtcNow();

        var transform = dbt.TriggerAsync(JobNames.Dbt, RunTrigger.Manual);
        await UntilAsync(() =>
        {
            fixture.Time.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(transform.IsCompleted);
        });

        (await transform)!.StartedAt.ShouldBeGreaterThanOrEqualTo((begin + TimeSpan.FromMinutes(1)).UtcDateTime);
    }

    [Theory]
    [InlineData(FollowMode.Always, 2)]
    [InlineData(FollowMode.FirstOnly, 1)]
    [InlineData(FollowMode.Never, 0)]
    public async Task A_job_follows_the_loads_of_another_process(FollowMode mode, int runs)
    {
        using var loader = fixture.Scheduler(fixture.Runner(Working(JobNames.Loader), owner: "one:1"));
        // A load from before this process started, and before any run of dbt, is news.
        await loader.TriggerAsync(JobNames.Loader, RunTrigger.Manual);
        fixture.Time.Advance(TimeSpan.FromSeconds(1));
        var dbt = Working(JobNames.Dbt);
        using var scheduler = fixture.Scheduler(fixture.Runner(dbt, new JobOptions { After = JobNames.Loader, Follow = mode }, owner: "two:1"));
        await StartAsync(scheduler);
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(20), scheduler);
        dbt.Runs.ShouldBe(Math.Min(runs, 1));

        await loader.TriggerAsync(JobNames.Loader, RunTrigger.Manual);
        await fixture.AdvanceAsync(TimeSpan.FromSeconds(20), scheduler);

        dbt.Runs.ShouldBe(runs);
        (await fixture.Store.QueryAsync(new RunFilter { Job = JobNames.Dbt })).ShouldAllBe(run => run.Trigger == RunTrigger.Upstream);
        await StopAsync(scheduler);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => fixture.Dispose();

    private static TestJob Working(string name) => new(name, (_, _) => Task.FromResult(TestJob.Work()));

    private static async Task StartAsync(params JobScheduler[] schedulers)
    {
        foreach (var scheduler in schedulers)
        {
            await scheduler.StartAsync(default);
            while (scheduler.LastTick == default)
            {
                await Task.Delay(5);
            }
        }
    }

    private static Task StopAsync(params JobScheduler[] schedulers) => Task.WhenAll(schedulers.Select(scheduler => scheduler.StopAsync(default)));

    private Task<long> AskAsync(string job, JobAction action) =>
        fixture.Operations.AskAsync(new JobRequest { Job = job, Action = action, AskedAt = fixture.Time.GetUtcNow().UtcDateTime });

    // With schedulers their clock goes on, second by second, and never ahead of them.
    private async Task UntilAsync(Func<Task<bool>> isSo, params JobScheduler[] schedulers)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (!await isSo())
        {
            DateTime.UtcNow.ShouldBeLessThan(deadline);
            if (schedulers.Length > 0)
            {
                fixture.Time.Advance(TimeSpan.FromSeconds(1));
                while (schedulers.Any(scheduler => scheduler.LastTick < fixture.Time.GetUtcNow().UtcDateTime))
                {
                    await Task.Delay(1);
                }
            }

            await Task.Delay(5);
        }
    }
}
