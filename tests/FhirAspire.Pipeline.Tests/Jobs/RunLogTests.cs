using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.Logging;

namespace FhirAspire.Pipeline.Tests.Jobs;

public sealed class RunLogTests : IDisposable
{
    private readonly JobFixture fixture = new();
    private readonly ILoggerFactory logs = LoggerFactory.Create(builder => builder.SetMinimumLevel(LogLevel.Information).AddProvider(new RunLogProvider()));

    [Fact]
    public async Task A_run_keeps_what_was_logged_in_it_and_nothing_else()
    {
        await fixture.Store.PrepareAsync();
        var logger = logs.CreateLogger("Loader");
        logger.LogInformation("before any run");
        var started = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var loader = fixture.Runner(new TestJob("loader", async (_, _) =>
        {
            await Task.WhenAll(Enumerable.Range(0, 3).Select(file => Task.Run(() => logger.LogInformation("file {File}", file))));
            logger.LogDebug("too fine");
            logger.LogWarning("a quarantined\0 file");
            started.SetResult();
            await goOn.Task;
            throw new InvalidOperationException("wrong SQL");
        }), logs: logs);

        var run = loader.TriggerAsync(RunTrigger.Manual, default);
        await started.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var other = await fixture.Runner(new TestJob("dbt", (_, _) =>
        {
            logger.LogInformation("of dbt");
            return Task.FromResult(TestJob.Work());
        }), logs: logs).TriggerAsync(RunTrigger.Manual, default);
        goOn.SetResult();
        var log = (await fixture.Store.FindAsync((await run)!.Id))!.Log!;

        log.ShouldContain("00:00:00.000 info file 0");
        log.ShouldContain("info file 2");
        log.ShouldContain("warn a quarantined\uFFFD file");
        log.ShouldContain("System.InvalidOperationException: wrong SQL");
        log.ShouldNotContain("too fine");
        log.ShouldNotContain("before any run");
        log.ShouldNotContain("of dbt");
        (await fixture.Store.FindAsync(other!.Id))!.Log!.ShouldContain("of dbt");
        (await fixture.Store.QueryAsync(new RunFilter())).ShouldAllBe(each => each.Log == null);
    }

    [Fact]
    public async Task Of_a_long_log_the_beginning_and_the_end_are_kept()
    {
        await fixture.Store.PrepareAsync();
        var logger = logs.CreateLogger("dbt");
        var run = await fixture.Runner(new TestJob("dbt", (_, _) =>
        {
            for (var line = 1; line <= 450; line++)
            {
                logger.LogInformation("line {Line}", line);
            }

            logger.LogInformation("{Long}", new string('x', 10 * RunLog.MaxLength));
            return Task.FromResult(TestJob.Work());
        }), logs: logs).TriggerAsync(RunTrigger.Manual, default);

        var lines = (await fixture.Store.FindAsync(run!.Id))!.Log!.Split('\n');

        lines.Length.ShouldBe((2 * RunLog.HalfLines) + 1);
        lines[0].ShouldEndWith("info line 1");
        lines[RunLog.HalfLines - 1].ShouldEndWith("line 200");
        lines[RunLog.HalfLines].ShouldBe("… 52 lines left out …");
        lines[^3].ShouldEndWith("line 450");
        lines[^2].ShouldEndWith("x …");
        lines[^2].Length.ShouldBe(RunLog.MaxLength + 2);
    }

    public void Dispose()
    {
        logs.Dispose();
        fixture.Dispose();
    }
}
