using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Pipeline.Tests.Jobs;

public sealed class JobRunnerTests : IDisposable
{
    private readonly JobFixture fixture = new();

    [Fact]
    public async Task A_run_leaves_a_record_with_counts()
    {
        await fixture.Store.PrepareAsync();
        var runner = fixture.Runner(new TestJob("loader", (_, _) => Task.FromResult(TestJob.Work(3))));

        var run = await runner.TriggerAsync(RunTrigger.Manual, default);

        var kept = await fixture.Store.FindAsync(run!.Id);
        kept!.Status.ShouldBe(RunStatus.Succeeded);
        kept.Trigger.ShouldBe(RunTrigger.Manual);
        kept.Counts["files"].ShouldBe(3);
        kept.Attempts.ShouldBe(1);
        kept.AttemptLog.Single().FinishedAt.ShouldNotBeNull();
        kept.Fence.ShouldBe(1);
    }

    [Fact]
    public async Task An_error_that_may_pass_is_tried_again_after_the_delay()
    {
        await fixture.Store.PrepareAsync();
        var job = new TestJob("loader", (context, _) => context.Attempt < 3 ? throw new TimeoutException("S3 is slow") : Task.FromResult(TestJob.Work()));
        var runner = fixture.Runner(job, new JobOptions { Retries = 2, RetryDelay = TimeSpan.FromMinutes(1) });

        var run = runner.TriggerAsync(RunTrigger.Schedule, default);
        while (!run.IsCompleted)
        {
            await Task.Delay(5);
            fixture.Time.Advance(TimeSpan.FromSeconds(10));
        }

        (await run)!.Status.ShouldBe(RunStatus.Succeeded);
        job.Runs.ShouldBe(3);
        var kept = (await fixture.Store.FindAsync((await run)!.Id))!;
        kept.AttemptLog.Select(attempt => attempt.Error).ShouldBe(["S3 is slow", "S3 is slow", null]);
        (kept.AttemptLog[1].StartedAt - kept.AttemptLog[0].FinishedAt!.Value).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromMinutes(1));
        fixture.Alerts.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_error_that_stays_fails_at_once_and_raises_one_alert()
    {
        await fixture.Store.PrepareAsync();
        var job = new TestJob("dbt", (_, _) => throw new InvalidOperationException("wrong SQL"));

        var run = await fixture.Runner(job).TriggerAsync(RunTrigger.Schedule, default);

        run!.Status.ShouldBe(RunStatus.Failed);
        run.Error.ShouldBe("wrong SQL");
        job.Runs.ShouldBe(1);
        await fixture.Center.IdleAsync();
        fixture.Alerts.Single().RunId.ShouldBe(run.Id);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_stopped()
    {
        await fixture.Store.PrepareAsync();
        var job = new TestJob("dbt", async (_, stop) =>
        {
            await Task.Delay(Timeout.Infinite, stop);
            return JobOutcome.Nothing;
        });
        var runner = fixture.Runner(job, new JobOptions { Timeout = TimeSpan.FromMinutes(5), Retries = 0 });

        var run = runner.TriggerAsync(RunTrigger.Schedule, default);
        while (!run.IsCompleted)
        {
            await Task.Delay(5);
            fixture.Time.Advance(TimeSpan.FromSeconds(30));
        }

        (await run)!.Status.ShouldBe(RunStatus.Failed);
        (await run)!.Error.ShouldBe("took longer than 00:05:00 (Jobs:dbt:Timeout)");
    }

    [Fact]
    public async Task Triggers_during_a_run_are_one_run_after_it()
    {
        await fixture.Store.PrepareAsync();
        var release = new TaskCompletionSource();
        var running = 0;
        var most = 0;
        var job = new TestJob("loader", async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await release.Task;
            Interlocked.Decrement(ref running);
            return JobOutcome.Nothing;
        });
        var runner = fixture.Runner(job);

        var first = runner.TriggerAsync(RunTrigger.Schedule, default);
        while (job.Runs == 0)
        {
            await Task.Delay(2);
        }

        var others = Enumerable.Range(0, 5).Select(_ => runner.TriggerAsync(RunTrigger.Schedule, default)).ToList();
        release.SetResult();
        await Task.WhenAll([first, .. others]);

        job.Runs.ShouldBe(2);
        most.ShouldBe(1);
    }

    [Fact]
    public async Task Two_processes_never_run_a_job_at_the_same_time()
    {
        await fixture.Store.PrepareAsync();
        var release = new TaskCompletionSource();
        var here = new TestJob("loader", async (_, _) =>
        {
            await release.Task;
            return JobOutcome.Nothing;
        });
        var there = new TestJob("loader", (_, _) => Task.FromResult(JobOutcome.Nothing));
        var first = fixture.Runner(here, owner: "a:1").TriggerAsync(RunTrigger.Schedule, default);
        while (here.Runs == 0)
        {
            await Task.Delay(2);
        }

        (await fixture.Runner(there, owner: "b:2").TriggerAsync(RunTrigger.Schedule, default)).ShouldBeNull();
        there.Runs.ShouldBe(0);

        release.SetResult();
        await first;
        (await fixture.Runner(there, owner: "b:2").TriggerAsync(RunTrigger.Schedule, default))!.Fence.ShouldBe(2);
    }

    [Fact]
    public async Task The_run_of_a_process_that_died_is_marked_as_lost_when_its_lease_has_ended()
    {
        await fixture.Store.PrepareAsync();
        var lease = await fixture.Store.AcquireAsync("loader", "dead:1", TimeSpan.FromSeconds(60));
        var id = await fixture.Store.StartAsync(new JobRun { Job = "loader", Owner = "dead:1", Status = RunStatus.Running, Fence = lease!.Fence, StartedAt = fixture.Time.GetUtcNow().UtcDateTime });

        await fixture.Store.PrepareAsync();
        (await fixture.Store.FindAsync(id))!.Status.ShouldBe(RunStatus.Running);

        fixture.Time.Advance(TimeSpan.FromSeconds(61));
        await fixture.Store.PrepareAsync();
        (await fixture.Store.FindAsync(id))!.Status.ShouldBe(RunStatus.Lost);
    }

    [Fact]
    public async Task What_a_killed_process_of_this_machine_held_is_free_at_once()
    {
        await fixture.Store.PrepareAsync();
        using var other = System.Diagnostics.Process.Start("sleep", "60");
        var owner = $"{Environment.MachineName}:{other.Id}:{(await File.ReadAllTextAsync($"/proc/{other.Id}/stat")).Split(' ')[21]}";
        var lease = await fixture.Store.AcquireAsync("loader", owner, TimeSpan.FromSeconds(60));
        var id = await fixture.Store.StartAsync(new JobRun { Job = "loader", Owner = owner, Status = RunStatus.Running, Fence = lease!.Fence, StartedAt = fixture.Time.GetUtcNow().UtcDateTime });
        await fixture.Store.PrepareAsync();
        (await fixture.Store.FindAsync(id))!.Status.ShouldBe(RunStatus.Running);

        other.Kill();
        await other.WaitForExitAsync();
        await fixture.Store.PrepareAsync();

        (await fixture.Store.FindAsync(id))!.Status.ShouldBe(RunStatus.Lost);
        (await fixture.Store.AcquireAsync("loader", "next:1", TimeSpan.FromSeconds(60)))!.Fence.ShouldBe(2);
    }

    [Fact]
    public async Task A_renewed_lease_is_kept_and_a_lost_one_is_not()
    {
        await fixture.Store.PrepareAsync();
        var first = (await fixture.Store.AcquireAsync("x", "a", TimeSpan.FromSeconds(60)))!;
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        (await fixture.Store.RenewAsync(first, TimeSpan.FromSeconds(60))).ShouldBeTrue();
        fixture.Time.Advance(TimeSpan.FromSeconds(50));
        (await fixture.Store.AcquireAsync("x", "b", TimeSpan.FromSeconds(60))).ShouldBeNull();

        fixture.Time.Advance(TimeSpan.FromSeconds(11));
        var second = (await fixture.Store.AcquireAsync("x", "b", TimeSpan.FromSeconds(60)))!;
        second.Fence.ShouldBe(first.Fence + 1);
        (await fixture.Store.RenewAsync(first, TimeSpan.FromSeconds(60))).ShouldBeFalse();
    }

    public void Dispose() => fixture.Dispose();
}
