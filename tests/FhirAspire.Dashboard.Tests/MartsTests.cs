using DuckDB.NET.Data;
using FhirAspire.Dashboard.Analytics;
using FhirAspire.Dashboard.Components.Charts;
using FhirAspire.Dashboard.Marts;
using FhirAspire.Dashboard.State;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Tests;

public sealed class MartsTests : IDisposable
{
    private readonly MartsFixture fixture = new();
    private readonly MartsLibrary library;
    private readonly ChartService charts;

    public MartsTests()
    {
        var options = Options.Create(new DashboardOptions { MartsDir = fixture.Folder });
        library = new MartsLibrary(options, new ConfigurationBuilder().Build(), NullLogger<MartsLibrary>.Instance);
        charts = new ChartService(library, options);
    }

    public void Dispose()
    {
        library.Dispose();
        fixture.Dispose();
    }

    [Theory]
    [InlineData("copy (select 1) to '{0}/x.csv'")]
    [InlineData("copy (select 1) to '{0}/7/dim_patients.parquet.x'")]
    [InlineData("copy (select 1) to '{0}/7/dim_patients.parquet'")]
    [InlineData("select * from read_text('/etc/hostname')")]
    [InlineData("attach '{0}/x.db' as x")]
    [InlineData("set enable_external_access = true")]
    [InlineData("set allowed_paths = ['/etc/hostname']")]
    [InlineData("install httpfs")]
    public async Task The_readers_database_reaches_nothing_but_the_published_files(string sql)
    {
        var before = File.ReadAllBytes(Path.Combine(fixture.Folder, "7", "dim_patients.parquet"));
        var attempt = () => library.QueryAsync(null, string.Format(sql, fixture.Folder), null, 10, TimeSpan.FromSeconds(5));
        // Writing over a published file is what the guard in front is for; here it must at least leave the file readable or be refused.
        if (!sql.EndsWith("dim_patients.parquet'", StringComparison.Ordinal))
        {
            await attempt.ShouldThrowAsync<MartsException>();
            Directory.GetFiles(fixture.Folder, "*", SearchOption.AllDirectories).ShouldNotContain(file => file.EndsWith(".x", StringComparison.Ordinal) || file.EndsWith(".csv", StringComparison.Ordinal));
            File.ReadAllBytes(Path.Combine(fixture.Folder, "7", "dim_patients.parquet")).ShouldBe(before);
        }
        else
        {
            using var guard = new SqlGuard();
            Should.Throw<MartsException>(() => guard.Check(string.Format(sql, fixture.Folder), ["dim_patients"]));
        }
    }

    [Fact]
    public async Task Errors_of_the_database_show_no_path()
    {
        var failure = await Should.ThrowAsync<MartsException>(() => library.QueryAsync(null, $"select * from read_csv('{fixture.Folder}/x.csv')", null, 10, TimeSpan.FromSeconds(5)));
        failure.Message.ShouldNotContain(fixture.Folder);
    }

    [Fact]
    public async Task A_query_that_takes_too_long_is_stopped()
    {
        var failure = await Should.ThrowAsync<MartsException>(() => library.QueryAsync(null, "select count(*) from range(100000) as a, range(1000000) as b, range(10000) as c where a.range + b.range > c.range", null, 10, TimeSpan.FromSeconds(1)));
        failure.Code.ShouldBe("DB1004");
    }

    [Fact]
    public async Task Rows_are_cut_at_the_limit()
    {
        var result = await library.QueryAsync(null, "select * from range(100)", null, 10, TimeSpan.FromSeconds(5));
        result.Rows.Count.ShouldBe(10);
        result.IsCut.ShouldBeTrue();
    }

    [Fact]
    public async Task Every_chart_runs_with_every_kind_of_filter()
    {
        foreach (var query in new[] { "", "?age=40-65&sex=F&race=white&eth=nonhispanic&city=Boston&state=MA&alive=1&cond=59621000.!44054006&med=1", "?city=O'Hara" })
        {
            foreach (var chart in ChartCatalog.All)
            {
                var filter = AnalyticsFilter.Parse(query) with { Other = AnalyticsFilter.Parse("?cond=59621000") };
                await Should.NotThrowAsync(() => charts.RunAsync(chart, filter, 7), chart.Id + query);
            }
        }
    }

    [Fact]
    public async Task Blood_pressure_without_a_reading_is_its_own_part()
    {
        var r = await charts.RunAsync(ChartCatalog.Find("control")!, new AnalyticsFilter(), 7);
        var parts = Enumerable.Range(0, r.Rows.Count).Where(i => r.Text(i, "label") == "Blood pressure").ToDictionary(i => r.Text(i, "series")!, i => r.Count(i, "value"));
        parts.ShouldBe(new Dictionary<string, long> { ["controlled"] = 10, ["not controlled"] = 5, ["no reading (unknown)"] = 5 }, ignoreOrder: true);
    }

    [Fact]
    public async Task Marts_of_an_earlier_version_are_named_as_such_and_not_read_wrongly()
    {
        var path = Path.Combine(fixture.Folder, "7", "fct_observations.parquet");
        using (var connection = new DuckDBConnection("Data Source=:memory:"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = $"create table t as select * exclude (encounterclass) from '{path}'; copy t to '{path}' (format parquet)";
            command.ExecuteNonQuery();
        }

        (await Should.ThrowAsync<MartsException>(() => charts.RunAsync(ChartCatalog.Find("control")!, new AnalyticsFilter(), 7))).Code.ShouldBe("DB1007");
        // A person's own query is told what the database said.
        (await Should.ThrowAsync<MartsException>(() => library.QueryAsync(7, "select encounterclass from fct_observations", null, 10, TimeSpan.FromSeconds(30)))).Code.ShouldBe("DB1003");
        MartsErrors.LacksColumn("SQL compilation error: error line 3 at position 18\ninvalid identifier 'O.ENCOUNTERCLASS'").ShouldBeTrue();
        MartsErrors.LacksColumn("Parser Error: syntax error at or near \"column\"").ShouldBeFalse();
    }

    [Fact]
    public async Task Readmissions_are_stays_that_follow_within_thirty_days()
    {
        // 20 stays of 20 patients; 5 of them have another one 13 days after discharge.
        var r = await charts.RunAsync(ChartCatalog.Find("readmission")!, new AnalyticsFilter(), 7);
        var all = Enumerable.Range(0, r.Rows.Count).Single(i => r.Text(i, "label") == "all");
        r.Count(all, "n").ShouldBe(25);
        r.Count(all, "k").ShouldBe(5);
        r.Number(all, "value")!.Value.ShouldBe(0.2, 1e-9);
        r.Number(all, "low")!.Value.ShouldBe(0.0886, 1e-3);
        r.Number(all, "high")!.Value.ShouldBe(0.3913, 1e-3);
    }

    [Fact]
    public async Task Cost_is_encounters_and_medications_and_never_their_lines()
    {
        var r = await charts.RunAsync(ChartCatalog.Find("cost-by-payer")!, new AnalyticsFilter(), 7);
        r.Number(0, "value").ShouldBe((65 * 100) + 50);
    }

    [Fact]
    public async Task Mean_median_and_95th_percentile_stand_beside_every_sum_of_claims()
    {
        // 65 claims of encounters at 100 each and one of medications at 50, all of one payer.
        var byPayer = await charts.RunAsync(ChartCatalog.Find("cost-by-payer")!, new AnalyticsFilter(), 7);
        byPayer.Number(0, "mean_claim")!.Value.ShouldBe(6550 / 66.0, 1e-9);
        byPayer.Number(0, "median_claim").ShouldBe(100);
        byPayer.Number(0, "p95_claim").ShouldBe(100);
        foreach (var chart in ChartCatalog.All.Where(chart => chart.Spread is not null))
        {
            var r = await charts.RunAsync(chart, new AnalyticsFilter(), 7);
            foreach (var part in new[] { "mean", "median", "p95" })
            {
                r.Number(0, $"{part}_{chart.Spread}").ShouldNotBeNull(chart.Id);
            }
        }

        ChartCatalog.All.Count(chart => chart.Spread is not null).ShouldBe(4);
    }

    [Fact]
    public async Task Median_and_95th_percentile_of_a_month_are_of_all_persons_observed_in_it()
    {
        // All claims are of June; in July all 40 persons count as 0.
        var r = await charts.RunAsync(ChartCatalog.Find("cost-per-person")!, AnalyticsFilter.Parse("?from=2025-06-01&to=2025-08-31"), 7);
        r.Number(1, "median_person").ShouldBe(0);
        r.Number(1, "p95_person").ShouldBe(0);
        var own = await charts.QueryAsync("""
            with c as (select patient, sum(cost) as cost from (select patient, total_claim_cost as cost from fct_encounters union all select patient, base_cost from fct_medications) as x group by 1)
            select median(coalesce(c.cost, 0)) as middle, quantile_cont(cast(coalesce(c.cost, 0) as double), 0.95) as high from dim_patients as p left join c on c.patient = p.id
            """, 7);
        r.Number(0, "median_person").ShouldBe(own.Number(0, "middle"));
        r.Number(0, "p95_person").ShouldBe(own.Number(0, "high"));
        r.Number(0, "p95_person")!.Value.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_person_counts_by_the_share_of_a_month_in_which_they_are_observed()
    {
        // All 40 are observed until 2026-01-01: 40 person-months in June, and one day of 31 in January.
        var filter = AnalyticsFilter.Parse("?from=2025-06-01&to=2026-01-31");
        var r = await charts.RunAsync(ChartCatalog.Find("cost-per-person")!, filter, 7);
        r.Rows.Count.ShouldBe(8);
        r.Number(0, "person_months")!.Value.ShouldBe(40, 1e-9);
        r.Number(0, "value")!.Value.ShouldBe(((65 * 100) + 50) / 40.0, 1e-9);
        r.Number(7, "person_months")!.Value.ShouldBe(40 / 31.0, 1e-9);
        r.Number(7, "value").ShouldBe(0);
    }

    [Fact]
    public async Task A_survival_curve_may_end_with_the_death_of_all_and_says_who_is_in_both_cohorts()
    {
        var filter = AnalyticsFilter.Parse("?cond=59621000&sex=F") with { Other = AnalyticsFilter.Parse("?cond=59621000") };
        var r = await charts.RunAsync(ChartCatalog.Find("survival")!, filter, 7);
        r.Count(0, "overlap").ShouldBe(10);

        var dead = await charts.QueryAsync((await charts.SqlAsync(ChartCatalog.Find("survival")!, AnalyticsFilter.Parse("?cond=59621000"), 7)).Replace("p.is_deceased, min", "1 as is_deceased, min", StringComparison.Ordinal), 7);
        dead.Number(dead.Rows.Count - 1, "value").ShouldBe(0);
    }

    [Theory]
    [InlineData("?age=40-80", "Choose a condition")]
    [InlineData("?age=119-120", "Nobody to follow")]
    public async Task Of_a_cohort_of_nobody_no_condition_is_offered(string query, string title)
    {
        var services = RenderCounter.Services(new PipelineState(), new RunStore(new RunStoreOptions { ConnectionString = "none.db" }, TimeProvider.System), TimeProvider.System).AddSingleton(charts).BuildServiceProvider();
        await using var page = new RenderCounter(services);
        var html = await page.OpenAsync<ChartCard>(("Chart", ChartCatalog.Find("survival")!), ("Filter", AnalyticsFilter.Parse(query)), ("Run", 7L));
        html.ShouldContain(title);
        html.Contains("hypertension", StringComparison.OrdinalIgnoreCase).ShouldBe(title == "Choose a condition");
    }

    [Fact]
    public void A_spreadsheet_takes_no_text_of_a_file_for_a_formula()
    {
        var csv = Export.Csv(new ReaderResult([new ReaderColumn("a", "VARCHAR"), new ReaderColumn("b", "INTEGER")], [["=1+1", -5], ["x,\"y\"", null]], false, TimeSpan.Zero));
        csv.ShouldBe("a,b\r\n'=1+1,-5\r\n\"x,\"\"y\"\"\",\r\n");
    }
}
