using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Tests;

namespace FhirAspire.Pipeline.Tests.Jobs;

/// <summary>The disk of the run history is really full (a small tmpfs).</summary>
public sealed class HistoryDiskFullTests
{
    [SkippableFact]
    public async Task People_are_told_the_run_that_works_ends_and_the_history_goes_on_when_there_is_room()
    {
        using var disk = SmallDisk.Mount(2);
        using var fixture = new JobFixture(disk.Path);
        await fixture.Store.PrepareAsync();
        var job = new TestJob("loader", (context, _) =>
        {
            if (context.RunId == 1)
            {
                disk.Fill(left: 0);
            }

            return Task.FromResult(TestJob.Work());
        });
        var runner = fixture.Runner(job);

        // Its work is done; only its end can't be written.
        var first = await runner.TriggerAsync(RunTrigger.Manual, default);
        first!.Status.ShouldBe(RunStatus.Succeeded);
        await fixture.Center.IdleAsync();
        fixture.Alerts.ShouldContain(notice => notice.Key == "history:loader" && notice.Kind == AlertKind.Failed);

        // Now none can start, and that is an error too.
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        await Should.ThrowAsync<Exception>(() => runner.TriggerAsync(RunTrigger.Manual, default));
        job.Runs.ShouldBe(1);

        disk.Empty();
        fixture.Time.Advance(TimeSpan.FromMinutes(2));
        var next = await runner.TriggerAsync(RunTrigger.Manual, default);
        next!.Status.ShouldBe(RunStatus.Succeeded);
        (await fixture.Store.QueryAsync(new RunFilter())).Select(run => run.Status).ShouldBe([RunStatus.Succeeded, RunStatus.Lost]);
    }
}
