using System.Text.Json;
using FhirAspire.AppHost.Tests.Oracle;

namespace FhirAspire.AppHost.Tests.EndToEnd;

public sealed class GenerateTests
{
    private static readonly string[] Run = ["generate", "--patients", "30", "--seed", "42", "--as-of", "2026-01-01"];

    [Fact]
    public async Task Our_own_bundles_give_the_tables_that_our_own_CSV_holds()
    {
        using var data = new TemporaryData();
        var fhir = Path.Combine(data.Path, "fhir");
        var csv = Path.Combine(data.Path, "csv");
        await ShouldRunAsync([.. Run, "--format", "fhir", "--out", fhir]);
        await ShouldRunAsync([.. Run, "--format", "csv", "--gzip", "--out", csv]);
        await ShouldRunAsync(["once", "--data", data.Path, "--source", fhir]);

        // payers: what FHIR does not hold comes from a seed of real payers' names, and ours have others. payer_transitions: derived, 94 % of the rows on this few patients.
        // claims_transactions: a payment of a line that was added after pricing is told from the others by an estimated price (6 of 6,987 rows).
        var derived = new HashSet<string>(StringComparer.Ordinal) { "payers", "payer_transitions", "claims_transactions" };
        await using var warehouse = data.OpenWarehouse();
        var oracle = OracleFile.Read(Path.Combine(TestEnvironment.RepositoryRoot, "tests", "fixtures", "oracle.json"));
        var faults = await new OracleComparison(oracle, csv, strictColumnsOnly: true) { Ignored = new HashSet<string>(), IgnoredTables = derived }.RunAsync(warehouse);
        faults.ShouldBeEmpty(string.Join('\n', faults));
    }

    [Fact]
    public async Task Patients_that_are_simulated_go_through_every_stage()
    {
        using var data = new TemporaryData();
        var json = Path.Combine(data.Path, "summary.json");
        await ShouldRunAsync(["once", "--data", data.Path, "--patients", "5", "--json", json]);

        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(json));
        summary.RootElement.GetProperty("succeeded").GetBoolean().ShouldBeTrue();
        summary.RootElement.GetProperty("patients").GetInt64().ShouldBeGreaterThanOrEqualTo(5);
        summary.RootElement.GetProperty("rows").GetProperty("marts.fct_encounters").GetInt64().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_same_command_again_has_nothing_left_to_do_and_another_one_is_refused()
    {
        using var data = new TemporaryData();
        var output = Path.Combine(data.Path, "ndjson");
        string[] command = ["generate", "--patients", "2", "--format", "ndjson", "--out", output];
        await ShouldRunAsync(command);

        (await ShouldRunAsync(command)).ShouldContain("holds all of it already");
        var (exitCode, text) = await HostProcess.RunAsync([.. command, "--seed", "9"]);
        exitCode.ShouldBe(1, text);
        text.ShouldContain("FHW002");
    }

    [Theory]
    [InlineData("generate --patients 5 --out x --age 60-40", "Age is '60-40'")]
    [InlineData("generate --patients 5 --out x --state Narnia", "Narnia")]
    [InlineData("generate --patients 5 --out x --modules /no/such/folder", "/no/such/folder")]
    [InlineData("generate --out x", "--patients")]
    [InlineData("modules check /no/such/folder", "/no/such/folder")]
    public async Task Wrong_use_ends_with_2_and_says_what_is_wrong(string arguments, string message)
    {
        using var data = new TemporaryData();
        var (exitCode, output) = await HostProcess.RunAsync(arguments.Replace("--out x", $"--out {Path.Combine(data.Path, "x")}", StringComparison.Ordinal).Split(' '));
        exitCode.ShouldBe(2, output);
        output.ShouldContain(message);
    }

    [Fact]
    public async Task A_module_with_a_fault_is_told_with_file_state_and_what_was_expected()
    {
        using var data = new TemporaryData();
        await File.WriteAllTextAsync(Path.Combine(data.Path, "broken.json"), """{"name":"Broken","states":{"Initial":{"type":"Initial","direct_transition":"Terminall"},"Terminal":{"type":"Terminal"}}}""");

        var (exitCode, output) = await HostProcess.RunAsync(["modules", "check", data.Path]);

        exitCode.ShouldBe(1, output);
        output.ShouldContain("broken.json, state 'Initial'");
        output.ShouldContain("Terminall");
    }

    private static async Task<string> ShouldRunAsync(string[] arguments)
    {
        var (exitCode, output) = await HostProcess.RunAsync(arguments);
        exitCode.ShouldBe(0, output);
        return output;
    }
}
