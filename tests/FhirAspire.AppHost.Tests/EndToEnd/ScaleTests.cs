using System.Globalization;
using FhirAspire.Dbt;
using FhirAspire.DbtRunner;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Postgres;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>
/// An increment costs what it brings, however long the history is: counted in rows that PostgreSQL reads in the raw layer and in staging, which no load on the machine changes. Times
/// on both databases at 200 and 2,000 patients stand in docs/performance.md.
/// </summary>
public sealed class ScaleTests
{
    private const int Small = 5;

    [SkippableFact]
    public async Task Staging_of_an_increment_reads_as_much_at_ten_times_the_history()
    {
        var server = await PostgresServer.RequireAsync();
        using var data = new TemporaryData();
        var large = await GenerateAsync(data, "history", Small * 10, seed: 1);
        var increment = await GenerateAsync(data, "increment", Small, seed: 99);

        var few = await ReadByIncrementAsync(server, data, large[..(large.Count / 10)], increment);
        var many = await ReadByIncrementAsync(server, data, large, increment);

        few.ShouldBeGreaterThan(10_000);
        (many / (double)few).ShouldBeLessThanOrEqualTo(1.2, $"{few:N0} rows read at {large.Count / 10} patients, {many:N0} at {large.Count}");
    }

    private static async Task<List<string>> GenerateAsync(TemporaryData data, string name, int patients, int seed)
    {
        var folder = Path.Combine(data.Path, name);
        var (exitCode, output) = await HostProcess.RunAsync(["generate", "--patients", $"{patients}", "--seed", $"{seed}", "--years-of-history", "3", "--as-of", "2026-01-01", "--out", folder]);
        exitCode.ShouldBe(0, output);
        return [.. Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal)];
    }

    private static async Task<long> ReadByIncrementAsync(PostgresServer server, TemporaryData data, IReadOnlyList<string> history, IReadOnlyList<string> increment)
    {
        var database = await server.CreateDatabaseAsync();
        await LoadAsync(database, history);
        await StageAsync(database, data);
        await LoadAsync(database, increment);
        var before = await RowsReadAsync(database);
        await StageAsync(database, data);
        var read = await RowsReadAsync(database) - before;
        await using var warehouse = new PostgresWarehouse(new PostgresOptions { ConnectionString = database });
        await using var session = await warehouse.OpenAsync();
        Convert.ToInt64((await session.QueryAsync("select max(batch_no) from staging.stg_observations")).Scalar, CultureInfo.InvariantCulture).ShouldBeGreaterThan(1);
        return read;
    }

    private static async Task LoadAsync(string database, IReadOnlyList<string> files)
    {
        await using var warehouse = new PostgresWarehouse(new PostgresOptions { ConnectionString = database });
        await using var session = await warehouse.OpenAsync();
        await Warehouse.Raw.RawLayer.EnsureAsync(session);
        foreach (var file in files)
        {
            await session.ExecuteAsync(
                "insert into raw.fhir_bundles (file_key, bundle_data, loaded_at, s3_last_modified, record_count, etag) values ($1, cast($2 as jsonb), now(), now(), jsonb_array_length(cast($2 as jsonb) -> 'entry'), '1')",
                [$"raw/patients/2026-01-01/{Path.GetFileName(Path.GetDirectoryName(file))}/{Path.GetFileName(file)}", await File.ReadAllTextAsync(file)]);
        }
    }

    private static async Task StageAsync(string database, TemporaryData data)
    {
        var project = Path.Combine(TestEnvironment.RepositoryRoot, "dbt");
        await using var warehouse = new PostgresWarehouse(new PostgresOptions { ConnectionString = database });
        string[] arguments = ["build", "--project-dir", project, "--profiles-dir", project, "--target-path", Path.Combine(data.Path, "target"), "--select", "path:seeds", "path:models/base", "path:models/staging", "--exclude", "resource_type:test"];
        var result = await DbtEngine.RunAsync(DbtInvocation.Parse(arguments, DbtEnvironment.For(warehouse), warehouse), new Silent(), default);
        result.ExitCode.ShouldBe(0, string.Join('\n', result.Nodes.Where(node => node.Error is not null).Select(node => node.Error!.ToConsoleText())));
    }

    // What a session has read is told when it ends; the pools of those before are closed. Two equal answers are taken for the end of the telling.
    private static async Task<long> RowsReadAsync(string database)
    {
        await using var warehouse = new PostgresWarehouse(new PostgresOptions { ConnectionString = database });
        var last = -1L;
        while (true)
        {
            await using var session = await warehouse.OpenAsync();
            var rows = Convert.ToInt64((await session.QueryAsync(
                "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) from pg_stat_user_tables where schemaname in ('raw', 'staging') and (select count(*) from pg_stat_activity where datname = current_database()) = 1")).Scalar ?? -1L, CultureInfo.InvariantCulture);
            if (rows >= 0 && rows == last)
            {
                return rows;
            }

            last = rows;
            await Task.Delay(500);
        }
    }

    private sealed class Silent : IDbtObserver;
}
