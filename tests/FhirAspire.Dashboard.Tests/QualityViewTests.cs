using System.Text;
using FhirAspire.Dashboard.Operations;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.Tests;

public sealed class QualityViewTests
{
    private static readonly DateTime Noon = new(2026, 3, 2, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Checks_of_the_newest_run_come_with_what_they_found_before()
    {
        var view = QualityReader.Build(
            [Rows(7, "marts.fct_encounters", 120), Rows(7, "staging.stg_encounters", 125), Rows(7, "marts.dim_payer", 10), Rows(5, "marts.fct_encounters", 100), Rows(5, "marts.gone", 1)], []);
        view.CheckRun.ShouldBe(7);
        view.Checks.Select(check => check.Target).ShouldBe(["marts.fct_encounters", "staging.stg_encounters", "marts.dim_payer"]);
        view.Checks[0].History.Select(point => (point.RunId, point.Value)).ShouldBe([(5, 100.0), (7, 120.0)]);
        var encounters = view.Rows.Single(entity => entity.Name == "encounters");
        encounters.Missing.ShouldBe(5);
        view.Rows.Single(entity => entity.Name == "payer").Missing.ShouldBeNull();
    }

    [Fact]
    public void What_is_bad_stands_first()
    {
        var view = QualityReader.Build([Share("a", 0.4, QualityStatus.Ok), Share("b", 0.01, QualityStatus.Bad), Share("c", 0.2, QualityStatus.Bad)], []);
        view.Of(QualityKind.NullShare).Select(check => check.Target).ShouldBe(["c", "b", "a"]);
        view.Of(QualityKind.Orphans).ShouldBeEmpty();
    }

    [Fact]
    public void Tests_are_counted_by_run_and_those_that_fail_now_stand_first()
    {
        var view = QualityReader.Build([], [Test(3, "x", "pass"), Test(3, "y", "fail"), Test(3, "z", "warn"), Test(2, "x", "fail"), Test(2, "y", "pass"), Test(2, "z", "skipped"), Test(1, "x", "fail")]);
        view.TestRuns.Select(run => (run.RunId, run.Passed, run.Warned, run.Failed, run.Skipped)).ShouldBe([(1, 0, 0, 1, 0), (2, 1, 0, 1, 1), (3, 1, 1, 1, 0)]);
        view.Failing.Select(test => (test.UniqueId, test.Times, test.Runs, test.LastFailed, test.FailsNow)).ShouldBe([("test.p.y", 1, 2, 3, true), ("test.p.x", 2, 3, 2, false)]);
    }

    [Theory]
    [InlineData("0123456789", "", null, "line 1, byte 4 (byte 4 of 10)", "0123", "456789")]
    [InlineData("ab\ncd", "", null, "line 2, byte 1 (byte 4 of 5)", "ab\nc", "d")]
    [InlineData("""{"a":1}""", "#2", 2, "line 2, byte 3", "", "")]
    [InlineData("first\nsecond\nthird", "#2", 2, "line 2, byte 3", "sec", "ond")]
    [InlineData("short", "", null, "no place at all", "", "short")]
    [InlineData("short", "", null, "byte 99", "short", "")]
    public async Task The_text_is_cut_at_the_place(string text, string suffix, int? line, string place, string before, string after)
    {
        QuarantinedFileReader.Split("raw/a.ndjson" + suffix).ShouldBe(("raw/a.ndjson", line));
        var cut = await QuarantinedFileReader.CutAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), line, place, default);
        (cut.Before, cut.After).ShouldBe((before, after));
        cut.IsCutBefore.ShouldBeFalse();
        cut.IsCutAfter.ShouldBeFalse();
    }

    [Fact]
    public async Task Only_a_piece_of_a_large_file_is_read()
    {
        var cut = await QuarantinedFileReader.CutAsync(new MemoryStream(Encoding.UTF8.GetBytes(new string('a', 50_000) + "X" + new string('b', 50_000))), null, "line 1, byte 50000 (byte 50000 of 100001)", default);
        cut.Before.ShouldBe(new string('a', QuarantinedFileReader.Around));
        cut.After.ShouldStartWith("Xb");
        cut.From.ShouldBe(50_000 - QuarantinedFileReader.Around);
        (cut.IsCutBefore, cut.IsCutAfter).ShouldBe((true, true));
    }

    [Fact]
    public void No_name_stands_in_the_address_of_a_file()
    {
        var id = QuarantinedFileReader.IdOf("raw/patients/2026-03-02/Ardell_Lueilwitz_1.json");
        id.ShouldMatch("^[0-9a-f]{16}$");
        id.ShouldNotBe(QuarantinedFileReader.IdOf("raw/patients/2026-03-02/Ardell_Lueilwitz_2.json"));
    }

    private static QualityResult Rows(long run, string target, double value) => new() { RunId = run, CheckedAt = Noon.AddMinutes(run), Kind = QualityKind.RowCount, Target = target, Value = value };

    private static QualityResult Share(string target, double value, QualityStatus status) => new() { RunId = 1, CheckedAt = Noon, Kind = QualityKind.NullShare, Target = target, Value = value, Limit = 0, Status = status };

    private static NodeRun Test(long run, string name, string status) => new() { RunId = run, UniqueId = $"test.p.{name}", Kind = "test", Status = status, StartedAt = Noon.AddMinutes(run) };
}
