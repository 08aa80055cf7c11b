using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>Every option of <c>generate</c>: what it does, and what a wrong value is answered with.</summary>
public sealed class GenerateOptionsTests : IDisposable
{
    private readonly TemporaryData data = new();

    public void Dispose() => data.Dispose();

    [Theory]
    [InlineData("--patients 0", "--patients takes a number from 1.")]
    [InlineData("--patients many", "--patients takes a number from 1.")]
    [InlineData("--threads many", "--threads takes a number from 1 to 10000.")]
    [InlineData("--years-of-history many", "--years-of-history takes 0 to 150.")]
    [InlineData("--years-of-history 99999999999999999999", "--years-of-history takes 0 to 150.")]
    [InlineData("--seed -1", "-1")]
    [InlineData("--state Masachusetts", "did you mean 'Massachusetts'?")]
    [InlineData("--city Bostom", "did you mean 'Boston'?")]
    [InlineData("--sex X", "'X'")]
    [InlineData("--age old", "Age is 'old'; expected years from 0 to 140")]
    [InlineData("--age 20-141", "Age is '20-141'")]
    [InlineData("--modules own --modules /no/such/modules", "'/no/such/modules', and nothing is there")]
    [InlineData("--synthea-data /no/such/data.zip", "'/no/such/data.zip', and nothing is there")]
    [InlineData("--as-of 2026-13-01", "2026-13-01")]
    [InlineData("--as-of 1800-01-01", "expected an instant between 1900 and 2200")]
    [InlineData("--years-of-history -1", "--years-of-history takes 0 to 150.")]
    [InlineData("--years-of-history 151", "--years-of-history takes 0 to 150.")]
    [InlineData("--format xml", "xml")]
    [InlineData("--threads 0", "--threads takes a number from 1 to 10000.")]
    [InlineData("--threads -2", "--threads takes a number from 1 to 10000.")]
    [InlineData("--patience 5", "--patience")]
    [InlineData("--out", "--out")]
    public async Task A_wrong_value_ends_with_2_says_what_is_wrong_and_writes_nothing(string wrong, string message)
    {
        var folder = Path.Combine(data.Path, "out");
        string[] rest = [.. wrong.StartsWith("--patients", StringComparison.Ordinal) ? [] : new[] { "--patients", "1" }, .. wrong == "--out" ? [] : new[] { "--out", folder }];

        var (exitCode, output) = await HostProcess.RunAsync(["generate", .. rest, .. wrong.Split(' ')]);

        exitCode.ShouldBe(2, output);
        output.ShouldContain(message);
        output.ShouldNotContain("   at ", customMessage: "no stack trace");
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task Whom_and_when_options_choose_the_patients()
    {
        var patients = (await TableAsync("patients", "--patients", "6", "--seed", "9", "--state", "MA", "--city", "Worcester", "--sex", "F", "--age", "40-60", "--as-of", "2025-07-01")).ToList();

        patients.Count(p => p["DEATHDATE"].Length == 0).ShouldBe(6, "the dead come on top");
        patients.ShouldAllBe(p => p["STATE"] == "Massachusetts" && p["CITY"] == "Worcester" && p["GENDER"] == "F");
        foreach (var birth in patients.Select(p => DateOnly.Parse(p["BIRTHDATE"])))
        {
            birth.ShouldBeGreaterThan(new DateOnly(2025 - 61, 6, 30));
            birth.ShouldBeLessThanOrEqualTo(new DateOnly(2025 - 40, 7, 1));
        }

        Rows("encounters").Select(e => e["START"]).ShouldAllBe(start => string.CompareOrdinal(start, "2025-07-01T00:00:00Z") <= 0);
        (await TableAsync("patients", "--patients", "2", "--state", "Texas")).ShouldAllBe(p => p["STATE"] == "Texas");
    }

    [Fact]
    public async Task The_seed_is_1_and_the_end_is_today_unless_they_are_given()
    {
        var before = DateTime.UtcNow.Date;
        var json = Path.Combine(data.Path, "summary.json");
        var without = (await TableAsync("patients", "--patients", "2", "--json", json)).Select(p => p["Id"]).ToList();
        using var summary = JsonDocument.Parse(await File.ReadAllBytesAsync(json));
        var asOf = summary.RootElement.GetProperty("asOf").GetDateTimeOffset();
        asOf.UtcDateTime.ShouldBeInRange(before, DateTime.UtcNow.Date);
        summary.RootElement.GetProperty("living").GetInt32().ShouldBe(2);
        summary.RootElement.GetProperty("patients").GetInt32().ShouldBe(without.Count);
        summary.RootElement.GetProperty("resources").GetInt64().ShouldBeGreaterThan(0);

        var day = asOf.ToString("yyyy-MM-dd");
        (await TableAsync("patients", "--patients", "2", "--as-of", day, "--seed", "1")).Select(p => p["Id"]).ShouldBe(without);
        (await TableAsync("patients", "--patients", "2", "--as-of", day, "--seed", "2")).Select(p => p["Id"]).ShouldNotBe(without);
    }

    [Theory]
    [InlineData("2", "2024-01-01")]
    [InlineData("0", "1900-01-01")]
    public async Task Years_of_history_cut_the_record(string years, string from)
    {
        var observations = (await TableAsync("observations", "--patients", "2", "--age", "50-50", "--as-of", "2026-01-01", "--years-of-history", years)).Select(o => o["DATE"]).ToList();

        observations.ShouldNotBeEmpty();
        observations.ShouldAllBe(date => string.CompareOrdinal(date, from) >= 0);
        if (years == "0")
        {
            observations.Min(StringComparer.Ordinal).ShouldBeLessThan("1990", "whole lives");
        }
    }

    [Fact]
    public async Task Modules_replace_the_own_ones_or_join_them_from_a_folder_zip_or_jar()
    {
        var folder = Path.Combine(data.Path, "mine", "modules");
        Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, "mine.json"), """
            {"name":"Mine","states":{"Initial":{"type":"Initial","direct_transition":"Visit"},
            "Visit":{"type":"Encounter","wellness":true,"direct_transition":"Done"},
            "Done":{"type":"Procedure","codes":[{"system":"SNOMED-CT","code":"4711","display":"Mine"}],"direct_transition":"End"},
            "End":{"type":"EncounterEnd","direct_transition":"Visit"}}}
            """);
        var jar = Path.Combine(data.Path, "mine.jar");
        ZipFile.CreateFromDirectory(Path.Combine(data.Path, "mine"), jar);

        foreach (var source in new[] { Path.Combine(data.Path, "mine"), jar })
        {
            var alone = (await TableAsync("procedures", "--patients", "2", "--modules", source)).Select(p => p["CODE"]).ToList();
            alone.ShouldNotBeEmpty();
            alone.ShouldAllBe(code => code == "4711");
        }

        var joined = (await TableAsync("procedures", "--patients", "2", "--modules", "own", "--modules", jar)).Select(p => p["CODE"]).Distinct().ToList();
        joined.ShouldContain("4711");
        joined.Count.ShouldBeGreaterThan(5);
    }

    [Fact]
    public async Task A_module_with_a_fault_is_refused_with_file_state_what_was_found_and_a_suggestion()
    {
        await File.WriteAllTextAsync(Path.Combine(data.Path, "broken.json"), """{"name":"Broken","states":{"Initial":{"type":"Initial","direct_transition":"Terminall"},"Terminal":{"type":"Terminal"}}}""");

        var (exitCode, output) = await HostProcess.RunAsync(["generate", "--patients", "1", "--modules", data.Path, "--out", Path.Combine(data.Path, "out")]);

        exitCode.ShouldBe(2, output);
        output.ShouldContain("broken.json, state 'Initial'");
        output.ShouldContain("'Terminall'");
        output.ShouldContain("did you mean 'Terminal'?");
    }

    [SkippableFact]
    public async Task Data_of_Synthea_know_states_that_the_own_data_do_not()
    {
        var shared = FhirAspire.Tests.TestEnvironment.RequireShared("synthea/data.zip");
        (await HostProcess.RunAsync(["generate", "--patients", "1", "--state", "Vermont", "--out", Path.Combine(data.Path, "own")])).ExitCode.ShouldBe(2);

        (await TableAsync("patients", "--patients", "1", "--state", "Vermont", "--synthea-data", shared)).ShouldAllBe(p => p["STATE"] == "Vermont");
    }

    [Fact]
    public async Task Bundles_are_compact_transactions_with_conditional_references_and_profiles_unless_told_otherwise()
    {
        var plain = await BundleAsync();
        plain.Split('\n').Length.ShouldBeLessThanOrEqualTo(2);
        plain.ShouldContain("\"type\":\"transaction\"");
        plain.ShouldContain("Organization?identifier=");
        plain.ShouldContain("us-core-patient");
        plain.ShouldNotContain("\"resourceType\":\"Organization\"");

        var other = await BundleAsync("--pretty", "--collection", "--self-contained", "--no-us-core");
        other.Split('\n').Length.ShouldBeGreaterThan(1000);
        other.ShouldContain("\"type\": \"collection\"");
        other.ShouldNotContain("?identifier=");
        other.ShouldContain("\"resourceType\": \"Organization\"");
        other.ShouldContain("\"resourceType\": \"Practitioner\"");
        other.ShouldNotContain("us-core-patient");
        other.ShouldNotContain("\"request\"");

        async Task<string> BundleAsync(params string[] options)
        {
            var folder = await RunAsync(["--format", "fhir", "--patients", "1", "--age", "30-30", "--as-of", "2026-01-01", .. options]);
            return await File.ReadAllTextAsync(Directory.EnumerateFiles(folder, "*-*.json").First());
        }
    }

    [Theory]
    [InlineData("fhir", "hospitalInformation1767225600000.json", "practitionerInformation1767225600000.json")]
    [InlineData("ndjson", "Patient.ndjson", "Encounter.ndjson")]
    [InlineData("csv", "patients.csv", "claims_transactions.csv")]
    public async Task Formats_write_their_files_and_gzip_packs_the_same_content(string format, params string[] files)
    {
        string[] options = ["--format", format, "--patients", "2", "--as-of", "2026-01-01"];
        var plain = await RunAsync(options);
        var packed = await RunAsync([.. options, "--gzip"]);

        var names = Directory.EnumerateFiles(plain).Select(file => Path.GetFileName(file)).Where(name => !name.StartsWith('.')).ToList();
        names.ShouldBeSubsetOf(names.Union(files));
        files.ShouldBeSubsetOf(names);
        (format != "csv" || names.Count == 18).ShouldBeTrue("18 tables");
        foreach (var name in names)
        {
            await using var unpacked = new GZipStream(File.OpenRead(Path.Combine(packed, name + ".gz")), CompressionMode.Decompress);
            using var bytes = new MemoryStream();
            await unpacked.CopyToAsync(bytes);
            bytes.ToArray().ShouldBe(await File.ReadAllBytesAsync(Path.Combine(plain, name)), name);
        }
    }

    [Theory]
    [InlineData("fhir")]
    [InlineData("csv")]
    public async Task The_bytes_are_the_same_in_another_time_zone_and_language_and_with_other_threads(string format)
    {
        string[] options = ["--format", format, "--patients", "6", "--seed", "3", "--as-of", "2026-01-01"];
        var here = await RunAsync([.. options, "--threads", "1"], new() { ["TZ"] = "UTC", ["LANG"] = "C", ["LC_ALL"] = null });
        var there = await RunAsync([.. options, "--threads", "3"], new() { ["TZ"] = "Asia/Kathmandu", ["LANG"] = "tr_TR.UTF-8", ["LC_ALL"] = "tr_TR.UTF-8", ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "0" });

        Hashes(there).ShouldBe(Hashes(here));
    }

    [Fact]
    public async Task A_run_that_was_stopped_goes_on_where_it_stood_and_ends_with_the_same_bytes()
    {
        string[] options = ["--format", "fhir", "--patients", "250", "--age", "30-40", "--years-of-history", "1", "--as-of", "2026-01-01"];
        var whole = await RunAsync(options);
        var folder = Path.Combine(data.Path, "stopped");
        string[] command = ["generate", .. options, "--out", folder];
        int exit;
        var tries = 0;
        do
        {
            // On a machine where this test stands still for seconds the run may have ended before it is stopped.
            (++tries).ShouldBeLessThan(10);
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            exit = await StopAfterAsync(files: 130, folder, [.. command, "--threads", "1"]);
        }
        while (exit == 0);

        exit.ShouldBe(130);
        Directory.EnumerateFiles(folder).Count().ShouldBeLessThan(Directory.EnumerateFiles(whole).Count());
        // Without --as-of it goes on with the end that it began with.
        var (exitCode, output) = await HostProcess.RunAsync(command.Where(word => word is not ("--as-of" or "2026-01-01")));
        exitCode.ShouldBe(0, output);
        Hashes(folder).ShouldBe(Hashes(whole));
    }

    private async Task<IEnumerable<Dictionary<string, string>>> TableAsync(string table, params string[] options)
    {
        await RunAsync(["--format", "csv", .. options]);
        return Rows(table);
    }

    /// <summary>Rows of a table of the last run.</summary>
    private List<Dictionary<string, string>> Rows(string table)
    {
        var lines = File.ReadAllLines(Path.Combine(last, table + ".csv"));
        var columns = lines[0].Split(',');
        return [.. lines.Skip(1).Select(line => columns.Zip(line.Split(',')).ToDictionary(cell => cell.First, cell => cell.Second, StringComparer.Ordinal))];
    }

    private string last = "";
    private int runs;

    private async Task<string> RunAsync(string[] options, Dictionary<string, string?>? environment = null)
    {
        last = Path.Combine(data.Path, $"run-{++runs}");
        var (exitCode, output) = await HostProcess.RunAsync(["generate", .. options, "--out", last], environment ?? []);
        exitCode.ShouldBe(0, output);
        return last;
    }

    private static Dictionary<string, string> Hashes(string folder) => Directory.EnumerateFiles(folder).Where(file => !Path.GetFileName(file).StartsWith('.'))
        .ToDictionary(file => Path.GetFileName(file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))), StringComparer.Ordinal);

    private static async Task<int> StopAfterAsync(int files, string folder, string[] command)
    {
        await using var process = new Generate(command);
        while (!process.Process.HasExited && (!Directory.Exists(folder) || Directory.EnumerateFiles(folder).Count() < files))
        {
            await Task.Delay(5);
        }

        using (var kill = System.Diagnostics.Process.Start("kill", ["-TERM", process.Process.Id.ToString()]))
        {
            await kill.WaitForExitAsync();
        }

        await process.Process.WaitForExitAsync();
        return process.Process.ExitCode;
    }

    private sealed class Generate(string[] arguments) : ProcessUnderTest("FhirAspire.AppHost.dll", arguments, []);
}
