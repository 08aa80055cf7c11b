using System.Text.Json;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary><c>errors list</c> and <c>errors retry</c>, with and without a running host.</summary>
public sealed class QuarantineCommandTests : IDisposable
{
    private const string Token = "a-token-of-an-operator-of-the-test";
    private const string Large = "Large_File_00000000-0000-4000-8000-000000000000.json";
    private const string Broken = "Broken_File_00000000-0000-4000-8000-000000000001.json";

    private readonly TemporaryData data = new();
    private readonly TemporaryData source = new();

    public void Dispose()
    {
        data.Dispose();
        source.Dispose();
    }

    [Fact]
    public async Task Files_are_read_again_without_a_host_and_what_is_still_bad_stays()
    {
        await QuarantineAsync();

        var (exitCode, output) = await HostProcess.RunAsync(["errors", "retry", "--data", data.Path]);

        exitCode.ShouldBe(1, output);
        output.ShouldContain("loaded ");
        output.ShouldContain("still bad ");
        output.ShouldContain("LOD2003");
        (await ListAsync()).ShouldHaveSingleItem().ShouldContain(Broken);
        (await File.ReadAllTextAsync(Path.Combine(data.Path, "audit.jsonl"))).ShouldContain("retry files");
    }

    [Fact]
    public async Task A_running_host_lists_and_retries_for_who_has_its_token()
    {
        await QuarantineAsync();
        await using var host = HostUnderTest.Start(data, [.. HostUnderTest.Idle, $"Dashboard:OperatorToken={Token}"]);
        await host.UrlAsync(data);

        var (refused, why) = await HostProcess.RunAsync(["errors", "list", "--data", data.Path]);
        refused.ShouldBe(1, why);
        why.ShouldContain("FHIRASPIRE_TOKEN");
        why.ShouldNotContain(Token);

        var keys = (await ListAsync(Token)).ToList();
        keys.Count.ShouldBe(2);
        var large = keys.Single(key => key.Contains(Large, StringComparison.Ordinal));
        var (exitCode, output) = await HostProcess.RunAsync(["errors", "retry", large, "--data", data.Path], Token);

        exitCode.ShouldBe(0, $"{output}\n{host.Output}");
        output.ShouldContain("loaded ");
        (await ListAsync(Token)).ShouldHaveSingleItem().ShouldContain(Broken);
    }

    // One file is broken; the other is only larger than the limit of this run.
    private async Task QuarantineAsync()
    {
        await File.WriteAllTextAsync(Path.Combine(source.Path, Broken), """{"resourceType":"Bundle","entry":[{"resource":{""");
        await File.WriteAllTextAsync(Path.Combine(source.Path, Large),
            $$$"""{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"00000000-0000-4000-8000-000000000000","address":[{"text":"{{{new string('x', 2000)}}}"}]}}]}""");
        var (exitCode, output) = await HostProcess.RunAsync(["once", "--data", data.Path, "--source", source.Path, "--set", "Loader:MaxDocumentBytes=1024"]);
        (await ListAsync()).Count.ShouldBe(2, $"{exitCode}: {output}");
    }

    private async Task<IReadOnlyList<string>> ListAsync(string? token = null)
    {
        var json = Path.Combine(data.Path, "errors.json");
        var (exitCode, output) = await HostProcess.RunAsync(["errors", "list", "--data", data.Path, "--json", json], token);
        exitCode.ShouldBe(0, output);
        using var errors = JsonDocument.Parse(await File.ReadAllBytesAsync(json));
        return [.. errors.RootElement.EnumerateArray().Select(error => error.GetProperty("fileKey").GetString()!)];
    }
}
