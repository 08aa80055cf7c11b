using FhirAspire.Dashboard.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.Tests;

public sealed class RunTraceTests
{
    private static readonly DateTime Noon = new(2026, 3, 2, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Waits_attempts_layers_and_nodes_follow_each_other()
    {
        var run = Run(RunStatus.Succeeded, 100, Attempt(1, 0, 10, "boom"), Attempt(2, 70, 100, null));
        var spans = RunTrace.Of(run, [Node("test.p.t1", "test", 90, 2, "pass"), Node("model.p.fct_x", "model", 80, 5), Node("model.p.stg_x", "model", 1, 3, "error"), Node("model.p.stg_y", "model", 71, 4)], Noon.AddHours(1));
        spans.Select(span => (span.Depth, span.Name, Seconds(span.Start), Seconds(span.End), span.State)).ShouldBe([
            (0, "dbt", -5, 100, SpanState.Good),
            (1, "waits for its turn", -5, 0, SpanState.Waiting),
            (1, "attempt 1", 0, 10, SpanState.Bad),
            (2, "staging", 1, 4, SpanState.Bad),
            (3, "stg_x", 1, 4, SpanState.Bad),
            (1, "waits for the next attempt", 10, 70, SpanState.Waiting),
            (1, "attempt 2", 70, 100, SpanState.Good),
            (2, "staging", 71, 75, SpanState.Good),
            (3, "stg_y", 71, 75, SpanState.Good),
            (2, "marts", 80, 85, SpanState.Good),
            (3, "fct_x", 80, 85, SpanState.Good),
            (2, "tests", 90, 92, SpanState.Good),
            (3, "t1", 90, 92, SpanState.Good),
        ]);
        spans.Single(span => span.Name == "attempt 1").Note.ShouldBe("boom");
    }

    [Fact]
    public void A_load_tells_what_it_spent_its_time_on()
    {
        var run = Run(RunStatus.Succeeded, 30, Attempt(1, 0, 30, null));
        run.Counts = new Dictionary<string, long> { ["files"] = 3, [RunPhases.CountOf(RunPhases.Reading)] = 9000, [RunPhases.CountOf(RunPhases.Listing)] = 2000, [RunPhases.CountOf(RunPhases.Writing)] = 15000, [RunPhases.CountOf(RunPhases.Committing)] = 1000 };
        RunTrace.Of(run, [], Noon).Where(span => span.Depth == 2).Select(span => (span.Name, Seconds(span.Start), Seconds(span.End))).ShouldBe([("listing", 0, 2), ("reading", 2, 11), ("writing", 11, 26), ("committing", 26, 27)]);
        // Counts of several attempts are more than the last one can hold.
        run.Counts[RunPhases.CountOf(RunPhases.Writing)] = 40000;
        RunTrace.Of(run, [], Noon).ShouldAllBe(span => span.Depth < 2);
    }

    [Fact]
    public void What_goes_on_ends_now()
    {
        var run = Run(RunStatus.Running, null, Attempt(1, 0, null, null));
        var spans = RunTrace.Of(run, [], Noon.AddSeconds(42));
        spans[0].ShouldBe(new RunSpan(0, "dbt", Noon.AddSeconds(-5), Noon.AddSeconds(42), SpanState.Running));
        spans[^1].ShouldBe(new RunSpan(1, "attempt 1", Noon, Noon.AddSeconds(42), SpanState.Running));
    }

    [Fact]
    public void An_attempt_that_a_lost_process_left_open_is_bad()
    {
        var run = Run(RunStatus.Lost, 30, Attempt(1, 0, null, null));
        RunTrace.Of(run, [], Noon.AddHours(9))[^1].ShouldBe(new RunSpan(1, "attempt 1", Noon, Noon.AddSeconds(30), SpanState.Bad));
    }

    [Fact]
    public void A_layer_shows_its_longest_nodes_and_never_hides_a_failed_one()
    {
        var nodes = Enumerable.Range(1, 40).Select(i => Node($"model.p.stg_{i:00}", "model", i, i)).Append(Node("model.p.stg_bad", "model", 0, 0.1, "error")).ToList();
        var spans = RunTrace.Of(Run(RunStatus.Failed, 100, Attempt(1, 0, 100, "x")), nodes, Noon);
        var shown = spans.Where(span => span.Depth == 3).Select(span => span.Name).ToList();
        shown.ShouldBe(["stg_bad", .. Enumerable.Range(30, 11).Select(i => $"stg_{i}")]);
        spans.Single(span => span.Name == "staging").Note.ShouldBe("41 nodes, 820.1 s added up, 1 failed; the 12 longest are shown");
    }

    [Fact]
    public void Of_a_run_without_attempts_the_nodes_stand_under_the_run()
    {
        RunTrace.Of(Run(RunStatus.Succeeded, 10), [Node("model.p.dim_x", "model", 1, 2)], Noon).Select(span => (span.Depth, span.Name)).ShouldBe([(0, "dbt"), (1, "waits for its turn"), (1, "marts"), (2, "dim_x")]);
    }

    private static double Seconds(DateTime at) => (at - Noon).TotalSeconds;

    private static JobRun Run(RunStatus status, double? end, params JobAttempt[] attempts) => new()
    {
        Id = 1,
        Job = "dbt",
        Owner = "host:1",
        Status = status,
        QueuedAt = Noon.AddSeconds(-5),
        StartedAt = Noon,
        FinishedAt = end is { } seconds ? Noon.AddSeconds(seconds) : null,
        AttemptLog = [.. attempts],
    };

    private static JobAttempt Attempt(int number, double start, double? end, string? error) =>
        new() { Number = number, StartedAt = Noon.AddSeconds(start), FinishedAt = end is { } seconds ? Noon.AddSeconds(seconds) : null, Error = error };

    private static NodeRun Node(string id, string kind, double start, double seconds, string status = "success") =>
        new() { UniqueId = id, Kind = kind, Status = status, StartedAt = Noon.AddSeconds(start), Seconds = seconds };
}
