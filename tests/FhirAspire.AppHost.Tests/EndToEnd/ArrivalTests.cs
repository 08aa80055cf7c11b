using System.Globalization;
using FhirAspire.Dbt;
using FhirAspire.DbtRunner;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;
using FhirAspire.Warehouse.Postgres;
using Xunit.Abstractions;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>
/// Whatever the order in which files come, increments give what a full refresh gives. Patients come in several runs at random, many of them in two versions, the older one under a
/// key of its own (also late) or under the key that the newer one replaces, and some leave their file again; FHIRASPIRE_ARRIVAL_SEED asks for another order.
/// </summary>
public sealed class ArrivalTests(ITestOutputHelper log)
{
    private const int Patients = 30;
    private const int Runs = 5;

    [Fact]
    public async Task Increments_in_any_order_give_what_a_full_refresh_gives_on_DuckDB()
    {
        using var data = new TemporaryData();
        await using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(data.Path, "warehouse.duckdb") });
        await CheckAsync(warehouse, data);
    }

    [SkippableFact]
    public async Task Increments_in_any_order_give_what_a_full_refresh_gives_on_PostgreSQL()
    {
        var server = await PostgresServer.RequireAsync();
        using var data = new TemporaryData();
        await using var warehouse = new PostgresWarehouse(new PostgresOptions { ConnectionString = await server.CreateDatabaseAsync() });
        await CheckAsync(warehouse, data);
    }

    private async Task CheckAsync(IWarehouse warehouse, TemporaryData data)
    {
        var seed = int.TryParse(Environment.GetEnvironmentVariable("FHIRASPIRE_ARRIVAL_SEED"), CultureInfo.InvariantCulture, out var given) ? given : 1;
        log.WriteLine($"FHIRASPIRE_ARRIVAL_SEED={seed}");
        var runs = Plan(await GenerateAsync(data, "2025-01-01"), await GenerateAsync(data, "2026-01-01"), new Random(seed));
        foreach (var (run, files) in runs.Index())
        {
            await LoadAsync(warehouse, files);
            if (run == Runs - 2)
            {
                await ForgetAsync(warehouse);
            }

            await BuildAsync(warehouse, data);
        }

        await using var session = await warehouse.OpenAsync();
        Convert.ToInt64((await session.QueryAsync("select max(batch_no) from staging.base_encounter_remainders")).Scalar, CultureInfo.InvariantCulture).ShouldBe(Runs);
        // The test is about something: prices have changed after the first run, claims have been taken back, and a price has lost some.
        (await CountAsync(session, "staging.base_encounter_prices where batch_no > 1")).ShouldBeGreaterThan(0);
        (await CountAsync(session, "staging.base_encounter_remainders where claims < 0")).ShouldBeGreaterThan(0);
        var tables = await TablesAsync(session);
        await session.ExecuteAsync("create schema before");
        foreach (var (table, columns) in tables)
        {
            await session.ExecuteAsync($"create table before.{table.Replace('.', '_')} as select {columns} from {table}");
        }

        await session.DisposeAsync();
        await BuildAsync(warehouse, data, "--full-refresh");
        await using var after = await warehouse.OpenAsync();
        var differences = new List<string>();
        foreach (var (table, columns) in tables)
        {
            // What has no claim left keeps its row in an increment.
            var condition = table switch
            {
                "staging.base_encounter_counts" => " where claims > 0",
                "staging.base_encounter_prices" => " where price is not null",
                _ => "",
            };
            var (old, now) = ($"select {columns} from before.{table.Replace('.', '_')}{condition}", $"select {columns} from {table}{condition}");
            (await CountAsync(after, $"({now}) as t")).ShouldBeGreaterThan(0, table);
            var (gone, come) = (await CountAsync(after, $"({old} except all {now}) as t"), await CountAsync(after, $"({now} except all {old}) as t"));
            if (gone + come > 0)
            {
                differences.Add($"{table}: {gone} rows by increments alone, {come} by a full refresh alone");
            }
        }

        differences.ShouldBeEmpty();
    }

    // As a warehouse is that was filled before claims were counted and observations told the class of their encounter.
    private static async Task ForgetAsync(IWarehouse warehouse)
    {
        await using var session = await warehouse.OpenAsync();
        await session.ExecuteAsync("drop table staging.base_encounter_counts");
        await session.ExecuteAsync("alter table staging.base_encounter_prices drop column claims");
        await session.ExecuteAsync("alter table staging.base_encounter_prices drop column counted_batch_no");
        await session.ExecuteAsync("alter table marts.fct_observations drop column encounterclass");
    }

    private static async Task<Dictionary<string, string>> GenerateAsync(TemporaryData data, string day)
    {
        var folder = Path.Combine(data.Path, day);
        var (exitCode, output) = await HostProcess.RunAsync(["generate", "--patients", $"{Patients}", "--seed", "5", "--years-of-history", "3", "--as-of", day, "--out", folder]);
        exitCode.ShouldBe(0, output);
        return Directory.EnumerateFiles(folder, "*.json").ToDictionary(path => Path.GetFileNameWithoutExtension(path).Split('_')[^1], StringComparer.Ordinal);
    }

    private static List<Arrival>[] Plan(Dictionary<string, string> older, Dictionary<string, string> newer, Random random)
    {
        var runs = Enumerable.Range(0, Runs).Select(_ => new List<Arrival>()).ToArray();
        foreach (var (patient, path) in newer.OrderBy(file => file.Key, StringComparer.Ordinal))
        {
            var at = random.Next(Runs);
            runs[at].Add(new Arrival($"raw/patients/2026-01-01/{patient}.json", path, 2));
            if (!older.TryGetValue(patient, out var before))
            {
                continue;
            }

            switch (random.Next(4))
            {
                case 0:
                    runs[random.Next(Runs)].Add(new Arrival($"raw/patients/2025-01-01/{patient}.json", before, 1));
                    break;
                case 1 when at > 0:
                    runs[random.Next(at)].Add(new Arrival($"raw/patients/2026-01-01/{patient}.json", before, 1));
                    break;
                case 2 when at < Runs - 1 && patient[0] is not ('h' or 'p'):
                    runs[random.Next(at + 1, Runs)].Add(new Arrival($"raw/patients/2026-01-01/{patient}.json", null, 3));
                    break;
            }
        }

        return runs;
    }

    private static async Task LoadAsync(IWarehouse warehouse, List<Arrival> files)
    {
        await using var session = await warehouse.OpenAsync();
        await Warehouse.Raw.RawLayer.EnsureAsync(session);
        var json = warehouse.Kind == WarehouseKind.Postgres ? "jsonb" : "json";
        var entries = warehouse.Kind == WarehouseKind.Postgres ? "jsonb_array_length(cast($2 as jsonb) -> 'entry')" : "json_array_length($2, '$.entry')";
        foreach (var file in files)
        {
            var text = file.Path is null ? """{"resourceType":"Bundle","type":"transaction","entry":[]}""" : await File.ReadAllTextAsync(file.Path);
            await session.ExecuteAsync("delete from raw.fhir_bundles where file_key = $1", [file.Key]);
            await session.ExecuteAsync(
                $"insert into raw.fhir_bundles (file_key, bundle_data, loaded_at, s3_last_modified, record_count, etag) values ($1, cast($2 as {json}), timestamp '2026-01-01 00:00:00', timestamp '2026-01-01 00:0{file.Version}:00', {entries}, '{file.Version}')",
                [file.Key, text]);
        }
    }

    private static async Task BuildAsync(IWarehouse warehouse, TemporaryData data, params string[] options)
    {
        var project = Path.Combine(TestEnvironment.RepositoryRoot, "dbt");
        string[] arguments = ["build", "--project-dir", project, "--profiles-dir", project, "--target-path", Path.Combine(data.Path, "target"), .. options];
        var result = await DbtEngine.RunAsync(DbtInvocation.Parse(arguments, DbtEnvironment.For(warehouse), warehouse), new Silent(), default);
        result.ExitCode.ShouldBe(0, string.Join('\n', result.Nodes.Where(node => node.Error is not null).Select(node => node.Error!.ToConsoleText())));
    }

    // The tables that people and models read, without what tells of the runs.
    private static async Task<List<(string Table, string Columns)>> TablesAsync(IWarehouseSession session)
    {
        var rows = (await session.QueryAsync("""
            select c.table_schema || '.' || c.table_name, string_agg('"' || c.column_name || '"', ', ' order by c.column_name)
            from information_schema.columns as c
            inner join information_schema.tables as t on t.table_schema = c.table_schema and t.table_name = c.table_name and t.table_type = 'BASE TABLE'
            where c.table_schema in ('staging', 'intermediate', 'marts') and c.column_name not like '%batch_no'
                and (c.table_name not like 'base%' or c.table_name in ('base_encounter_counts', 'base_encounter_prices', 'base_encounters', 'base_claims', 'base_claim_items'))
            group by 1 order by 1
            """)).Rows;
        rows.Count.ShouldBeGreaterThan(40);
        return [.. rows.Select(row => ((string)row[0]!, (string)row[1]!))];
    }

    private static async Task<long> CountAsync(IWarehouseSession session, string from) => Convert.ToInt64((await session.QueryAsync($"select count(*) from {from}")).Scalar, CultureInfo.InvariantCulture);

    private sealed record Arrival(string Key, string? Path, int Version);

    private sealed class Silent : IDbtObserver;
}
