using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using FhirAspire.AppHost.Tests.EndToEnd;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;

namespace FhirAspire.AppHost.Tests.Faults;

/// <summary>
/// SIGKILL of the whole host at random moments, while it generates, uploads, loads and runs dbt. FHIRASPIRE_KILL_ROUNDS and FHIRASPIRE_KILL_SEED ask for more
/// rounds or others (benchmarks/kill-rounds.sh).
/// </summary>
public sealed class KillTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private static readonly string[] Busy =
    [
        "Generator:PatientsPerRun=3", "Jobs:generator:Every=00:00:01", "Jobs:uploader:Every=00:00:01", "Jobs:loader:Every=00:00:02", "Jobs:dbt:Every=00:00:05", "Jobs:dbt:WaitAtMost=00:00:01",
    ];

    private static int Rounds => Number("FHIRASPIRE_KILL_ROUNDS", 10);

    private static int Seed => Number("FHIRASPIRE_KILL_SEED", 1);

    [Fact]
    public async Task Every_acknowledged_bundle_is_in_the_warehouse_once_and_the_marts_agree_after_each_kill()
    {
        var random = new Random(Seed);
        using var data = new TemporaryData();
        for (var round = 0; round < Rounds; round++)
        {
            await using var host = HostUnderTest.Start(data, Busy);
            await WorksAsync(host, data, Acknowledged(data).Count);
            await Task.Delay(random.Next(0, 6_000));
            host.Process.HasExited.ShouldBeFalse(host.Output);
            await host.KillAsync();
            host.Process.ExitCode.ShouldBe(137);
        }

        var acknowledged = Acknowledged(data);
        await using (var host = HostUnderTest.Start(data, HostUnderTest.Idle))
        {
            using var api = new HttpClient { BaseAddress = await host.UrlAsync(data) };
            api.DefaultRequestHeaders.Add("X-FhirAspire", "1");
            foreach (var job in new[] { "uploader", "loader", "dbt" })
            {
                await RunAsync(api, job, host);
            }
        }

        acknowledged.ShouldNotBeEmpty();
        await using var warehouse = data.OpenWarehouse();
        await using var session = await warehouse.OpenAsync();
        await EveryFileIsThereOnceAsync(session, acknowledged);
        await MartsReconcileAsync(session);
        await RunsWereLostAsync(data, acknowledged.Count);
    }

    // Until it has written the first files of its own; a loaded machine starts slowly.
    private static async Task WorksAsync(HostUnderTest host, TemporaryData data, int before)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (Acknowledged(data).Count == before)
        {
            host.Process.HasExited.ShouldBeFalse(host.Output);
            await Task.Delay(100, limit.Token);
        }
    }

    // What the generator has finished is in the spool, whole, until a day after its upload.
    private static List<string> Acknowledged(TemporaryData data)
    {
        var spool = Path.Combine(data.Path, "output", "bundles");
        return !Directory.Exists(spool) ? [] : [.. Directory.EnumerateDirectories(spool).Where(day => !Path.GetFileName(day).StartsWith('.'))
            .SelectMany(day => Directory.EnumerateFiles(day, "*.json", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(spool, path).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)];
    }

    private static async Task EveryFileIsThereOnceAsync(IWarehouseSession session, List<string> acknowledged)
    {
        var keys = (await session.QueryAsync("select file_key from raw.fhir_bundles order by 1")).Rows.Select(row => ((string)row[0]!)["raw/patients/".Length..]).ToList();
        keys.Order(StringComparer.Ordinal).ShouldBe(acknowledged);
        (await session.QueryAsync("select count(*) from raw.load_errors")).Scalar.ShouldBe(0L);
    }

    internal static async Task MartsReconcileAsync(IWarehouseSession session)
    {
        var resources = await CountResourcesAsync(session);
        resources["Patient"].ShouldBeGreaterThan(0);
        foreach (var (type, tables) in new[]
        {
            ("Patient", new[] { "staging.stg_patients", "marts.dim_patients" }),
            ("Encounter", ["staging.stg_encounters", "marts.fct_encounters"]),
            ("Immunization", ["staging.stg_immunizations", "marts.fct_immunizations"]),
        })
        {
            foreach (var table in tables)
            {
                (await session.QueryAsync($"select count(*) from {table}")).Scalar.ShouldBe(resources[type], table);
            }
        }
    }

    internal static async Task<Dictionary<string, long>> CountResourcesAsync(IWarehouse warehouse)
    {
        await using var session = await warehouse.OpenAsync();
        return await CountResourcesAsync(session);
    }

    // Bundle by bundle: all of them at once, taken apart, are more than a small machine's memory.
    private static async Task<Dictionary<string, long>> CountResourcesAsync(IWarehouseSession session)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var key in (await session.QueryAsync("select file_key from raw.fhir_bundles")).Rows)
        {
            var bundle = (string)(await session.QueryAsync($"select bundle_data from raw.fhir_bundles where file_key = {session.Warehouse.Dialect.Parameter(1)}", [key[0]])).Scalar!;
            using var document = JsonDocument.Parse(bundle);
            foreach (var entry in document.RootElement.GetProperty("entry").EnumerateArray())
            {
                var type = entry.GetProperty("resource").GetProperty("resourceType").GetString()!;
                counts[type] = counts.GetValueOrDefault(type) + 1;
            }
        }

        return counts;
    }

    // The fault happened: runs were cut off in the middle. And what a run said it has written is there.
    private async Task RunsWereLostAsync(TemporaryData data, int files)
    {
        var store = new RunStore(new RunStoreOptions { ConnectionString = Path.Combine(data.Path, "history.db") }, TimeProvider.System);
        var runs = await store.QueryAsync(new RunFilter { Limit = int.MaxValue });
        var lost = runs.Where(run => run.Status == RunStatus.Lost).GroupBy(run => run.Job, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
        log.WriteLine($"{Rounds} kills, {runs.Count} runs, lost: {string.Join(", ", lost.Select(pair => $"{pair.Key} {pair.Value}"))}; {files} files; {Directory.GetFiles(data.Path, "*.set-aside-*").Length} logs of DuckDB set aside");
        lost.Values.Sum().ShouldBeGreaterThan(Rounds / 4);
        runs.Where(run => run.Job == "generator").Sum(run => run.Counts.GetValueOrDefault("files")).ShouldBeLessThanOrEqualTo(files);
    }

    private static async Task RunAsync(HttpClient api, string job, HostUnderTest host)
    {
        var before = await NewestAsync(api, job);
        (await api.PostAsync($"/api/v1/jobs/{job}/run", null)).EnsureSuccessStatusCode();
        for (var i = 0; i < 1200; i++)
        {
            await Task.Delay(100);
            var run = await NewestAsync(api, job);
            if (run.Id > before.Id && run.Status is not ("running" or "queued"))
            {
                run.Status.ShouldBe("succeeded", $"{job}: {run.Error}\n{host.Output}");
                return;
            }
        }

        throw new TimeoutException($"{job} has not ended:\n{host.Output}");
    }

    private static async Task<(long Id, string Status, string? Error)> NewestAsync(HttpClient api, string job)
    {
        var runs = await api.GetFromJsonAsync<JsonElement>($"/api/v1/runs?job={job}&limit=1");
        return runs.GetArrayLength() == 0 ? (0, "", null) : (runs[0].GetProperty("id").GetInt64(), runs[0].GetProperty("status").GetString()!, runs[0].GetProperty("error").GetString());
    }

    private static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
