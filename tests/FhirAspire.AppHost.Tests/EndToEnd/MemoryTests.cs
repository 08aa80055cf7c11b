using System.Text;
using FhirAspire.Warehouse;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>Large bundles within DuckDB's memory limit, an eighth of the usual one in an eighth of the usual size (docs/decisions/0009).</summary>
public sealed class MemoryTests
{
    // What a query needs grows with its threads, which are those of the machine.
    private const string Threads = "Warehouse:DuckDb:Threads=2";
    private const string Limit = "Warehouse:DuckDb:MemoryLimit";

    [Fact]
    public async Task Large_bundles_go_through_within_the_memory_limit_by_the_sizes_that_follow_from_it()
    {
        using var data = new TemporaryData();
        var source = Directory.CreateDirectory(Path.Combine(data.Path, "source")).FullName;
        for (var patient = 0; patient < 30; patient++)
        {
            Write(source, patient, bytes: patient % 8 == 3 ? 12_000_000 : 500_000);
        }

        // The sizes of before: 48 MB a commit, 96 MB a checkpoint, all resources in one pass.
        using var before = new TemporaryData();
        var (exitCode, output) = await HostProcess.RunAsync([
            "once", "--data", before.Path, "--source", source, "--set", Threads, "--set", $"{Limit}=256MB",
            "--set", $"Loader:BatchBytes={48 << 20}", "--set", "Warehouse:DuckDb:Settings:checkpoint_threshold=96MB", "--set", "Dbt:MaxNewEntries=250000"]);
        exitCode.ShouldBe(1, output);
        output.ShouldContain("Out of Memory");

        var summary = await OnceTests.OnceAsync(data, new Dictionary<string, string?>(), "--source", source, "--set", Threads, "--set", $"{Limit}=256MB");
        summary.GetProperty("rows").GetProperty("marts.dim_patients").GetInt64().ShouldBe(30);
    }

    [Fact]
    public async Task A_bundle_that_does_not_fit_is_named_with_the_setting_that_mends_it()
    {
        using var data = new TemporaryData();
        var source = Directory.CreateDirectory(Path.Combine(data.Path, "source")).FullName;
        Write(source, 1, bytes: 500_000);
        Write(source, 2, bytes: 24_000_000);

        var (exitCode, output) = await HostProcess.RunAsync(["once", "--data", data.Path, "--source", source, "--set", Threads, "--set", $"{Limit}=100MB"]);

        exitCode.ShouldBe(1, output);
        output.ShouldContain("raise Warehouse:DuckDb:MemoryLimit");
        output.ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal).ShouldContain($"{Id(2)}.json");

        // With more memory the same files go through.
        var summary = await OnceTests.OnceAsync(data, new Dictionary<string, string?>(), "--source", source, "--set", Threads, "--set", $"{Limit}=2GB");
        summary.GetProperty("rows").GetProperty("marts.dim_patients").GetInt64().ShouldBe(2);
    }

    private static string Id(int patient) => $"00000000-0000-4000-8000-{patient:d12}";

    // A patient with as many observations as fill the size.
    private static void Write(string folder, int patient, int bytes)
    {
        var id = Id(patient);
        var text = new StringBuilder($$"""
            {"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:{{id}}","resource":{"resourceType":"Patient","id":"{{id}}","gender":"female","birthDate":"1970-01-01",
            "name":[{"use":"official","family":"Large","given":["One"]}] } }
            """);
        for (var i = 0; text.Length < bytes; i++)
        {
            var observation = $"00000000-0000-4000-9{patient:d3}-{i:d12}";
            text.Append($$$"""
                ,{"fullUrl":"urn:uuid:{{{observation}}}","resource":{"resourceType":"Observation","id":"{{{observation}}}","status":"final",
                "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"vital-signs","display":"Vital signs"}]}],
                "code":{"coding":[{"system":"http://loinc.org","code":"8867-4","display":"Heart rate"}],"text":"Heart rate"},"subject":{"reference":"urn:uuid:{{{id}}}"},
                "effectiveDateTime":"2020-01-{{{1 + (i % 28):d2}}}T{{{i % 24:d2}}}:00:00Z","valueQuantity":{"value":{{{50 + (i % 60)}}},"unit":"/min","system":"http://unitsofmeasure.org","code":"/min"} } }
                """);
        }

        File.WriteAllText(Path.Combine(folder, $"Large_One_{id}.json"), text.Append("]}").ToString());
    }
}
