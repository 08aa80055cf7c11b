using System.Globalization;
using FhirAspire.AppHost.Tests.EndToEnd;
using FhirAspire.ObjectStore;
using FhirAspire.ObjectStore.LocalS3;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Postgres;

namespace FhirAspire.AppHost.Tests.Faults;

/// <summary>
/// Three loaders and two dbt runners as processes of their own on one PostgreSQL and one S3. Whoever holds a lease is killed in the middle of its run at a random moment,
/// and a process at random besides; FHIRASPIRE_KILL_SEED asks for other moments.
/// </summary>
public sealed class PostgresProcessesTests(Xunit.Abstractions.ITestOutputHelper log)
{
    private const int Patients = 24;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Random random = new(int.TryParse(Environment.GetEnvironmentVariable("FHIRASPIRE_KILL_SEED"), CultureInfo.InvariantCulture, out var seed) ? seed : 1);
    private readonly List<ServiceProcess> processes = [];
    private readonly HashSet<int> killed = [];
    private Dictionary<string, string?> settings = [];

    [SkippableFact]
    public async Task Loaders_and_runners_that_are_killed_lose_no_row_and_double_none()
    {
        var postgres = await PostgresServer.RequireAsync();
        var database = await postgres.CreateDatabaseAsync();
        using var data = new TemporaryData();
        var files = await GenerateAsync(data);
        await using var s3 = await LocalS3Server.StartAsync(Path.Combine(data.Path, "s3"));
        var options = new ObjectStoreOptions { ServiceUrl = s3.Endpoint.ToString(), AccessKey = s3.AccessKey, SecretKey = s3.SecretKey };
        using var client = ObjectStoreClientFactory.Create(options);
        var bucket = new ObjectBucket(client, options);
        await bucket.EnsureBucketAsync();
        await using var warehouse = new PostgresWarehouse(new PostgresOptions { ConnectionString = database });
        settings = Settings(database, options, data);
        var keys = new List<string>();
        try
        {
            for (var i = 0; i < 3; i++)
            {
                Start("Loader");
            }

            Start("DbtRunner");
            Start("DbtRunner");

            // The holder of the loaders' lease, while it loads the first half; another one takes over.
            keys.AddRange(await PutAsync(bucket, files[..(files.Count / 2)]));
            await KillHolderAsync(warehouse, "loader");
            await UntilAsync(warehouse, async session => await CountAsync(session, "raw.fhir_bundles") == keys.Count, "the first half is loaded");

            // The holder of the runners' lease, and a process at random, while the second half comes.
            var second = PutAsync(bucket, files[(files.Count / 2)..]);
            await KillHolderAsync(warehouse, "dbt");
            var victim = processes[random.Next(processes.Count)];
            log.WriteLine($"killed at random: {victim.Name}");
            await ReplaceAsync(victim);
            keys.AddRange(await second);
            await UntilAsync(warehouse, async session => await CountAsync(session, "raw.fhir_bundles") == keys.Count, "everything is loaded");
            var resources = await KillTests.CountResourcesAsync(warehouse);
            await UntilAsync(warehouse, async session => await CountAsync(session, "marts.dim_patients") == resources["Patient"] && await RunningAsync(session) == 0, "the marts hold every patient");
        }
        finally
        {
            foreach (var process in processes)
            {
                await process.DisposeAsync();
            }
        }

        await using var check = await warehouse.OpenAsync();
        (await check.QueryAsync("select file_key from raw.fhir_bundles")).Rows.Select(row => (string)row[0]!).Order(StringComparer.Ordinal).ShouldBe(keys.Order(StringComparer.Ordinal));
        (await CountAsync(check, "raw.load_objects where row_count = 1")).ShouldBe(keys.Count);
        (await CountAsync(check, "raw.load_errors")).ShouldBe(0);
        await KillTests.MartsReconcileAsync(check);
        await LeasesWereTakenOverAsync(check);
    }

    private static async Task<List<string>> GenerateAsync(TemporaryData data)
    {
        var folder = Path.Combine(data.Path, "fhir");
        var (exitCode, output) = await HostProcess.RunAsync(["generate", "--patients", $"{Patients}", "--years-of-history", "2", "--as-of", "2026-01-01", "--out", folder]);
        exitCode.ShouldBe(0, output);
        return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)];
    }

    private static async Task<List<string>> PutAsync(ObjectBucket bucket, IEnumerable<string> files)
    {
        var keys = new List<string>();
        foreach (var file in files)
        {
            keys.Add($"{ObjectKeys.Patients}{TimeProvider.System.GetUtcNow():yyyy-MM-dd}/{Path.GetFileNameWithoutExtension(file)}/{Path.GetFileName(file)}");
            await bucket.PutFileAsync(keys[^1], file, "application/fhir+json");
        }

        return keys;
    }

    private static Dictionary<string, string?> Settings(string database, ObjectStoreOptions s3, TemporaryData data) => new(PostgresOnceTests.Settings(database))
    {
        ["S3__ServiceUrl"] = s3.ServiceUrl, ["S3__AccessKey"] = s3.AccessKey, ["S3__SecretKey"] = s3.SecretKey,
        ["Jobs__loader__Every"] = "00:00:01", ["Jobs__dbt__Every"] = "00:00:02",
        // What a killed process holds is free soon.
        ["Jobs__loader__Lease"] = "00:00:10", ["Jobs__dbt__Lease"] = "00:00:10",
        // Many transactions a run, so that a kill falls between two of them as well as into one.
        ["Loader__BatchObjects"] = "2",
        ["Dbt__ProjectDir"] = Path.Combine(TestEnvironment.RepositoryRoot, "dbt"),
        ["Dbt__TargetDir"] = Path.Combine(data.Path, "target"),
        ["Dbt__MartsDir"] = Path.Combine(data.Path, "marts"),
    };

    private void Start(string service)
    {
        // Two runners share no folder: each is a container of its own.
        var own = new Dictionary<string, string?>(settings) { ["Dbt__TargetDir"] = $"{settings["Dbt__TargetDir"]}{processes.Count}-{killed.Count}", ["Dbt__MartsDir"] = $"{settings["Dbt__MartsDir"]}{processes.Count}-{killed.Count}" };
        processes.Add(ServiceProcess.Start(service, own));
    }

    private async Task ReplaceAsync(ServiceProcess victim)
    {
        await victim.KillAsync();
        killed.Add(victim.Process.Id);
        processes.Remove(victim);
        Start(victim.Name);
        await victim.DisposeAsync();
    }

    // In the middle of a run: the history says so before and after.
    private async Task KillHolderAsync(PostgresWarehouse warehouse, string job)
    {
        var found = 0;
        await UntilAsync(warehouse, async session =>
        {
            var rows = (await session.QueryAsync($"""select "Owner" from job_runs where "Job" = '{job}' and "Status" = 'Running'""")).Rows;
            found = rows.Count == 0 ? 0 : int.Parse(((string)rows[0][0]!).Split(':')[1], CultureInfo.InvariantCulture);
            return found != 0 && !killed.Contains(found);
        }, $"a run of {job} goes on");
        await Task.Delay(random.Next(0, 300));
        log.WriteLine($"killed in its run: {job}");
        await ReplaceAsync(processes.Single(process => process.Process.Id == found));
    }

    private static async Task<long> CountAsync(IWarehouseSession session, string from) => Convert.ToInt64((await session.QueryAsync($"select count(*) from {from}")).Scalar, CultureInfo.InvariantCulture);

    private static Task<long> RunningAsync(IWarehouseSession session) => CountAsync(session, """job_runs where "Job" = 'dbt' and "Status" = 'Running'""");

    private async Task UntilAsync(PostgresWarehouse warehouse, Func<IWarehouseSession, Task<bool>> isSo, string what)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (true)
        {
            foreach (var process in processes.Where(process => process.Process.HasExited))
            {
                throw new InvalidOperationException($"{process.Name} has ended:\n{process.Output}");
            }

            try
            {
                await using var session = await warehouse.OpenAsync(limit.Token);
                if (await isSo(session))
                {
                    return;
                }
            }
            catch (WarehouseException exception) when (exception.Message.Contains("does not exist", StringComparison.Ordinal))
            {
                // Not made yet.
            }

            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"not within {Patience}: {what}\n{string.Join("\n", processes.Select(process => $"== {process.Name}\n{process.Output}"))}");
            }

            await Task.Delay(20);
        }
    }

    // Runs were cut off, and later ones of other processes, with greater fences, have done the rest.
    private async Task LeasesWereTakenOverAsync(IWarehouseSession session)
    {
        foreach (var job in new[] { "loader", "dbt" })
        {
            var runs = (await session.QueryAsync($"""select "Owner", "Status", "Fence" from job_runs where "Job" = '{job}' order by "Id" """)).Rows
                .Select(row => (Process: int.Parse(((string)row[0]!).Split(':')[1], CultureInfo.InvariantCulture), Status: (string)row[1]!, Fence: Convert.ToInt64(row[2], CultureInfo.InvariantCulture))).ToList();
            log.WriteLine($"{job}: {string.Join(", ", runs.GroupBy(run => (run.Process, run.Status)).Select(group => $"{group.Count()} {group.Key.Status} of {group.Key.Process}{(killed.Contains(group.Key.Process) ? " (killed)" : "")}"))}");
            var cutOff = runs.First(run => run.Status == "Lost");
            killed.ShouldContain(cutOff.Process);
            runs.ShouldContain(run => run.Status == "Succeeded" && run.Process != cutOff.Process && run.Fence > cutOff.Fence);
            runs.Select(run => run.Fence).Distinct().Count().ShouldBe(runs.Count);
        }
    }
}
