using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace FhirAspire.Dashboard.Browser.Tests;

/// <summary>A page of the dashboard in a window and theme, with what its console said.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly string address;

    private OpenPage(IBrowserContext context, IPage page, string address)
    {
        (this.context, Page, this.address) = (context, page, address);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                Complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => Complaints.Add(error);
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(address, StringComparison.Ordinal) && !request.Url.StartsWith("blob:", StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal))
            {
                Complaints.Add($"asked another server: {request.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Errors and warnings of the console, failures of scripts, and requests to other servers.</summary>
    public List<string> Complaints { get; } = [];

    public static async Task<OpenPage> NewAsync(RunningPipeline pipeline, int width = 1280, string theme = "light", string? locale = null, string? timezone = null)
    {
        var window = await pipeline.Browser.NewContextAsync(new()
        {
            ViewportSize = new() { Width = width, Height = width < 500 ? 844 : 800 },
            ColorScheme = theme == "dark" ? ColorScheme.Dark : ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = locale,
            TimezoneId = timezone,
        });
        // A machine that is busy with other things is no fault of a page.
        window.SetDefaultTimeout(60_000);
        Assertions.SetDefaultExpectTimeout(60_000);
        return new OpenPage(window, await window.NewPageAsync(), pipeline.Address);
    }

    /// <summary>Opens an address of the dashboard and waits until its circuit is there and nothing is being read any more.</summary>
    public async Task GoAsync(string path)
    {
        await Page.GotoAsync(address + path);
        await SettleAsync();
    }

    /// <summary>Waits until the page is drawn by its circuit, so that it answers, and no skeleton is left.</summary>
    public Task SettleAsync() => Page.WaitForFunctionAsync("() => document.querySelector('.shell')?.dataset.live === 'true' && !document.querySelector('main .skeleton') && document.querySelector('h1')?.textContent.length > 0");

    // Only rows of data and code may be wider than their card; words are read whole, not smaller than 9 px, and apart from each other.
    private const string LookScript = """
        () => {
          const poor = [];
          const about = element => (element.closest('section')?.querySelector('h2')?.textContent ?? element.textContent).trim().slice(0, 60);
          for (const box of document.querySelectorAll('main .table-scroll:not(.result), main .tabs')) {
            if (box.scrollWidth > box.clientWidth + 1) { poor.push(`scrolls a table sideways by ${box.scrollWidth - box.clientWidth} px: ${about(box)}`); }
          }
          for (const word of document.querySelectorAll('main .bar-name, main .chip, main .button, main .flow-node strong, main h2, main .pill')) {
            if (word.clientWidth > 0 && word.scrollWidth > word.clientWidth + 1) { poor.push(`cuts ${word.textContent.trim().slice(0, 60)}`); }
          }
          if ([...document.querySelectorAll('main .strips .buttons')].some(row => row.getBoundingClientRect().height > 48)) { poor.push('breaks a row of buttons'); }
          for (const drawing of document.querySelectorAll('main svg.plot')) {
            const text = drawing.querySelector('text'), width = drawing.getBoundingClientRect().width;
            const size = text && width > 0 ? parseFloat(getComputedStyle(text).fontSize) * width / drawing.viewBox.baseVal.width : 12;
            if (size < 8.9) { poor.push(`writes ${size.toFixed(1)} px small: ${about(drawing)}`); }
          }
          for (const button of document.querySelectorAll('main a + button, main button + button, main a + a.button')) {
            const mine = button.getBoundingClientRect(), before = [...button.previousElementSibling.getClientRects()].at(-1) ?? mine;
            const label = parseFloat(getComputedStyle(button).paddingLeft);
            if (mine.width > 0 && mine.top < before.bottom && before.top < mine.bottom && mine.left + label - before.right < 4) { poor.push(`writes ${button.previousElementSibling.textContent.trim()} and ${button.textContent.trim()} as one word`); }
          }
          return [...new Set(poor)];
        }
        """;

    public ILocator Main => Page.Locator("main");

    /// <summary>What is poor to look at: sideways scroll, a cut title, and texts that only a program can want.</summary>
    public async Task<IReadOnlyList<string>> BlemishesAsync()
    {
        var found = new List<string>();
        var wide = await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth");
        if (wide > 0)
        {
            found.Add($"scrolls sideways by {wide} px");
        }

        if (await Page.EvaluateAsync<bool>("() => { const h1 = document.querySelector('h1'); return h1.scrollWidth > h1.clientWidth; }"))
        {
            found.Add($"cuts its title {await Page.Locator("h1").InnerTextAsync()}");
        }

        found.AddRange(await Page.EvaluateAsync<string[]>(LookScript));
        var text = await Main.InnerTextAsync();
        found.AddRange(Regex.Matches(text, @"\bNaN\b|\bundefined\b|\bInfinity\b|\[object |0001-01-01|01/01/0001|System\.\w+|could not be read", RegexOptions.None, TimeSpan.FromSeconds(1)).Select(match => $"shows {match.Value}"));
        return found;
    }

    public ValueTask DisposeAsync() => context.DisposeAsync();
}
