using System.Diagnostics;
using System.Text.Json;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>The host that runs for good, as a process of its own.</summary>
public sealed class HostTests
{
    [Fact]
    public async Task The_marts_hold_data_and_their_tests_have_passed_within_a_minute_and_an_interrupt_ends_cleanly()
    {
        using var data = new TemporaryData();
        using var host = Start(data.Path);
        try
        {
            var published = await LineAsync(host, "marts published", TimeSpan.FromSeconds(60));
            published.ShouldContain("tests");
            Directory.EnumerateFiles(Path.Combine(data.Path, "marts", "current"), "dim_patients.parquet").ShouldNotBeEmpty();

            var (exitCode, output) = await HostProcess.RunAsync(["once", "--data", data.Path]);
            exitCode.ShouldBe(1);
            output.ShouldContain("already works on");

            using var interrupt = Process.Start("kill", ["-INT", host.Id.ToString()]);
            await interrupt.WaitForExitAsync();
            await host.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
            host.ExitCode.ShouldBe(130);
        }
        finally
        {
            if (!host.HasExited)
            {
                host.Kill(entireProcessTree: true);
                await host.WaitForExitAsync();
            }
        }

        // The log as files: one JSON object a line, of what the levels let through. What the web server says of each request, addresses with it, is not.
        var log = (await File.ReadAllLinesAsync(Directory.EnumerateFiles(Path.Combine(data.Path, "logs"), "*.log").ShouldHaveSingleItem())).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        log.ShouldAllBe(line => line.GetProperty("@t").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
        log.ShouldContain(line => SourceOf(line).StartsWith("FhirAspire.", StringComparison.Ordinal));
        log.Where(line => SourceOf(line).StartsWith("Microsoft.", StringComparison.Ordinal)).Select(LevelOf).ShouldBeSubsetOf(["Warning", "Error", "Fatal"]);
        log.Select(LevelOf).ShouldNotContain("Debug");

        await using var warehouse = data.OpenWarehouse();
        await using var session = await warehouse.OpenAsync();
        Convert.ToInt64((await session.QueryAsync("select count(*) from marts.dim_patients")).Scalar).ShouldBeGreaterThan(0);
    }

    private static string SourceOf(JsonElement line) => line.TryGetProperty("SourceContext", out var source) ? source.GetString()! : "";

    private static string LevelOf(JsonElement line) => line.TryGetProperty("@l", out var level) ? level.GetString()! : "Information";

    private static Process Start(string data) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "FhirAspire.AppHost.dll"), "--data", data, "--set", "Dashboard:Port=0", "--set", "LocalS3:Port=0"])
    {
        RedirectStandardOutput = true,
        UseShellExecute = false,
    })!;

    private static async Task<string> LineAsync(Process host, string text, TimeSpan limit)
    {
        using var stop = new CancellationTokenSource(limit);
        var all = new List<string>();
        while (await host.StandardOutput.ReadLineAsync(stop.Token) is { } line)
        {
            all.Add(line);
            if (line.Contains(text, StringComparison.Ordinal))
            {
                // Nobody reads the rest, and the host must not wait for a full pipe.
                _ = host.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return line;
            }
        }

        throw new InvalidOperationException($"the host ended before it said '{text}':\n{string.Join('\n', all)}");
    }
}
