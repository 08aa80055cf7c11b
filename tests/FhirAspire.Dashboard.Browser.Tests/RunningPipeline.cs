using System.Diagnostics;
using CliWrap;
using CliWrap.Buffered;
using Microsoft.Playwright;

namespace FhirAspire.Dashboard.Browser.Tests;

/// <summary>
/// The whole product as a process of its own, with real data: the bundled sample and a broken file are loaded, a run of dbt has failed, and then the host
/// runs on its schedules. One for all tests, with one browser.
/// </summary>
public sealed class RunningPipeline : IAsyncLifetime
{
    /// <summary>A folder of bundles to load instead of the bundled sample, for screenshots with more patients.</summary>
    public const string SourceVariable = "FHIRASPIRE_BROWSER_SOURCE";

    private static readonly string[] Browsers = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    private readonly string data = Directory.CreateTempSubdirectory("fhiraspire-browser-").FullName;
    private Process? host;
    private IPlaywright? playwright;
    private IBrowser? browser;

    /// <summary>The name of the file that cannot be read.</summary>
    public const string BrokenFile = "broken_cut-off.json";

    /// <summary>The address of the dashboard.</summary>
    public string Address { get; private set; } = "";

    /// <summary>CPU time that the host has used.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            host!.Refresh();
            return host.TotalProcessorTime;
        }
    }

    /// <summary>The browser; a test without one is skipped.</summary>
    public IBrowser Browser
    {
        get
        {
            TestEnvironment.Require(browser is not null, "Chromium");
            return browser!;
        }
    }

    /// <inheritdoc/>
    public async Task InitializeAsync()
    {
        if (Browsers.FirstOrDefault(File.Exists) is not { } executable)
        {
            return;
        }

        var source = Path.Combine(data, "source");
        Directory.CreateDirectory(source);
        foreach (var file in Directory.EnumerateFiles(Environment.GetEnvironmentVariable(SourceVariable) ?? Path.Combine(TestEnvironment.RepositoryRoot, "samples", "synthea", "fhir-small")))
        {
            File.Copy(file, Path.Combine(source, Path.GetFileName(file)));
        }

        await File.WriteAllTextAsync(Path.Combine(source, BrokenFile), """{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":""");
        await CommandAsync("once", "--data", data, "--source", source);
        await CommandAsync("once", "--data", data, "--patients", "1", "--set", $"Dbt:ProjectDir={BrokenProject()}", "--set", "Jobs:dbt:Retries=0");

        host = StartHost(data, []);
        Address = await AddressAsync(host);
        playwright = await Playwright.CreateAsync();
        browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = executable, Args = ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb"] });
    }

    /// <inheritdoc/>
    public async Task DisposeAsync()
    {
        if (browser is not null)
        {
            await browser.DisposeAsync();
        }

        playwright?.Dispose();
        if (host is { HasExited: false })
        {
            host.Kill(entireProcessTree: true);
            await host.WaitForExitAsync();
        }

        host?.Dispose();
        Directory.Delete(data, recursive: true);
    }

    private static string Assembly => Path.Combine(AppContext.BaseDirectory, "FhirAspire.AppHost.dll");

    private static async Task CommandAsync(params string[] arguments)
    {
        // A file in quarantine and a failed run are meant, so the exit code is no matter; the tests look at what came of it.
        await Cli.Wrap("dotnet").WithArguments([Assembly, .. arguments]).WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
    }

    /// <summary>Starts the product over a data directory, with further settings.</summary>
    internal static Process StartHost(string data, IReadOnlyList<string> settings) =>
        Process.Start(new ProcessStartInfo("dotnet", [Assembly, "--data", data, .. new[] { "Dashboard:Port=0", "LocalS3:Port=0" }.Concat(settings).SelectMany(setting => new[] { "--set", setting })]) { RedirectStandardOutput = true, UseShellExecute = false })!;

    /// <summary>The address that a host prints.</summary>
    internal static async Task<string> AddressAsync(Process host)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (await host.StandardOutput.ReadLineAsync(stop.Token) is { } line)
        {
            if (line.IndexOf("http://127.0.0.1:", StringComparison.Ordinal) is >= 0 and var at && line.Contains("ashboard", StringComparison.Ordinal))
            {
                // Nobody reads the rest, and the host must not wait for a full pipe.
                _ = host.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return line[at..].Split(' ', '"')[0].TrimEnd('/', '.') + "/";
            }
        }

        throw new InvalidOperationException("the host ended without printing the dashboard's address");
    }

    private string BrokenProject()
    {
        var copy = Path.Combine(data, "broken-project");
        var original = Path.Combine(TestEnvironment.RepositoryRoot, "dbt");
        foreach (var file in Directory.EnumerateFiles(original, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy, Path.GetRelativePath(original, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        File.WriteAllText(Path.Combine(copy, "models", "marts", "fct_of_nothing.sql"), "select * from {{ ref('stg_patients') }} where no_such_column = 1");
        return copy;
    }
}
