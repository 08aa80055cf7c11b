using Microsoft.Playwright;

namespace FhirAspire.Dashboard.Browser.Tests;

/// <summary>A page behind others is not drawn, and is up to date again when somebody looks at it.</summary>
[Collection(OnePipeline.Name)]
public sealed class HiddenPageTests(RunningPipeline pipeline)
{
    [SkippableFact]
    public async Task A_hidden_page_stands_still_and_one_that_is_shown_again_goes_on()
    {
        await using var open = await OpenPage.NewAsync(pipeline);
        await open.GoAsync("");
        await MovesAsync(open);
        await ShowAsync(open, "hidden");
        // The message has to reach the host first.
        var still = "";
        for (var until = DateTime.UtcNow.AddSeconds(30); DateTime.UtcNow < until;)
        {
            var before = still;
            still = await open.Main.InnerTextAsync();
            if (still == before)
            {
                break;
            }

            await Task.Delay(3000);
        }

        await Task.Delay(3000);
        (await open.Main.InnerTextAsync()).ShouldBe(still);
        await ShowAsync(open, "visible");
        await MovesAsync(open);
        open.Complaints.ShouldBeEmpty();
    }

    private static Task ShowAsync(OpenPage open, string state) => open.Page.EvaluateAsync(
        "state => { Object.defineProperty(document, 'visibilityState', { value: state, configurable: true }); document.dispatchEvent(new Event('visibilitychange')); }", state);

    // The countdown to the generator's next run goes on every second.
    private static async Task MovesAsync(OpenPage open)
    {
        var before = await open.Main.InnerTextAsync();
        await open.Page.WaitForFunctionAsync("before => document.querySelector('main').innerText !== before", before);
    }
}
