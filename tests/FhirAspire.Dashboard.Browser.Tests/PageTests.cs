using System.Text.Json;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace FhirAspire.Dashboard.Browser.Tests;

[Collection(OnePipeline.Name)]
public sealed class PageTests(RunningPipeline pipeline)
{
    /// <summary>A folder into which the pages are drawn, for the documentation.</summary>
    public const string ScreenshotsVariable = "FHIRASPIRE_SCREENSHOTS";

    [SkippableTheory]
    [InlineData(1280, "light")]
    [InlineData(1280, "dark")]
    [InlineData(390, "light")]
    [InlineData(390, "dark")]
    [InlineData(768, "light")]
    [InlineData(1920, "dark")]
    public async Task Every_page_has_content_and_no_fault(int width, string theme)
    {
        await using var open = await OpenPage.NewAsync(pipeline, width, theme);
        var faults = new List<string>();
        foreach (var (name, path, content) in await PagesAsync(open))
        {
            await open.GoAsync(path);
            (await open.Page.EvaluateAsync<string>("() => document.documentElement.dataset.theme ?? 'light'")).ShouldBe(theme);
            await Expect(open.Main).ToContainTextAsync(content, new() { IgnoreCase = true, UseInnerText = true });
            faults.AddRange((await open.BlemishesAsync()).Select(blemish => $"{name}: {blemish}"));
            if (width == 390)
            {
                faults.AddRange((await NarrowAsync(open, name)).Select(blemish => $"{name}: {blemish}"));
            }

            // Axe is slow: each theme and each width is seen by it once.
            if ((width, theme) is (1280, "light") or (390, "dark"))
            {
                faults.AddRange((await Axe.CheckAsync(open.Page)).Select(rule => $"{name}: {rule}"));
            }

            if (Environment.GetEnvironmentVariable(ScreenshotsVariable) is { Length: > 0 } folder)
            {
                await open.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}-{width}-{theme}.png"), Animations = ScreenshotAnimations.Disabled });
            }
        }

        faults.AddRange(open.Complaints);
        faults.ShouldBeEmpty();
    }

    [SkippableTheory]
    [InlineData("analytics/population")]
    [InlineData("")]
    public async Task On_paper_a_page_is_light_and_has_no_controls(string path)
    {
        await using var open = await OpenPage.NewAsync(pipeline, theme: "dark");
        await open.GoAsync(path);
        await open.Page.EmulateMediaAsync(new() { Media = Media.Print });
        (await open.Page.EvaluateAsync<string>("() => getComputedStyle(document.querySelector('.card')).backgroundColor")).ShouldBe("rgb(255, 255, 255)");
        await Expect(open.Page.Locator(".rail")).ToBeHiddenAsync();
        await Expect(open.Page.Locator("#theme")).ToBeHiddenAsync();
        (await open.Main.Locator("button:visible").CountAsync()).ShouldBe(0);
        (await open.BlemishesAsync()).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task An_address_that_leads_nowhere_says_so()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        var answer = await open.Page.GotoAsync(pipeline.Address + "no/such/page");
        answer!.Status.ShouldBe(404);
        (await open.Main.InnerTextAsync()).ShouldContain("There is no such page");
    }

    /// <summary>What a narrow window shows at first: a life's newest years, and tables of settings without scrolling sideways.</summary>
    private static async Task<IReadOnlyList<string>> NarrowAsync(OpenPage open, string page) => page switch
    {
        "patient" => await open.Page.EvaluateAsync<bool>("() => { const box = document.querySelector('.life-scroll'), row = box.firstElementChild, names = row.firstElementChild; return box.scrollWidth > box.clientWidth && row.getBoundingClientRect().right <= box.getBoundingClientRect().right + 1 && Math.abs(names.getBoundingClientRect().left - box.getBoundingClientRect().left) <= 1; }")
            ? [] : ["does not open at the newest years, with the names of the lanes"],
        "settings" => await open.Page.EvaluateAsync<string[]>("() => [...document.querySelectorAll('main .table-scroll')].filter(box => box.scrollWidth > box.clientWidth).map(box => `a table is ${box.scrollWidth - box.clientWidth} px too wide`)"),
        _ => [],
    };

    /// <summary>Every page with a text that only its content brings.</summary>
    private async Task<IReadOnlyList<(string Name, string Path, string Content)>> PagesAsync(OpenPage open)
    {
        var runs = JsonDocument.Parse(await (await open.Page.APIRequest.GetAsync(pipeline.Address + "api/v1/runs?limit=500")).TextAsync()).RootElement.EnumerateArray().ToList();
        var failed = runs.First(run => run.GetProperty("job").GetString() == "dbt" && run.GetProperty("status").GetString() == "failed").GetProperty("id").GetInt64();
        // The oldest: a later one may have had nothing to do.
        var good = runs.Last(run => run.GetProperty("job").GetString() == "dbt" && run.GetProperty("status").GetString() == "succeeded").GetProperty("id").GetInt64();
        await open.GoAsync("quality?tab=quarantine");
        var broken = await open.Main.Locator("a[href*='quality/files/']").First.GetAttributeAsync("href");
        await open.GoAsync("patients");
        var patient = await open.Main.Locator("a[href*='patients/']").First.GetAttributeAsync("href");
        return
        [
            ("overview", "", "Generator"),
            ("runs", "runs", "What ran when"),
            ("run-failed", $"runs/{failed}", "Cause"),
            ("run", $"runs/{good}", "models and seeds built"),
            ("run-log", $"runs/{good}?tab=tests", "Failing rows"),
            ("run-trace", $"runs/{good}?tab=trace", "attempt 1"),
            ("models", "models", "layers"),
            ("lineage", "models?focus=fct_encounters", "fed by"),
            ("lineage-rest", "models?focus=dim_patients&up=1&down=1&rest=true", "only these"),
            ("models-list", "models?view=list", "base_claims"),
            ("model", "models/fct_encounters", "timestamp"),
            ("quality", "quality", "references hold"),
            ("tests", "quality?tab=tests", "tests of run"),
            ("quarantine", "quality?tab=quarantine", RunningPipeline.BrokenFile),
            ("quarantined-file", broken!, "cut off"),
            ("storage", "storage", "Staging"),
            ("cohorts", "analytics/cohorts?a.sex=F&b.sex=M", "women"),
            ("cost", "analytics/cost", "billed"),
            ("outcomes", "analytics/outcomes", "BMI"),
            ("population", "analytics/population", "women"),
            ("patients", "patients", "Seen last"),
            ("patient", patient!, "Encounters"),
            ("sql", "sql", "fct_encounters"),
            ("settings", "settings", "Run history"),
        ];
    }
}
