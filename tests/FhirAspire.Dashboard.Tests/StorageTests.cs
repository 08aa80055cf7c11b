using FhirAspire.Dashboard.Marts;
using FhirAspire.Dashboard.State;
using FhirAspire.Dashboard.Storage;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;
using FhirAspire.Warehouse.Raw;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Tests;

public sealed class StorageTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 3, 2, 12, 0, 0, DateTimeKind.Utc);
    private readonly string folder = Directory.CreateTempSubdirectory("dashboard-storage-").FullName;
    private readonly FixedClock clock = new(Now);

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Samples_outlive_the_process_and_a_line_that_was_cut_off_does_no_harm()
    {
        History().Add(Sample(-10, bytes: 100));
        History().Add(Sample(-5, bytes: 200));
        File.AppendAllText(Path.Combine(folder, "storage.jsonl"), """{"at":"2026-03-02T11:58""");
        var read = History().Since(Now.AddDays(-1));
        read.Select(sample => sample.Places["s3"].Bytes).ShouldBe([100, 200]);
        History().Since(Now.AddMinutes(-6)).Count.ShouldBe(1);
    }

    [Fact]
    public void Old_samples_are_thinned_to_one_an_hour_and_new_ones_all_kept()
    {
        var samples = Enumerable.Range(0, 3 * 24 * 12).Select(i => Sample(-5 * ((3 * 24 * 12) - i), i)).ToList();
        var kept = StorageHistory.Thin(samples, Now);
        kept.Count(sample => sample.At > Now.AddDays(-2)).ShouldBe(samples.Count(sample => sample.At > Now.AddDays(-2)));
        kept.Count(sample => sample.At <= Now.AddDays(-2)).ShouldBeInRange(24, 25);
        StorageHistory.Thin([Sample(-60 * 24 * 400, 1)], Now).ShouldBeEmpty();
    }

    [Fact]
    public void A_restart_of_the_process_is_no_negative_use()
    {
        var uses = StorageReport.Uses([Used(-15, 0, 100), Used(-10, 0, 250), Used(-5, 60, 3), Used(0, 60, 18)]);
        uses.Select(use => Math.Round(use.Cores, 3)).ShouldBe([0.5, 0.05]);
    }

    [Fact]
    public async Task The_warehouse_tells_bytes_and_rows_of_its_layers()
    {
        await using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(folder, "w.duckdb") });
        await using (var session = await warehouse.OpenAsync())
        {
            await RawLayer.EnsureAsync(session);
            await session.ExecuteAsync("""
                insert into raw.load_objects select 'k' || i, 'e', 1000 + i, timestamp '2026-01-01', 1, 0, 1, timestamp '2026-01-01' from range(10) as r(i);
                create schema staging; create schema intermediate; create schema marts;
                create table staging.stg_x as select i, hash(i) as h from range(200000) as r(i);
                create table intermediate.int_x as select i from range(50) as r(i);
                create table marts."fct 'x'" as select i from range(7) as r(i);
                checkpoint
                """);
        }

        var spool = new FhirAspire.Fhir.Spool.SpoolDirectory(new FhirAspire.Fhir.Spool.SpoolOptions { Path = Path.Combine(folder, "spool") }, clock);
        await spool.AddAsync("p", (path, stop) => File.WriteAllTextAsync(Path.Combine(path, "a.json"), "12345", stop));
        using var sockets = new SocketBytes();
        using var marts = Marts();
        var services = new ServiceCollection().AddSingleton<IWarehouse>(warehouse).AddSingleton(spool).BuildServiceProvider();
        var meter = new StorageMeter(marts, new PipelineState(), sockets, services, clock, NullLogger<StorageMeter>.Instance);
        var sample = await meter.MeasureAsync(default);

        sample.Places["spool"].ShouldBe(new PlaceSize(5, 1));
        sample.Places["s3"].ShouldBe(new PlaceSize(10_045, 10));
        sample.Places["staging"].Items.ShouldBe(200_050);
        // Hashes of 8 bytes do not compress.
        sample.Places["staging"].Bytes!.Value.ShouldBeInRange(1_600_000, 5_000_000);
        sample.Places["marts"].Items.ShouldBe(7);
        sample.Places["raw"].Bytes!.Value.ShouldBeGreaterThan(0);
        sample.Places.ShouldNotContainKey("parquet");
        sample.Tables!["staging.stg_x"].ShouldBe(200_000);
        sample.Tables["marts.fct 'x'"].ShouldBe(7);
        sample.Process.Memory.ShouldBeGreaterThan(10_000_000);
        // Nothing was loaded or built since.
        (await meter.MeasureAsync(default)).Tables.ShouldBeNull();
    }

    [Fact]
    public async Task The_estimate_is_made_of_the_rate_and_the_sizes_of_the_last_day()
    {
        var store = new RunStore(new RunStoreOptions { ConnectionString = Path.Combine(folder, "history.db") }, clock);
        await store.PrepareAsync();
        foreach (var hours in new[] { -12, -6, -1 })
        {
            var run = new JobRun { Job = JobNames.Generator, Owner = "test", StartedAt = Now.AddHours(hours), QueuedAt = Now.AddHours(hours), Status = RunStatus.Running };
            await store.StartAsync(run);
            (run.Status, run.FinishedAt, run.Counts) = (RunStatus.Succeeded, run.StartedAt.AddMinutes(1), new Dictionary<string, long> { ["patients"] = 100, ["files"] = 200, ["bytes"] = 500_000_000 });
            await store.FinishAsync(run);
        }

        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("Cost:Prices:S3GbMonth", "0.05"), new("Uploader:Gzip", "true")]).Build();
        var view = await new StorageReport(History(), store, Operations(), [], configuration, clock, NullLogger<StorageReport>.Instance).ReadAsync(Now.AddDays(-1));
        view.Traffic.Patients.ShouldBe(300);
        var estimate = view.Estimate.ShouldNotBeNull();
        estimate.Now.PatientsPerDay.ShouldBe(600, 1e-6);
        // 600 a day for 30 days, 5 MB each, gzipped to a tenth: 9 GB.
        estimate.Items.Single(item => item.Name == "S3 storage, first 30 days").Usd.ShouldBe(9 * 0.05, 1e-9);
        estimate.Items.Single(item => item.Name == "S3 requests").Amount.ShouldBe("36,000 objects");
        estimate.IsMeasured.ShouldBeTrue();
    }

    [Fact]
    public async Task Every_process_of_the_pipeline_is_shown_with_its_own_use()
    {
        var store = new RunStore(new RunStoreOptions { ConnectionString = Path.Combine(folder, "history.db") }, clock);
        await store.PrepareAsync();
        foreach (var (process, service, minutes, cpu) in new[] { ("m:1:5", "Loader", -3, 10.0), ("m:2:7", "Uploader", -3, 1.0), ("m:1:5", "Loader", -2, 40.0), ("m:2:7", "Uploader", -1, 13.0), ("m:9:1", "DbtRunner", -60, 5.0), ("m:1:5", "Loader", -1, 70.0) })
        {
            await Operations().AddProcessSampleAsync(
                new ProcessSample { Process = process, Service = service, At = Now.AddMinutes(minutes), Use = new ProcessUse { StartedAt = Now.AddDays(-1), CpuSeconds = cpu, Memory = 7_000_000, Received = (long)cpu * 60, Sent = 3 } }, Now - ProcessMeter.Kept);
        }

        var view = await new StorageReport(History(), store, Operations(), [], new ConfigurationBuilder().Build(), clock, NullLogger<StorageReport>.Instance).ReadAsync(Now.AddDays(-1));
        // What no longer tells stands last.
        view.Processes.Select(process => process.Service).ShouldBe(["Loader", "Uploader", "DbtRunner"]);
        view.Processes[0].Uses.Select(use => use.Cores).ShouldBe([0.5, 0.5]);
        view.Processes[0].Uses[0].Received.ShouldBe(30);
        view.Processes[1].Uses.Single().Cores.ShouldBe(0.1, 1e-9);
        view.Processes[2].Uses.ShouldBeEmpty();
        view.Processes[2].Memory.ShouldBe(7_000_000);
    }

    [SkippableTheory]
    [InlineData(RunStoreProvider.Sqlite)]
    [InlineData(RunStoreProvider.Postgres)]
    public async Task What_processes_have_told_is_kept_for_a_time(RunStoreProvider provider)
    {
        var options = new RunStoreOptions { Provider = provider, ConnectionString = provider == RunStoreProvider.Sqlite ? Path.Combine(folder, "history.db") : await (await PostgresServer.RequireAsync()).CreateDatabaseAsync() };
        await new RunStore(options, clock).PrepareAsync();
        var operations = new OperationsStore(options);
        var use = new ProcessUse { StartedAt = Now.AddDays(-3), CpuSeconds = 12.5, Memory = 5_000_000_000, Received = 1, Sent = 2 };
        foreach (var at in new[] { Now.AddHours(-49), Now.AddHours(-47), Now })
        {
            await operations.AddProcessSampleAsync(new ProcessSample { Process = "m:1:5", Service = "Loader", At = at, Use = use }, at - ProcessMeter.Kept);
        }

        var kept = await operations.ProcessSamplesAsync(DateTime.MinValue);
        kept.Select(sample => sample.At).ShouldBe([Now.AddHours(-47), Now]);
        kept[0].Use.ShouldBe(use);
        (await operations.ProcessSamplesAsync(Now.AddHours(-1))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Bytes_through_sockets_are_counted()
    {
        using var sockets = new SocketBytes();
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync((System.Net.IPEndPoint)listener.LocalEndpoint);
        using var server = await listener.AcceptTcpClientAsync();
        var sent = new byte[300_000];
        var reading = server.GetStream().ReadExactlyAsync(new byte[sent.Length]).AsTask();
        await client.GetStream().WriteAsync(sent);
        await reading;
        for (var i = 0; i < 100 && sockets.Received < sent.Length; i++)
        {
            await Task.Delay(100);
        }

        sockets.Received.ShouldBeGreaterThanOrEqualTo(sent.Length);
        sockets.Sent.ShouldBeGreaterThanOrEqualTo(sent.Length);
    }

    private StorageHistory History() => new(
        Options.Create(new DashboardOptions()), Options.Create(new RunStoreOptions { ConnectionString = Path.Combine(folder, "history.db") }), clock, NullLogger<StorageHistory>.Instance);

    private MartsLibrary Marts() => new(Options.Create(new DashboardOptions { MartsDir = Path.Combine(folder, "marts") }), new ConfigurationBuilder().Build(), NullLogger<MartsLibrary>.Instance);

    private static StorageSample Sample(int minutes, long bytes) => new() { At = Now.AddMinutes(minutes), Places = new Dictionary<string, PlaceSize> { ["s3"] = new(bytes, 1) } };

    private static (DateTime At, ProcessUse Process) Used(int minutes, int startedSeconds, double cpu) => (Now.AddMinutes(minutes), new ProcessUse { StartedAt = Now.AddDays(-1).AddSeconds(startedSeconds), CpuSeconds = cpu });

    private OperationsStore Operations() => new(new RunStoreOptions { ConnectionString = Path.Combine(folder, "history.db") });
}
