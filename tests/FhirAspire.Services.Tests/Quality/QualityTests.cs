using System.ComponentModel.DataAnnotations;
using FhirAspire.DbtRunner.Quality;
using FhirAspire.Pipeline.Alerts;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Services.Tests.Quality;

public sealed class QualityTests : IAsyncLifetime
{
    private readonly List<AlertNotice> told = [];
    private PipelineFixture pipeline = null!;
    private OperationsStore store = null!;
    private AlertCenter alerts = null!;

    public async Task InitializeAsync()
    {
        pipeline = await PipelineFixture.StartAsync();
        var options = new RunStoreOptions { ConnectionString = Path.Combine(pipeline.Folder, "history.db") };
        await new RunStore(options, pipeline.Time).PrepareAsync();
        store = new OperationsStore(options);
        alerts = new AlertCenter(store, [new Channel(told)], new AlertOptions(), pipeline.Time, NullLogger<AlertCenter>.Instance);
        await ExecuteAsync("""
            create schema raw; create schema marts;
            create table raw.fhir_bundles (loaded_at timestamp);
            insert into raw.fhir_bundles values ('2026-01-02 03:00:00');
            create table marts.p (id varchar, birth date); create table marts.e (id varchar, patient varchar);
            insert into marts.p select 'p' || i, date '1970-01-01' from range(100) t(i);
            insert into marts.e select 'e' || i, 'p' || (i % 100) from range(1000) t(i)
            """);
    }

    public async Task DisposeAsync()
    {
        await alerts.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        await pipeline.DisposeAsync();
    }

    [Fact]
    public async Task Good_data_gives_results_of_every_kind_and_no_alert()
    {
        var results = await CheckAsync(1);
        results.ShouldAllBe(result => result.Status == QualityStatus.Ok);
        (await store.QualityAsync()).Select(result => result.Kind).Distinct().Order().ShouldBe(Enum.GetValues<QualityKind>());
        told.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nulls_orphans_and_old_data_are_bad_raise_an_alert_once_and_end_it_when_mended()
    {
        await ExecuteAsync("update marts.p set birth = null where id in ('p1', 'p2'); update marts.e set patient = 'nobody' where id = 'e7'");
        pipeline.Time.Advance(TimeSpan.FromHours(25));

        var bad = (await CheckAsync(1)).Where(result => result.Status == QualityStatus.Bad).ToList();
        await CheckAsync(2);

        bad.Select(result => (result.Kind, Math.Round(result.Value, 2))).ShouldBe([(QualityKind.NullShare, 0.02), (QualityKind.Orphans, 1), (QualityKind.Freshness, Math.Round((25 * 3600.0) + 245, 2))]);
        told.Count.ShouldBe(3);
        told.ShouldContain(notice => notice.Title == "Data quality, references of marts.e.patient -> marts.p.id: bad" && notice.Error == "1 rows refer to nothing");

        await ExecuteAsync("update marts.p set birth = '1970-01-01'; update marts.e set patient = 'p1' where id = 'e7'; insert into raw.fhir_bundles values ('2026-01-03 04:00:00')");
        await CheckAsync(3);
        told.Skip(3).ShouldAllBe(notice => notice.Kind == AlertKind.Recovered);
        told.Count.ShouldBe(6);
    }

    [Fact]
    public async Task Rows_that_vanish_are_flagged()
    {
        await CheckAsync(1);
        await ExecuteAsync("delete from marts.e where id like 'e1%'");
        (await CheckAsync(2)).Single(result => result.Status == QualityStatus.Anomaly).Message.ShouldContain("are gone");
    }

    [Fact]
    public async Task A_check_of_what_is_not_there_is_bad_and_the_others_are_made()
    {
        await ExecuteAsync("drop table marts.e");
        var results = await CheckAsync(1);
        results.Count(result => result.Status == QualityStatus.Bad).ShouldBe(2);
        results.Count.ShouldBe(5);
        results.First(result => result.Status == QualityStatus.Bad).Message.ShouldStartWith("could not be checked");
    }

    [Theory]
    [InlineData(new double[] { }, 5, null)]
    [InlineData(new double[] { 100 }, 94, "are gone")]
    [InlineData(new double[] { 100 }, 96, null)]
    [InlineData(new double[] { 100, 110, 120, 131, 140, 150, 161 }, 171, null)]
    [InlineData(new double[] { 100, 110, 120, 131, 140, 150, 161 }, 900, "new rows where")]
    [InlineData(new double[] { 0, 100000 }, 300000, null)]
    [InlineData(new double[] { 500, 500, 500, 500, 500, 500, 500 }, 505, null)]
    public void Growth_is_compared_with_earlier_growth(double[] earlier, double now, string? strange)
    {
        var found = RowTrend.Find(earlier, now, 0.05);
        if (strange is null)
        {
            found.ShouldBeNull();
        }
        else
        {
            found.ShouldNotBeNull().ShouldContain(strange);
        }
    }

    [Fact]
    public void Names_that_are_no_names_are_refused()
    {
        var options = new QualityOptions { CriticalColumns = { "marts.p.id; drop table x" }, References = { "a.b.c" }, Tables = { "x" } };
        options.Validate(new ValidationContext(options)).Count().ShouldBe(3);
    }

    private async Task<IReadOnlyList<QualityResult>> CheckAsync(long run)
    {
        var options = new QualityOptions { CriticalColumns = { "marts.p.id", "marts.p.birth=0.01" }, References = { "marts.e.patient -> marts.p.id" }, Tables = { "marts.e" } };
        var results = await new QualityChecker(pipeline.Warehouse, store, alerts, Options.Create(options), pipeline.Time, NullLogger<QualityChecker>.Instance).CheckAsync(run, default);
        await alerts.IdleAsync();
        return results;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var session = await pipeline.Warehouse.OpenAsync();
        await session.ExecuteAsync(sql);
    }

    private sealed class Channel(List<AlertNotice> told) : IAlertChannel
    {
        public string Name => "test";

        public Task SendAsync(AlertNotice notice, CancellationToken cancellationToken)
        {
            lock (told)
            {
                told.Add(notice);
            }

            return Task.CompletedTask;
        }
    }
}
