using FhirAspire.Dashboard.Marts;

namespace FhirAspire.Dashboard.Tests;

public sealed class SqlGuardTests : IDisposable
{
    private static readonly string[] Tables = ["dim_patients", "fct_encounters"];
    private readonly SqlGuard guard = new();

    public void Dispose() => guard.Dispose();

    [Theory]
    [InlineData("select count(*) from dim_patients")]
    [InlineData("with x as (select 1 as a) select * from x union all select 2 from range(3)")]
    [InlineData("select * from main.fct_encounters as e where exists (select 1 from dim_patients as p where p.id = e.patient)")]
    [InlineData("select column_name from information_schema.columns")]
    [InlineData("with dim_patients as (select * from dim_patients where gender = 'F') select * from dim_patients")]
    [InlineData("with a as (select * from dim_patients), b as (select * from A) select * from b union all select * from a where exists (select 1 from b)")]
    [InlineData("with recursive t as (select 1 as x union all select x + 1 from t where x < 3) select * from t")]
    [InlineData("select (with x as (select 1) select * from x)")]
    [InlineData("with columns as (select 1 as n) select n from columns")]
    public void A_select_over_the_marts_passes(string sql) => Should.NotThrow(() => guard.Check(sql, Tables));

    [Theory]
    [InlineData("copy dim_patients to 'x.csv'")]
    [InlineData("copy (select 1) to 'warehouse.duckdb.wal'")]
    [InlineData("explain analyze copy (select 1) to 'x'")]
    [InlineData("attach 'x.db' as x")]
    [InlineData("set enable_external_access = true")]
    [InlineData("pragma database_list")]
    [InlineData("create table t as select 1")]
    [InlineData("delete from dim_patients")]
    [InlineData("install httpfs")]
    [InlineData("select 1; select 2")]
    [InlineData("select * from read_text('/etc/passwd')")]
    [InlineData("select * from read_csv('x.csv')")]
    [InlineData("select * from 'x.parquet'")]
    [InlineData("select * from glob('*')")]
    [InlineData("select * from duckdb_settings()")]
    [InlineData("select * from duckdb_views")]
    [InlineData("select * from pg_catalog.pg_views")]
    [InlineData("select * from information_schema.views")]
    [InlineData("select current_setting('allowed_paths')")]
    [InlineData("select getenv('HOME')")]
    [InlineData("select * from query('select 1')")]
    [InlineData("select * from query_table('dim_patients')")]
    [InlineData("select (select content from read_text('x'))")]
    [InlineData("select * from dim_patients where id in (select sql from sqlite_master)")]
    [InlineData("from duckdb_secrets()")]
    [InlineData("describe dim_patients")]
    [InlineData("with duckdb_views as (select 1) select sql from duckdb_views()")]
    [InlineData("with duckdb_views as (select sql from duckdb_views) select * from duckdb_views")]
    [InlineData("with recursive duckdb_views as (select sql from duckdb_views) select * from duckdb_views")]
    [InlineData("with recursive sqlite_master as (select sql from sqlite_master union all select sql from sqlite_master) select * from sqlite_master")]
    [InlineData("with duckdb_settings as (select 1) select * from main.duckdb_views")]
    [InlineData("with x as (select 1) select * from main.x")]
    [InlineData("select sql from duckdb_views where exists (with duckdb_views as (select 1) select * from duckdb_views)")]
    [InlineData("select (select max(sql) from sqlite_master) from (with sqlite_master as (select 1) select * from sqlite_master) as x")]
    [InlineData("with a as (select sql from PG_VIEWS), pg_views as (select 1) select * from a")]
    [InlineData("with a as (with late as (select 1) select * from late) select * from late")]
    [InlineData("with \"x.parquet\" as (select * from \"x.parquet\") select * from \"x.parquet\"")]
    [InlineData("select pg_get_viewdef(1)")]
    [InlineData("select pg_catalog.pg_get_viewdef(oid) from range(9000) as r(oid)")]
    [InlineData("select 1.pg_get_viewdef()")]
    [InlineData("select json_serialize_plan('select * from dim_patients')")]
    [InlineData("select get_block_size('memory')")]
    [InlineData("select sleep_ms(60000)")]
    [InlineData("select * from histogram(dim_patients, id)")]
    [InlineData("")]
    [InlineData("selec 1")]
    public void Everything_else_is_refused(string sql) => Should.Throw<MartsException>(() => guard.Check(sql, Tables)).Code.ShouldBe("DB1002");

    [Fact]
    public void A_long_sum_passes_and_a_bottomless_one_is_refused_not_broken()
    {
        Should.NotThrow(() => guard.Check("select " + string.Join(" + ", Enumerable.Repeat("1", 200)), Tables));
        Should.Throw<MartsException>(() => guard.Check("select " + string.Join(" + ", Enumerable.Repeat("1", 900)), Tables)).Code.ShouldBe("DB1002");
    }

    [Fact]
    public void A_name_that_is_nearly_right_gets_a_suggestion_and_a_place()
    {
        var refused = Should.Throw<MartsException>(() => guard.Check("select * from fct_encounter", Tables));
        refused.Message.ShouldContain("did you mean fct_encounters?");
        refused.Position.ShouldBe(14);
    }
}
