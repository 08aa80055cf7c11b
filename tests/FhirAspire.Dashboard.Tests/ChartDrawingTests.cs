using FhirAspire.Dashboard.Analytics;
using FhirAspire.Dashboard.Components.Charts;
using FhirAspire.Dashboard.Formatting;
using FhirAspire.Dashboard.Marts;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace FhirAspire.Dashboard.Tests;

public sealed class ChartDrawingTests
{
    [Fact]
    public async Task Days_that_no_stay_has_are_empty_columns_in_their_place()
    {
        var html = await DrawAsync<ColumnChart>("length-of-stay", Rows(["label", "value"], [" 1", 2L], [" 4", 2L], ["15 and more", 1L]));
        Count(html, "class=\"column-name").ShouldBe(15);
        html.ShouldContain("stays</p>");
        html.ShouldContain("days</p>");
    }

    [Fact]
    public async Task What_a_rate_was_made_of_stands_apart_from_it()
    {
        var html = await DrawAsync<DotChart>("immunizations", Rows(["label", "n", "k", "value", "low", "high"], ["influenza", 63L, 52L, 0.825, 0.71, 0.9], ["MMR", 2L, 1L, null, null, null]));
        html.ShouldContain("82.5 % <span");
        html.ShouldContain("too few <span");
    }

    [Fact]
    public async Task The_steps_of_a_heat_table_stand_apart_from_their_words() =>
        (await DrawAsync<HeatTable>("prevalence", Rows(["label", "series", "code", "value", "cases", "n", "all_cases"], ["Anemia", "18-39", "1", 150.0, 3L, 20L, 17L]))).ShouldContain("age band: <span");

    [Fact]
    public void The_long_id_of_a_folder_is_cut_where_many_runs_are_listed()
    {
        Format.ShortIds("3 files, 2026-11-27/213531578_e0037148-d8f4-875c-a2a6-cb96d85558f0").ShouldBe("3 files, 2026-11-27/213531578_e0037148…");
        Format.ShortIds(null).ShouldBe("");
    }

    [Fact]
    public async Task A_month_that_the_window_cuts_is_marked_and_a_whole_one_is_not()
    {
        var rows = Rows(["label", "series", "value"], ["2025-11-01", "outpatient", 1.0], ["2025-12-01", "outpatient", 9.0]);
        var html = await DrawAsync<ColumnChart>("cost-by-month", rows, new Window(new DateOnly(2025, 11, 28), new DateOnly(2025, 12, 31)));
        Count(html, "class=\"column cut\"").ShouldBe(1);
        html.ShouldContain("month cut by the window");
        (await DrawAsync<ColumnChart>("cost-by-month", rows, new Window(new DateOnly(2025, 11, 1), new DateOnly(2025, 12, 31)))).ShouldNotContain("cut");
    }

    [Fact]
    public async Task What_stands_for_the_rest_comes_last_and_gives_no_chart_its_title()
    {
        var rows = Rows(["label", "value"], ["other places, each under 10", 113L], ["Boston", 29L]);
        var html = await DrawAsync<BarChart>("cities", rows);
        html.IndexOf("Boston", StringComparison.Ordinal).ShouldBeLessThan(html.IndexOf("other places", StringComparison.Ordinal));
        ChartCatalog.Find("cities")!.Finding(rows).ShouldBe("Boston has most: 29 of 142 patients");
    }

    [Fact]
    public void Cohorts_do_not_differ_most_in_what_they_were_chosen_by() =>
        ChartCatalog.Find("profile")!.Finding(Rows(["label", "a", "b"], ["women", 1.0, 0.0], ["Anemia (disorder)", 0.3, 0.1])).ShouldBe("They differ most in: Anemia");

    [Fact]
    public async Task The_unit_of_three_numbers_is_said_once() =>
        (await DrawAsync<BarChart>("cost-by-payer", Rows(["label", "value", "mean_claim", "median_claim", "p95_claim"], ["Medicare", 258_844.0, 406.35, 255.0, 1692.0]))).ShouldContain("a claim: mean 406.35, median 255.00, p95 1,692 USD");

    private static int Count(string text, string part) => text.Split(part).Length - 1;

    private static ReaderResult Rows(string[] columns, params object?[][] rows) => new([.. columns.Select(name => new ReaderColumn(name, "varchar"))], rows, false, TimeSpan.Zero);

    private static async Task<string> DrawAsync<T>(string chart, ReaderResult rows, Window? window = null)
        where T : IComponent
    {
        await using var renderer = new HtmlRenderer(new ServiceCollection().BuildServiceProvider(), NullLoggerFactory.Instance);
        var given = new Dictionary<string, object?> { ["Result"] = rows, ["Chart"] = ChartCatalog.Find(chart) };
        if (window is not null)
        {
            given["Window"] = window;
        }

        return await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<T>(ParameterView.FromDictionary(given))).ToHtmlString());
    }
}
