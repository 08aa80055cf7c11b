using System.Data;
using System.Security.Claims;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Marts;
using FhirAspire.Dashboard.Operations;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.DuckDb;
using FhirAspire.Warehouse.Postgres;
using FhirAspire.Warehouse.Snowflake;
using FhirAspire.Warehouse.Tests.Snowflake;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Tests;

public sealed class FailingRowsTests : IDisposable
{
    private const string Test = "test.p.people_have_names.abc";

    private readonly string folder = Directory.CreateTempSubdirectory("dashboard-failing-").FullName;

    public FailingRowsTests() => File.WriteAllText(Path.Combine(folder, "manifest.json"), $$"""
        {"nodes": {"{{Test}}": {"resource_type": "test", "unique_id": "{{Test}}", "name": "people_have_names", "compiled_code": "select id, name from marts.people where name is null or name = 'Miller' -- wrong\n;\n-- the end", "depends_on": {"nodes": []} } }, "sources": {} }
        """);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task An_operator_sees_what_a_test_finds_wrong_in_DuckDB()
    {
        await using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(folder, "w.duckdb") });
        await ShowsAsync(warehouse);
    }

    [SkippableFact]
    public async Task An_operator_sees_what_a_test_finds_wrong_in_PostgreSQL()
    {
        await using var warehouse = new PostgresWarehouse(new PostgresOptions { ConnectionString = await (await PostgresServer.RequireAsync()).CreateDatabaseAsync() });
        await ShowsAsync(warehouse);
    }

    [Fact]
    public async Task An_account_of_Snowflake_is_asked_in_a_transaction_that_is_never_committed()
    {
        var people = new DataTable { Columns = { { "ID", typeof(long) }, { "NAME", typeof(string) } }, Rows = { { 3L, "Miller" } } };
        var driver = new ScriptedDriver(sql => sql.StartsWith("select * from (", StringComparison.Ordinal) ? people : null);
        await using var warehouse = new SnowflakeWarehouse(new SnowflakeOptions { ConnectionString = "account=a;user=u;db=FHIR;warehouse=W" }, driver);
        var rows = await Reader(warehouse).ReadAsync(User(Roles.Operator), Test);
        rows.Columns.Select(column => column.Name).ShouldBe(["id", "name"]);
        rows.Rows.ShouldHaveSingleItem().ShouldBe([3L, "Miller"]);
        driver.Said.ShouldContain($"select * from (\nselect id, name from marts.people where name is null or name = 'Miller' -- wrong\n\n) as failing limit {FailingRows.Most + 1}");
        driver.Said.ShouldNotContain("commit");
        driver.Said[^1].ShouldBe("close");
    }

    [Fact]
    public async Task A_viewer_sees_no_rows_and_without_a_warehouse_or_test_the_reason_is_told()
    {
        (await Should.ThrowAsync<MartsException>(() => Reader(null).ReadAsync(User(Roles.Viewer), Test))).Message.ShouldContain("Only operators");
        (await Should.ThrowAsync<MartsException>(() => Reader(null).ReadAsync(User(Roles.Operator), Test))).Message.ShouldContain("not reached");
        (await Should.ThrowAsync<MartsException>(() => Reader(null).ReadAsync(User(Roles.Operator), "test.p.gone"))).Message.ShouldContain("not known");
    }

    [Theory]
    [InlineData("select 1", "select 1")]
    [InlineData("select 1;", "select 1")]
    [InlineData("select 1 ; ;\n-- done;\n/* and; so */ ", "select 1 ")]
    [InlineData("select ';' as a", "select ';' as a")]
    [InlineData("select 1 -- ;", "select 1 -- ;")]
    [InlineData("select 1; select ';'", "select 1; select ';'")]
    [InlineData("select \"a;\" from t; -- it's", "select \"a;\" from t")]
    public void Only_the_semicolon_at_the_end_of_a_statement_is_left_out(string sql, string kept) => FailingRows.WithoutEnd(sql).ShouldBe(kept);

    private async Task ShowsAsync(IWarehouse warehouse)
    {
        await using (var session = await warehouse.OpenAsync())
        {
            await session.ExecuteAsync("create schema marts");
            await session.ExecuteAsync("create table marts.people (id integer, name varchar)");
            await session.ExecuteAsync("insert into marts.people values (1, 'Smith'), (2, null), (3, 'Miller')");
        }

        var rows = await Reader(warehouse).ReadAsync(User(Roles.Operator), Test);
        rows.Columns.Select(column => column.Name).ShouldBe(["id", "name"]);
        rows.Rows.Select(row => (Convert.ToInt32(row[0]), row[1])).ShouldBe([(2, null), (3, "Miller")], ignoreOrder: true);
        rows.IsCut.ShouldBeFalse();

        await using (var session = await warehouse.OpenAsync())
        {
            await session.ExecuteAsync("insert into marts.people select 100, 'Miller' from (values (1), (2), (3), (4), (5)) as a(x), (values (1), (2), (3), (4), (5)) as b(y)");
        }

        var many = await Reader(warehouse).ReadAsync(User(Roles.Operator), Test);
        (many.Rows.Count, many.IsCut).ShouldBe((FailingRows.Most, true));
        var told = await File.ReadAllTextAsync(Path.Combine(folder, "audit.jsonl"));
        told.ShouldContain("people_have_names");
        told.ShouldNotContain("Miller");
    }

    private FailingRows Reader(IWarehouse? warehouse)
    {
        var options = Options.Create(new DashboardOptions { DbtTargetDir = folder, AuditFile = Path.Combine(folder, "audit.jsonl") });
        var services = new ServiceCollection();
        if (warehouse is not null)
        {
            services.AddSingleton(warehouse);
        }

        return new FailingRows(
            new ModelCatalog(options, new ConfigurationBuilder().Build(), NullLogger<ModelCatalog>.Instance),
            new AuditLog(options, Options.Create(new RunStoreOptions()), TimeProvider.System, NullLogger<AuditLog>.Instance), services.BuildServiceProvider(), NullLogger<FailingRows>.Instance);
    }

    private static ClaimsPrincipal User(string role) => new(new ClaimsIdentity([new Claim(ClaimTypes.Role, role)], "test"));
}
