using System.Text.Json;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>The host that runs for good, as a process of its own; killed at the end of the test.</summary>
internal sealed class HostUnderTest : ProcessUnderTest
{
    /// <summary>Settings with which no job runs by itself.</summary>
    public static readonly string[] Idle =
    [
        "Generator:Mode=Replay", "Jobs:generator:AtStart=false", "Jobs:generator:Cron=0 0 1 1 *", "Jobs:uploader:Cron=0 0 1 1 *", "Jobs:loader:Cron=0 0 1 1 *", "Jobs:dbt:Cron=0 0 1 1 *",
    ];

    private HostUnderTest(TemporaryData data, IEnumerable<string> settings, IEnumerable<KeyValuePair<string, string>> environment)
        : base(
            "FhirAspire.AppHost.dll",
            ["--data", data.Path, .. new[] { "Dashboard:Port=0", "LocalS3:Port=0" }.Concat(settings).SelectMany(setting => new[] { "--set", setting })],
            environment.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)))
    {
    }

    public static HostUnderTest Start(TemporaryData data, IEnumerable<string> settings, IEnumerable<KeyValuePair<string, string>>? environment = null) => new(data, settings, environment ?? []);

    /// <summary>The address of its pages, once it is there.</summary>
    public async Task<Uri> UrlAsync(TemporaryData data)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            if (Process.HasExited)
            {
                throw new InvalidOperationException($"the host ended with {Process.ExitCode}:\n{Output}");
            }

            try
            {
                using var holder = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(data.Path, "host.json"), limit.Token));
                if (holder.RootElement.GetProperty("processId").GetInt32() == Process.Id && holder.RootElement.GetProperty("url").GetString() is { } url)
                {
                    return new Uri(url);
                }
            }
            catch (Exception exception) when (exception is IOException or JsonException)
            {
                // Not written yet.
            }

            await Task.Delay(100, limit.Token);
        }
    }

    /// <summary>Waits until its output has a text.</summary>
    public async Task SaysAsync(string text, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        while (!Output.Contains(text, StringComparison.Ordinal))
        {
            if (Process.HasExited || stop.IsCancellationRequested)
            {
                throw new InvalidOperationException($"the host {(Process.HasExited ? "ended" : "has not said it in time")}: '{text}':\n{Output}");
            }

            await Task.Delay(100);
        }
    }
}
