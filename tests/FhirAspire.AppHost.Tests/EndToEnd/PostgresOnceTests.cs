using System.Text.Json;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;
using FhirAspire.Warehouse.Postgres;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>The whole pipeline on PostgreSQL: the same oracle as on DuckDB, and the same tables.</summary>
public sealed class PostgresOnceTests
{
    private static readonly string Samples = Path.Combine(TestEnvironment.RepositoryRoot, "samples", "synthea");

    [SkippableFact]
    public async Task The_bundled_sample_becomes_the_same_tables_on_PostgreSQL_as_on_DuckDB()
    {
        var server = await PostgresServer.RequireAsync();
        var database = await server.CreateDatabaseAsync();
        using var data = new TemporaryData();
        using var duckDb = new TemporaryData();

        var summary = await OnceTests.OnceAsync(data, Settings(database), "--source", Path.Combine(Samples, "fhir-small"));
        var onDuckDb = await OnceTests.OnceAsync(duckDb, new Dictionary<string, string?>(), "--source", Path.Combine(Samples, "fhir-small"));

        File.Exists(Path.Combine(data.Path, "warehouse.duckdb")).ShouldBeFalse();
        File.Exists(Path.Combine(data.Path, "history.db")).ShouldBeFalse();
        Numbers(summary, "tests").ShouldBe(Numbers(onDuckDb, "tests"));
        Numbers(summary, "rows").ShouldBe(Numbers(onDuckDb, "rows"));
        await using var warehouse = new PostgresWarehouse(new PostgresOptions { ConnectionString = database });
        await using (var session = await warehouse.OpenAsync())
        {
            (await session.QueryAsync("""select string_agg("Job", ',' order by "Job") from job_runs where "Status" = 'Succeeded'""")).Scalar.ShouldBe("dbt,generator,loader,uploader");
            (await session.QueryAsync("select count(*) from node_runs")).Scalar.ShouldBeOfType<long>().ShouldBeGreaterThan(250);
        }

        await CopyAsync(warehouse, data);
        await OnceTests.CompareAsync(data, Path.Combine(TestEnvironment.RepositoryRoot, "tests", "fixtures", "oracle.json"), Path.Combine(Samples, "csv-small"), strictColumnsOnly: true);
        (await OnceTests.DifferencesPerPatientAsync(data, Path.Combine(Samples, "csv-small"))).ShouldBeEmpty();
        (await DifferencesAsync(data, duckDb)).ShouldBeEmpty();
        Directory.GetFiles(Path.Combine(data.Path, "marts", "current")).Select(Path.GetFileName).Order().ShouldBe(Directory.GetFiles(Path.Combine(duckDb.Path, "marts", "current")).Select(Path.GetFileName).Order());
    }

    [SkippableFact]
    public async Task The_large_sample_reaches_the_rates_of_the_oracle_on_PostgreSQL()
    {
        var sample = TestEnvironment.RequireShared("samples/synthea");
        var server = await PostgresServer.RequireAsync();
        var database = await server.CreateDatabaseAsync();
        using var data = new TemporaryData();
        await OnceTests.OnceAsync(data, Settings(database), "--source", Path.Combine(sample, "fhir"));
        await using var warehouse = new PostgresWarehouse(new PostgresOptions { ConnectionString = database });
        await CopyAsync(warehouse, data);

        await OnceTests.CompareAsync(data, Path.Combine(sample, "oracle.json"), Path.Combine(sample, "csv"), strictColumnsOnly: false);
        (await OnceTests.DifferencesPerPatientAsync(data, Path.Combine(sample, "csv"))).ShouldBeEmpty();
    }

    internal static Dictionary<string, string?> Settings(string database) => new()
    {
        ["Warehouse__Provider"] = "postgres", ["Warehouse__Postgres__ConnectionString"] = database, ["History__Provider"] = "Postgres", ["History__ConnectionString"] = database,
    };

    private static string Numbers(JsonElement summary, string part) =>
        string.Join('\n', summary.GetProperty(part).EnumerateObject().Where(item => !item.Name.Contains("pg_", StringComparison.Ordinal)).Select(item => $"{item.Name} {item.Value}").Order(StringComparer.Ordinal));

    // The comparison with Synthea's CSV is written for DuckDB: it gets the tables of the server as a file.
    private static async Task CopyAsync(PostgresWarehouse source, TemporaryData data)
    {
        await using var target = data.OpenWarehouse();
        await using var session = await target.OpenAsync();
        foreach (var schema in new[] { "staging", "intermediate", "marts" })
        {
            var folder = Directory.CreateDirectory(Path.Combine(data.Path, "export", schema)).FullName;
            (await ParquetExport.WriteAsync(source, schema, folder)).ShouldBeGreaterThan(0);
            await session.ExecuteAsync($"create schema {schema}");
            foreach (var file in Directory.GetFiles(folder, "*.parquet"))
            {
                await session.ExecuteAsync($"create table {schema}.\"{Path.GetFileNameWithoutExtension(file)}\" as from '{file}'");
            }
        }
    }

    private static async Task<IReadOnlyList<string>> DifferencesAsync(TemporaryData found, TemporaryData expected)
    {
        await using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Path = ":memory:" });
        await using var session = await warehouse.OpenAsync();
        await session.ExecuteAsync($"attach '{Path.Combine(found.Path, "warehouse.duckdb")}' as found (read_only); attach '{Path.Combine(expected.Path, "warehouse.duckdb")}' as expected (read_only)");
        // What speaks of the load differs from run to run; numbers may be of another type, and sums of floating-point numbers of another order.
        var tables = await session.QueryAsync("""
            select table_schema, table_name, string_agg(case
                when data_type like 'DECIMAL%' or data_type in ('DOUBLE', 'FLOAT', 'BIGINT', 'INTEGER', 'HUGEINT', 'SMALLINT') then 'round("' || column_name || '"::double, 4)'
                else '"' || column_name || '"::varchar' end, ', ' order by column_name)
            from information_schema.columns
            where table_catalog = 'expected' and (table_schema, table_name) in (select (table_schema, table_name) from information_schema.tables where table_catalog = 'expected' and table_type = 'BASE TABLE')
              and table_schema in ('staging', 'intermediate', 'marts') and table_name not like 'base_%' and data_type <> 'JSON'
              and not regexp_matches(column_name, '(file_key|etag|loaded_at|last_modified|batch_no)$')
            group by 1, 2 order by 1, 2
            """);
        tables.Rows.Count.ShouldBeGreaterThan(40);
        var differences = new List<string>();
        foreach (var table in tables.Rows)
        {
            var (name, columns) = ($"{table[0]}.\"{table[1]}\"", table[2]);
            var rows = await session.QueryAsync($"""
                select (select count(*) from (select {columns} from found.{name} except all select {columns} from expected.{name})), (select count(*) from (select {columns} from expected.{name} except all select {columns} from found.{name}))
                """);
            if (Convert.ToInt64(rows.Rows[0][0]) + Convert.ToInt64(rows.Rows[0][1]) > 0)
            {
                differences.Add($"{name}: {rows.Rows[0][0]} rows on PostgreSQL alone, {rows.Rows[0][1]} on DuckDB alone");
            }
        }

        return differences;
    }
}
