using System.Globalization;
using FhirAspire.Dashboard.Analytics;
using FhirAspire.Dashboard.Marts;
using FhirAspire.Dashboard.Patients;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FhirAspire.Dashboard.Tests;

/// <summary>The charts on each database: one definition, the same rows.</summary>
public sealed class AnalyticsDialectTests : IDisposable
{
    private const string UpdateVariable = "UPDATE_GOLDEN";

    private static readonly string Golden = Path.Combine(TestEnvironment.RepositoryRoot, "tests", "FhirAspire.Dashboard.Tests", "SnowflakeGolden");

    // Functions, operators and forms of DuckDB and PostgreSQL that Snowflake has not, or that its emulators lack.
    private static readonly string[] Foreign = ["unnest", "generate_series", "filter (where", "arg_max", "quantile_", "median(", "date_sub(", "interval ", "to_years", "to_months", "to_days", "materialized", "bool_or", "rows unbounded", "age(", "::", "list_", "['", " // ", "strftime"];

    private static readonly string[] Filters = ["", "?age=20-65&sex=F&race=white&eth=nonhispanic&state=MA&alive=1&cond=59621000.!44054006", "?city=O'Hara", "?from=2024-11-15&to=2025-10-10"];

    // A machine that is busy with other things is no fault of a query.
    private static readonly IOptions<DashboardOptions> Patient = Options.Create(new DashboardOptions { ChartTimeout = TimeSpan.FromMinutes(2) });

    private readonly string folder = Directory.CreateTempSubdirectory("dashboard-dialects-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Every_chart_asks_of_Snowflake_what_its_golden_file_says()
    {
        var found = ChartCatalog.All.ToDictionary(chart => chart.Id + ".sql", chart => SqlBuilder.Tidy(chart.Sql(FilterOf(chart, Filters[1]), new Window(new DateOnly(2025, 1, 31), new DateOnly(2025, 12, 31)), AnalyticsDialect.Snowflake)) + "\n", StringComparer.Ordinal);
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            Directory.CreateDirectory(Golden);
            foreach (var (name, sql) in found)
            {
                File.WriteAllText(Path.Combine(Golden, name), sql);
            }
        }

        found.Keys.Order(StringComparer.Ordinal).ShouldBe(Directory.EnumerateFiles(Golden).Select(Path.GetFileName).OfType<string>().Order(StringComparer.Ordinal));
        foreach (var (name, sql) in found)
        {
            sql.ShouldBe(File.ReadAllText(Path.Combine(Golden, name)).ReplaceLineEndings("\n"), name);
            foreach (var word in Foreign)
            {
                sql.Contains(word, StringComparison.OrdinalIgnoreCase).ShouldBeFalse($"{name} has '{word}'");
            }
        }
    }

    [SkippableFact]
    public async Task Every_chart_has_the_same_rows_on_PostgreSQL_as_on_the_published_files()
    {
        VariedMarts.Publish(folder);
        using var files = Library(new DashboardOptions { MartsDir = folder });
        using var tables = await PostgresAsync();
        var here = new ChartService(files, Patient);
        var there = new ChartService(tables, Patient);
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var query in Filters)
        {
            foreach (var chart in ChartCatalog.All)
            {
                var filter = FilterOf(chart, query);
                var expected = await here.RunAsync(chart, filter, 7);
                var actual = await there.RunAsync(chart, filter, 7);
                actual.Columns.Select(column => column.Name).ShouldBe(expected.Columns.Select(column => column.Name), chart.Id);
                Comparable(actual).ShouldBe(Comparable(expected), $"{chart.Id} {query}");
                sizes[chart.Id] = Math.Max(sizes.GetValueOrDefault(chart.Id), expected.Rows.Count(row => row.Skip(1).Any(value => ReaderResult.ToDouble(value) > 0)));
            }
        }

        // Two empty answers would be equal too.
        sizes.Where(pair => pair.Value == 0).Select(pair => pair.Key).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Patients_are_found_and_read_the_same_on_PostgreSQL()
    {
        VariedMarts.Publish(folder);
        using var files = Library(new DashboardOptions { MartsDir = folder });
        using var tables = await PostgresAsync();
        var services = new ServiceCollection().BuildServiceProvider();
        var (here, there) = (Reader(files, services), Reader(tables, services));
        foreach (var text in new[] { "", "last1 boston", "o'hara", "p007", "1984-02" })
        {
            Comparable(await there.SearchAsync(text, 7)).ShouldBe(Comparable(await here.SearchAsync(text, 7)), text);
        }

        (await here.SearchAsync("last1 boston", 7)).Rows.Count.ShouldBeInRange(1, 49);
        var (a, b) = ((await here.ReadAsync("p007", 7))!, (await there.ReadAsync("p007", 7))!);
        foreach (var (left, right) in new[] { (a.Header, b.Header), (a.Encounters, b.Encounters), (a.Conditions, b.Conditions), (a.Medications, b.Medications), (a.Observations, b.Observations), (a.Immunizations, b.Immunizations), (a.Costs, b.Costs) })
        {
            left.Rows.Count.ShouldBeGreaterThan(0);
            Comparable(right).ShouldBe(Comparable(left));
        }

        (await there.ReadAsync("nobody", 7)).ShouldBeNull();
    }

    [SkippableTheory]
    [InlineData("create table marts.x (a integer)")]
    [InlineData("insert into dim_patients (id) values ('x')")]
    [InlineData("delete from dim_patients")]
    [InlineData("select 1; commit; drop table dim_patients")]
    [InlineData("select * from raw.secrets")]
    [InlineData("copy dim_patients to program 'true'")]
    public async Task PostgreSQL_itself_refuses_what_is_no_reading_of_the_marts(string sql)
    {
        using var library = await PostgresAsync();
        (await Should.ThrowAsync<MartsException>(() => library.QueryAsync(7, sql, null, 10, TimeSpan.FromSeconds(60)))).Code.ShouldBe("DB1003");
        (await library.QueryAsync(7, "select count(*) as n from dim_patients", null, 10, TimeSpan.FromSeconds(60))).Count(0, "n").ShouldBe(400);
    }

    [SkippableFact]
    public async Task Not_even_a_role_that_may_write_writes_by_a_query()
    {
        var server = await PostgresServer.RequireAsync();
        var database = await server.CreateDatabaseAsync();
        await VariedMarts.CopyAsync(database);
        using var library = await PostgresAsync(database);
        (await Should.ThrowAsync<MartsException>(() => library.QueryAsync(7, "delete from dim_patients", null, 10, TimeSpan.FromSeconds(60)))).Message.ShouldContain("read-only");
    }

    [SkippableFact]
    public async Task Tables_of_an_earlier_version_are_named_as_such()
    {
        var server = await PostgresServer.RequireAsync();
        var database = await server.CreateDatabaseAsync();
        var reader = await VariedMarts.CopyAsync(database);
        await using (var connection = new NpgsqlConnection(database))
        {
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("alter table marts.fct_observations drop column encounterclass", connection);
            await command.ExecuteNonQueryAsync();
        }

        using var library = await PostgresAsync(reader);
        (await Should.ThrowAsync<MartsException>(() => new ChartService(library, Patient).RunAsync(ChartCatalog.Find("control")!, new AnalyticsFilter(), 7))).Code.ShouldBe("DB1007");
    }

    [SkippableFact]
    public async Task On_PostgreSQL_rows_and_time_are_limited()
    {
        using var library = await PostgresAsync();
        var result = await library.QueryAsync(7, "select * from generate_series(1, 10000000) as g(a)", null, 10, TimeSpan.FromSeconds(60));
        (result.Rows.Count, result.IsCut).ShouldBe((10, true));
        var failure = await Should.ThrowAsync<MartsException>(() => library.QueryAsync(7, "select count(*) from generate_series(1, 1000000) as a, generate_series(1, 1000000) as b", null, 10, TimeSpan.FromSeconds(1)));
        failure.Code.ShouldBe("DB1004");
        library.Current!.Tables.ShouldContain("dim_patients");
        library.Current.Rows.ShouldBeGreaterThan(10_000);
    }

    [Theory]
    [InlineData("select pg_read_file('/etc/hostname')")]
    [InlineData("select set_config('statement_timeout', '0', false)")]
    [InlineData("select lo_import('/etc/hostname')")]
    [InlineData("select query_to_xml('select 1', true, true, '')")]
    [InlineData("select * from pg_catalog.pg_class")]
    [InlineData("select 1; drop table dim_patients")]
    public void The_guard_in_front_knows_what_PostgreSQL_brings_along(string sql)
    {
        using var guard = new SqlGuard();
        Should.Throw<MartsException>(() => guard.Check(sql, ["dim_patients"])).Code.ShouldBe("DB1002");
    }

    [Theory]
    [InlineData("")]
    [InlineData("?sex=F&race=white")]
    [InlineData("?from=2024-11-15&to=2025-10-10&cond=59621000")]
    public async Task Behind_a_mark_stand_as_many_patients_as_it_counts(string query)
    {
        VariedMarts.Publish(folder);
        using var files = Library(new DashboardOptions { MartsDir = folder });
        var charts = new ChartService(files, Patient);
        var patients = Reader(files, new ServiceCollection().BuildServiceProvider());
        var filter = AnalyticsFilter.Parse(query);
        var seen = 0;
        foreach (var chart in ChartCatalog.All.Where(chart => chart.Behind is not null))
        {
            var r = await charts.RunAsync(chart, filter, 7);
            foreach (var (mark, expected) in Enumerable.Range(0, r.Rows.Count).SelectMany(i => Marks(chart, r, i)).Where(pair => pair.Count > 0))
            {
                var behind = (await patients.BehindAsync(chart, mark, filter, 7)).ShouldNotBeNull($"{chart.Id} {mark}");
                behind.Count(0, "total").ShouldBe(expected, $"{chart.Id} {mark}");
                behind.Rows.Select(row => row[0]).Distinct().Count().ShouldBe((int)Math.Min(200, expected));
                seen++;
            }

            (await patients.BehindAsync(chart, chart.Id == "cities" ? "other places, each under 10" : "' or true --", filter, 7)).ShouldBeNull(chart.Id);
        }

        seen.ShouldBeGreaterThan(20);
        ChartCatalog.All.Where(chart => chart.Behind is not null).Select(chart => chart.Id).ShouldBe(["pyramid", "cities", "prevalence"]);
        (await patients.BehindAsync(ChartCatalog.Find("cities")!, "' or true --", filter, 7))!.Rows.Count.ShouldBe(0);

        static IEnumerable<(string Mark, long Count)> Marks(Chart chart, ReaderResult r, int i) => chart.Id switch
        {
            "pyramid" => [($"M:{r.Count(i, "band")}", r.Count(i, "men")), ($"F:{r.Count(i, "band")}", r.Count(i, "women"))],
            "cities" => r.Text(i, "label")!.StartsWith("other", StringComparison.Ordinal) ? [] : [(r.Text(i, "label")!, r.Count(i, "value"))],
            _ => [($"{r.Text(i, "code")}:{r.Text(i, "series")}", r.Count(i, "cases"))],
        };
    }

    private static PatientReader Reader(MartsLibrary library, IServiceProvider services) =>
        new(library, new ChartService(library, Patient), services, Patient);

    private static AnalyticsFilter FilterOf(Chart chart, string query)
    {
        var filter = AnalyticsFilter.Parse(query);
        return chart.View != "cohorts" ? filter : (filter.Conditions.Groups.Count > 0 ? filter : AnalyticsFilter.Parse("?cond=44054006")) with { Other = AnalyticsFilter.Parse("?cond=59621000") };
    }

    private static MartsLibrary Library(DashboardOptions options) => new(Options.Create(options), new ConfigurationBuilder().Build(), NullLogger<MartsLibrary>.Instance);

    private static async Task<MartsLibrary> PostgresAsync(string? connectionString = null)
    {
        var server = await PostgresServer.RequireAsync();
        var library = Library(new DashboardOptions { ReadFrom = MartsSource.Postgres, ReadConnectionString = connectionString ?? await VariedMarts.CopyAsync(await server.CreateDatabaseAsync()) });
        await library.FollowAsync(7, DateTime.UtcNow);
        library.Current.ShouldNotBeNull();
        return library;
    }

    // The order is a language's there, and the last digits of a sum are the database's own.
    private static List<string> Comparable(ReaderResult result) => [.. result.Rows.Select(row => string.Join('|', row.Select(value => value switch
    {
        null => "null",
        string text => text,
        DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        _ => ReaderResult.ToDouble(value) is { } number ? (Math.Round(number, 6) + 0.0).ToString("0.######", CultureInfo.InvariantCulture) : value.ToString(),
    }))).Order(StringComparer.Ordinal)];
}
