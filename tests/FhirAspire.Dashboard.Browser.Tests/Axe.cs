using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using CliWrap;
using CliWrap.Buffered;
using Microsoft.Playwright;

namespace FhirAspire.Dashboard.Browser.Tests;

/// <summary>The accessibility checks of axe-core, which npm brings once for a version.</summary>
internal static class Axe
{
    private const string Version = "4.14.1";

    private static readonly Lazy<Task<string?>> Script = new(FetchAsync);

    /// <summary>What axe finds serious on a page, a line each.</summary>
    public static async Task<IReadOnlyList<string>> CheckAsync(IPage page)
    {
        var script = await Script.Value;
        TestEnvironment.Require(script is not null, $"axe-core {Version} by npm");
        // Evaluated from outside: the page's own policy lets no foreign script in, and that is not to be loosened for a test.
        await page.EvaluateAsync(script!);
        var found = await page.EvaluateAsync<JsonElement>("async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'], resultTypes: ['violations'] })).violations.map(v => ({ id: v.id, impact: v.impact, nodes: v.nodes.map(n => n.html.slice(0, 160)) }))");
        return [.. found.EnumerateArray()
            .Where(rule => rule.GetProperty("impact").GetString() is "serious" or "critical")
            .Select(rule => $"{rule.GetProperty("id").GetString()}: {string.Join(" | ", rule.GetProperty("nodes").EnumerateArray().Take(3).Select(node => node.GetString()))}")];
    }

    private static async Task<string?> FetchAsync()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "axe-core");
        var file = Path.Combine(folder, $"axe-{Version}.min.js");
        if (File.Exists(file))
        {
            return await File.ReadAllTextAsync(file);
        }

        try
        {
            Directory.CreateDirectory(folder);
            var answer = await Cli.Wrap("npm").WithArguments(["pack", $"axe-core@{Version}", "--silent"]).WithWorkingDirectory(folder).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
            var archive = Path.Combine(folder, $"axe-core-{Version}.tgz");
            if (answer.ExitCode != 0 || !File.Exists(archive))
            {
                return null;
            }

            await using var packed = new GZipStream(File.OpenRead(archive), CompressionMode.Decompress);
            await using var reader = new TarReader(packed);
            while (await reader.GetNextEntryAsync() is { } entry)
            {
                if (entry.Name == "package/axe.min.js")
                {
                    await entry.ExtractToFileAsync(file, overwrite: true);
                    return await File.ReadAllTextAsync(file);
                }
            }
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // no npm here
        }

        return null;
    }
}
