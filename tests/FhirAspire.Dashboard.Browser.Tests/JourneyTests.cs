using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FhirAspire.Dashboard.Browser.Tests;

[Collection(OnePipeline.Name)]
public sealed class JourneyTests(RunningPipeline pipeline)
{
    [SkippableFact]
    public async Task The_cause_of_a_failed_run_is_found_and_the_run_is_retried()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("runs?state=failed");
        await open.Main.GetByRole(AriaRole.Link, new() { Name = "failed" }).Last.ClickAsync();
        await Expect(open.Main.GetByRole(AriaRole.Heading, new() { Name = "Cause" })).ToBeVisibleAsync();
        await Expect(open.Main).ToContainTextAsync("fct_of_nothing");
        await Expect(open.Main).ToContainTextAsync("no_such_column");
        // The line under the heading alone says what to mend, and leads there.
        await Expect(open.Main.Locator(".cause-line")).ToContainTextAsync(new Regex(@"^DBT\d+ fct_of_nothing: .*no_such_column", RegexOptions.None, TimeSpan.FromSeconds(1)));

        await open.Main.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(open.Page.GetByRole(AriaRole.Alertdialog)).ToContainTextAsync("audit log");
        await open.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(open.Main.GetByRole(AriaRole.Status)).Not.ToBeEmptyAsync();

        await open.GoAsync("settings");
        await Expect(open.Main).ToContainTextAsync(new Regex("run.*dbt", RegexOptions.None, TimeSpan.FromSeconds(1)));
        open.Complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_quarantined_file_is_looked_at_and_read_again()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("quality?tab=quarantine");
        await open.Main.GetByRole(AriaRole.Link, new() { Name = RunningPipeline.BrokenFile }).ClickAsync();
        await Expect(open.Main.Locator("pre.excerpt")).ToContainTextAsync("\"resourceType\":\"Patient\"");
        open.Page.Url.ShouldNotContain("broken");

        await open.Main.GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await open.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Retry" }).ClickAsync();
        await Expect(open.Main.GetByRole(AriaRole.Status)).ToContainTextAsync("still bad", new() { Timeout = 60_000 });

        await open.GoAsync("settings");
        await Expect(open.Main).ToContainTextAsync("view file");
        await Expect(open.Main).ToContainTextAsync("retry files");
        open.Complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_model_is_searched_chosen_and_traced_and_the_address_brings_it_back()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("models");
        var all = await open.Main.Locator(".lineage-node").CountAsync();
        await open.Main.GetByRole(AriaRole.Searchbox).FillAsync("fct_proc");
        await Expect(open.Main.Locator(".lineage-node.is-marked")).ToHaveCountAsync(1);
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(open.Page).ToHaveURLAsync(new Regex("focus=fct_procedures", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(open.Main.Locator(".lineage-node.is-focus")).ToHaveCountAsync(1);
        (await open.Main.Locator(".lineage-node.is-up").CountAsync()).ShouldBeInRange(2, all - 2);

        await open.Main.GetByRole(AriaRole.Link, new() { Name = "fed by, 1 step" }).ClickAsync();
        await Expect(open.Page).ToHaveURLAsync(new Regex("up=1", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(open.Main.Locator(".chip.on[aria-label='fed by, 1 step']")).ToHaveCountAsync(1);
        var near = await open.Main.Locator(".lineage-node").CountAsync();
        await open.Page.ReloadAsync();
        await open.SettleAsync();
        (await open.Main.Locator(".lineage-node").CountAsync()).ShouldBe(near);

        var before = (await open.Main.Locator(".lineage svg").BoundingBoxAsync())!.Width;
        await open.Main.GetByRole(AriaRole.Button, new() { Name = "Zoom in" }).ClickAsync();
        await Expect(open.Main.GetByRole(AriaRole.Button, new() { Name = "100 %" })).ToBeVisibleAsync();
        (await open.Main.Locator(".lineage svg").BoundingBoxAsync())!.Width.ShouldBeGreaterThan((float)before);
        open.Complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task The_sql_of_a_model_and_the_log_stand_on_the_page_of_a_run()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync($"runs/{await RunWithLogAsync(open)}");
        await Expect(open.Main.Locator(".runlog li").First).ToBeVisibleAsync();
        await open.Main.GetByRole(AriaRole.Button, new() { Name = "SQL of fct_encounters" }).ClickAsync();
        await Expect(open.Main.Locator(".node-sql pre")).ToContainTextAsync("select");
        await open.Main.GetByRole(AriaRole.Searchbox).FillAsync("no line has this");
        await Expect(open.Main.Locator(".runlog li")).ToHaveCountAsync(0);
        open.Complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_cohort_is_built_and_its_address_brings_it_back()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("analytics/cohorts");
        var shown = open.Main.Locator(".cohort-size").First;
        await Expect(shown).ToHaveTextAsync(new Regex(@"\d+ of \d+ patients", RegexOptions.None, TimeSpan.FromSeconds(1)));
        var everybody = await shown.InnerTextAsync();
        await open.Main.Locator(".adder select").First.SelectOptionAsync(new SelectOptionValue { Label = "sex" });
        await open.Main.Locator(".adder select").Nth(1).SelectOptionAsync("F");
        await Expect(open.Page).ToHaveURLAsync(new Regex("a\\.sex=F", RegexOptions.None, TimeSpan.FromSeconds(1)));
        // The address changes before the size of the new cohort is read.
        await Expect(shown).Not.ToHaveTextAsync(everybody, new() { UseInnerText = true });
        await Expect(shown).ToHaveTextAsync(new Regex(@"\d+ of \d+ patients", RegexOptions.None, TimeSpan.FromSeconds(1)));
        var size = await shown.InnerTextAsync();

        await open.Page.ReloadAsync();
        await Expect(shown).ToHaveTextAsync(size, new() { UseInnerText = true });
    }

    [SkippableFact]
    public async Task A_filter_with_a_negation_is_typed_and_what_cannot_be_read_is_told()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("analytics/cost");
        await open.Main.Locator(".adder select").First.SelectOptionAsync(new SelectOptionValue { Value = "typed" });
        var box = open.Main.Locator(".adder input[type=text]");
        await box.FillAsync("colour=red");
        await box.PressAsync("Enter");
        await Expect(open.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync("colour=red");
        await box.FillAsync("59621000.!44054006");
        await box.PressAsync("Enter");
        await Expect(open.Page).ToHaveURLAsync(new Regex("cond=59621000\\.!44054006", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(open.Main.GetByRole(AriaRole.Button, new() { Name = "Remove the filter not " })).ToHaveCountAsync(1);
        await Expect(open.Main.GetByRole(AriaRole.Button, new() { Name = "Remove the filter " })).ToHaveCountAsync(2);
    }

    [SkippableFact]
    public async Task A_patient_is_found_by_name_and_no_name_stands_in_the_address()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("patients");
        var name = await open.Main.Locator("a[href*='patients/']").First.InnerTextAsync();
        await open.Main.GetByRole(AriaRole.Textbox).FillAsync(name);
        await open.Main.GetByRole(AriaRole.Button, new() { Name = "Search" }).ClickAsync();
        await Expect(open.Main.Locator("a[href*='patients/']")).ToHaveCountAsync(1);
        await open.Main.Locator("a[href*='patients/']").ClickAsync();
        await Expect(open.Main.Locator("svg.life")).ToBeVisibleAsync();
        open.Page.Url.ShouldNotContain(name.Split(' ')[0]);
        (await open.Page.TitleAsync()).ShouldNotContain(name.Split(' ')[0]);
        open.Complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task The_patients_behind_a_mark_are_listed_and_one_of_them_is_opened()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("analytics/population");
        var mark = open.Main.Locator("svg a[href*='chart=pyramid']").First;
        var count = Regex.Match((await mark.GetAttributeAsync("aria-label"))!, @": (?<n>\d+) ", RegexOptions.None, TimeSpan.FromSeconds(1)).Groups["n"].Value;
        await mark.ClickAsync();
        await Expect(open.Main.Locator(".answer")).ToContainTextAsync($"{count} patient");
        await Expect(open.Main.Locator("tbody tr")).ToHaveCountAsync(int.Parse(count, System.Globalization.CultureInfo.InvariantCulture));
        await open.Main.Locator("td a[href^='patients/']").First.ClickAsync();
        await Expect(open.Main.Locator("svg.life")).ToBeVisibleAsync();
        open.Complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_query_is_answered_and_a_write_is_refused_with_its_reason()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("sql");
        await open.Main.Locator("#sql").FillAsync("select gender, count(*) as patients from dim_patients group by 1 order by 1");
        await open.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(open.Main.GetByRole(AriaRole.Cell, new() { Name = "F", Exact = true })).ToBeVisibleAsync();

        await open.Main.Locator("#sql").FillAsync("drop table dim_patients");
        await open.Page.Keyboard.PressAsync("Control+Enter");
        await Expect(open.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync("only one SELECT");
    }

    [SkippableFact]
    public async Task Everything_is_reached_by_keyboard()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("");
        await open.Page.Keyboard.PressAsync("Tab");
        (await Focused(open)).ShouldBe("Skip to content");

        await open.Page.Keyboard.PressAsync("g");
        await open.Page.Keyboard.PressAsync("r");
        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("Runs");

        await open.Page.Keyboard.PressAsync("Control+k");
        await open.Page.Keyboard.TypeAsync("quarantine");
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(open.Page.Locator("h1")).ToHaveTextAsync("Quality");

        await open.GoAsync("");
        var pause = open.Main.GetByRole(AriaRole.Button, new() { Name = "Pause: Loader" });
        await pause.FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        await Expect(open.Page.GetByRole(AriaRole.Alertdialog)).ToBeVisibleAsync();
        await Expect(open.Page.GetByRole(AriaRole.Alertdialog).GetByRole(AriaRole.Button, new() { Name = "Pause", Exact = true })).ToBeFocusedAsync();
        await open.Page.Keyboard.PressAsync("Escape");
        await Expect(open.Page.GetByRole(AriaRole.Alertdialog)).ToHaveCountAsync(0);
        await Expect(pause).ToBeFocusedAsync();
        await pause.FocusAsync();
        (await open.Page.EvaluateAsync<string>("() => getComputedStyle(document.activeElement).outlineStyle")).ShouldBe("solid");
    }

    [SkippableFact]
    public async Task A_dialog_keeps_the_keys_to_itself_and_gives_the_focus_back()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("quality?tab=quarantine");
        var retry = open.Main.GetByRole(AriaRole.Button, new() { Name = $"Retry {RunningPipeline.BrokenFile}" });
        await retry.FocusAsync();
        await open.Page.Keyboard.PressAsync("Enter");
        var dialog = open.Page.GetByRole(AriaRole.Alertdialog);
        var (leave, deed) = (dialog.GetByRole(AriaRole.Button, new() { Name = "Leave it" }), dialog.GetByRole(AriaRole.Button, new() { Name = "Retry", Exact = true }));
        await Expect(deed).ToBeFocusedAsync();
        await open.Page.Keyboard.PressAsync("Tab");
        await Expect(leave).ToBeFocusedAsync();
        await open.Page.Keyboard.PressAsync("Shift+Tab");
        await Expect(deed).ToBeFocusedAsync();
        await open.Page.Keyboard.PressAsync("Tab");
        await open.Page.Keyboard.PressAsync("Tab");
        await Expect(deed).ToBeFocusedAsync();
        // A click on the text takes the focus away, and Escape still leaves.
        await dialog.GetByRole(AriaRole.Heading).ClickAsync();
        await open.Page.Keyboard.PressAsync("Escape");
        await Expect(dialog).ToHaveCountAsync(0);
        await Expect(retry).ToBeFocusedAsync();
    }

    [SkippableFact]
    public async Task Days_are_written_alike_in_every_language_of_the_browser_and_a_wrong_one_is_told()
    {
        await using var open = await OpenPage.NewAsync(pipeline, locale: "de-DE", timezone: "Pacific/Auckland");
        await open.GoAsync("analytics/cost");
        var from = open.Main.GetByLabel("from", new() { Exact = true });
        (await from.InputValueAsync()).ShouldMatch(@"^\d{4}-\d{2}-\d{2}$");
        await from.FillAsync("31.01.2024");
        await from.PressAsync("Enter");
        await Expect(open.Main.GetByRole(AriaRole.Alert)).ToContainTextAsync("write it as 2026-01-31");
        await from.FillAsync("2024-1-31");
        await from.PressAsync("Enter");
        await Expect(open.Page).ToHaveURLAsync(new Regex("from=2024-01-31", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(from).ToHaveValueAsync("2024-01-31");
        // What the calendar chooses is written where it would be typed.
        await open.Main.Locator("[data-pick=to]").ClickAsync();
        await open.Main.Locator("input[type=date]").Last.EvaluateAsync("box => { box.value = '2024-03-05'; box.dispatchEvent(new Event('change')); }");
        await Expect(open.Page).ToHaveURLAsync(new Regex("to=2024-03-05", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(open.Main.GetByRole(AriaRole.Alert)).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task Times_are_in_the_readers_zone_from_the_first_page_on_and_can_be_changed_to_UTC()
    {
        await using var open = await OpenPage.NewAsync(pipeline, timezone: "Asia/Kolkata");
        await open.GoAsync("runs");
        var change = open.Page.Locator(".zone-switch");
        await Expect(change).ToHaveTextAsync("UTC+5:30");
        var cell = open.Main.Locator("td[title$=UTC]").First;
        var utc = DateTime.Parse((await cell.GetAttributeAsync("title"))!.Replace(" UTC", "Z", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal);
        (await cell.InnerTextAsync()).ShouldContain(utc.AddHours(5.5).ToString("HH:mm", System.Globalization.CultureInfo.InvariantCulture));
        await change.ClickAsync();
        await open.SettleAsync();
        await Expect(change).ToHaveTextAsync("UTC");
        await open.GoAsync("settings");
        await Expect(open.Main).ToContainTextAsync("Pages write times in UTC");
        open.Complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Survival_offers_the_conditions_that_can_be_followed()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("analytics/cohorts?a.sex=F&b.sex=M");
        await open.Main.Locator(".begin a").First.ClickAsync();
        await Expect(open.Page).ToHaveURLAsync(new Regex(@"a\.cond=\d+.*b\.cond=\d+", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Expect(open.Main.GetByText("at risk").First).ToBeVisibleAsync();
        open.Complaints.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task The_theme_is_switched_and_remembered()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("");
        await open.Page.GetByRole(AriaRole.Button, new() { Name = "Light or dark theme" }).ClickAsync();
        await open.GoAsync("runs");
        (await open.Page.EvaluateAsync<string>("() => document.documentElement.dataset.theme")).ShouldBe("dark");
    }

    [SkippableFact]
    public async Task An_open_page_follows_the_pipeline_without_a_reload()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("");
        var before = await open.Main.Locator(".flow-node").First.InnerTextAsync();
        await Expect(open.Main.Locator(".flow-node").First).Not.ToHaveTextAsync(before, new() { UseInnerText = true });
    }

    // The host's own first dbt run: commands log less than a host does.
    private async Task<long> RunWithLogAsync(OpenPage open)
    {
        for (var until = DateTime.UtcNow.AddSeconds(90); DateTime.UtcNow < until; await Task.Delay(500))
        {
            foreach (var run in JsonDocument.Parse(await GetAsync("runs?job=dbt&status=succeeded")).RootElement.EnumerateArray().Select(run => run.GetProperty("id").GetInt64()))
            {
                using var found = JsonDocument.Parse(await GetAsync($"runs/{run}"));
                if (found.RootElement.GetProperty("run").GetProperty("log").ValueKind == JsonValueKind.String && found.RootElement.GetProperty("nodes").GetArrayLength() > 0)
                {
                    return run;
                }
            }
        }

        throw new InvalidOperationException("no dbt run with a log came in 90 s");

        async Task<string> GetAsync(string path) => await (await open.Page.APIRequest.GetAsync(pipeline.Address + "api/v1/" + path)).TextAsync();
    }

    private static Task<string> Focused(OpenPage open) => open.Page.EvaluateAsync<string>("() => document.activeElement.textContent.trim()");
}
