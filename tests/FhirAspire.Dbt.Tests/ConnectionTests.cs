using FhirAspire.Warehouse.DuckDb;

namespace FhirAspire.Dbt.Tests;

/// <summary>What connections are set to, and how long they remember.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly ProjectFolder project = new("""
        name: shop
        version: '1.0'
        profile: shop
        flags: {send_anonymous_usage_stats: false}
        on-run-start: ["create schema other", "set schema = 'other'", "create table noted as select current_schema() as name", "create temp table passing as select 1 as id"]
        """);

    [Fact]
    public async Task Hooks_share_a_connection_and_what_it_remembers_ends_before_the_first_node()
    {
        project.Write("models/first.sql", "{{ config(materialized='table', pre_hook='create temp table own as select 1 as id') }} select current_schema() as name");
        project.Write("models/second.sql", "{{ config(materialized='table', pre_hook='create temp table own as select 2 as id') }} select name, (select max(id) from own) as id from {{ ref('first') }}");
        project.Write("models/third.sql", "select * from passing");

        var result = await project.RunAsync("run", "--threads", "1");

        result.Nodes.Where(node => node.Status == DbtStatus.Error).Select(node => node.UniqueId).ShouldBe(["model.shop.third"]);
        (await RowAsync("select (select name from other.noted), name, id from second")).ShouldBe(["other", "main", 2]);
    }

    [Fact]
    public async Task Rows_keep_the_order_in_which_a_query_gives_them_unless_the_profile_says_otherwise()
    {
        project.Write("models/numbered.sql", "{{ config(materialized='table') }} select current_setting('preserve_insertion_order') as kept, current_setting('TimeZone') as zone");

        (await project.RunAsync("run")).ExitCode.ShouldBe(0);
        (await RowAsync("select kept from numbered")).ShouldBe([true]);

        project.Write("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, schema: main, settings: {preserve_insertion_order: false, TimeZone: Europe/Berlin}}\n");
        project.Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n");
        (await project.RunAsync("run")).ExitCode.ShouldBe(0);
        (await RowAsync("select * from numbered")).ShouldBe([false, "Europe/Berlin"]);
    }

    [Fact]
    public async Task Schemas_at_the_end_of_a_run_are_those_of_nodes_that_went_well()
    {
        project.Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\non-run-end: [\"{{ log('made ' ~ schemas, info=true) }}\"]\n");
        project.Write("models/good.sql", "select 1 as id");
        project.Write("models/bad.sql", "{{ config(schema='other') }} select nothing");

        (await project.RunAsync("run")).ExitCode.ShouldBe(1);

        project.Console.Text.ShouldContain("made ['main']");
    }

    [Fact]
    public async Task A_foreign_key_of_a_column_points_to_a_table_and_the_manifest_names_it()
    {
        project.Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\nmodels: {+materialized: table, +contract: {enforced: true}}\n");
        project.Write("models/parent.sql", "select 1 as id");
        project.Write("models/good.sql", "select 1 as id");
        project.Write("models/bad.sql", "select 2 as id");
        const string child = "columns: [{name: id, data_type: int, constraints: [{type: foreign_key, to: ref('parent'), to_columns: [id]}]}]";
        project.Write("models/s.yml", $"models: [{{name: parent, columns: [{{name: id, data_type: int, constraints: [{{type: unique}}]}}]}}, {{name: good, {child}}}, {{name: bad, {child}}}]");

        // Two tables that point to one at the same time are a conflict in DuckDB.
        var result = await project.RunAsync("run", "--threads", "1");

        result.Nodes.Where(node => node.Status == DbtStatus.Error).Select(node => node.UniqueId).ShouldBe(["model.shop.bad"]);
        result.Nodes.Single(node => node.Name == "bad").Message!.ShouldContain("Violates foreign key constraint");
        project.Read("target/manifest.json").ShouldContain("\"to\":\"\\\"shop\\\".\\\"main\\\".\\\"parent\\\"\"");
    }

    [Fact]
    public async Task A_model_without_a_word_is_listed_and_never_run()
    {
        project.Write("models/first.sql", "select 1 as id");
        project.Write("models/empty.sql", "\n \n");

        (await project.RunAsync("run", "--no-partial-parse")).Nodes.Select(node => node.UniqueId).Where(id => id.StartsWith("model.", StringComparison.Ordinal)).ShouldBe(["model.shop.first"]);
        project.Read("target/manifest.json").ShouldContain("target/compiled/shop/./dbt_project.yml/hooks/shop-on-run-start-0.sql");
        await project.RunAsync("ls");
        project.Console.Text.ShouldContain("shop.empty");
    }

    [Fact]
    public async Task The_result_of_a_statement_can_be_loaded_once_and_a_config_has_no_attributes()
    {
        project.Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n");
        const string statement = "{% call statement('one', fetch_result=true) %} select 1 as id {% endcall %}";

        (await project.CompileAsync(statement + "{{ load_result('one').table.rows | length if execute }}[{{ config.materialized }}]")).ShouldBe("1[]");

        var twice = await project.RunAsync("compile", "--inline", statement + "{{ load_result('one') }}{{ load_result('one') }}");
        twice.Error!.Message.ShouldContain("The 'statement' result named 'one' has already been loaded into a variable");
    }

    [Fact]
    public async Task A_microbatch_model_on_DuckDB_takes_no_unique_key()
    {
        project.Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n");
        project.Write("models/days.sql", "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='day', batch_size='day', begin='2024-01-01', unique_key='id') }} select 1 as id, timestamp '2024-01-02' as day");

        var result = await project.RunAsync("run", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-03");

        // The first batch makes the table; there is nothing to delete in it.
        result.Nodes.Single().Status.ShouldBe(DbtStatus.PartialSuccess);
    }

    public void Dispose() => project.Dispose();

    private async Task<IReadOnlyList<object?>> RowAsync(string sql)
    {
        await using var warehouse = new DuckDbWarehouse(new DuckDbOptions { Path = Path.Combine(project.Root, "shop.duckdb") });
        await using var session = await warehouse.OpenAsync();
        return (await session.QueryAsync(sql)).Rows[0];
    }
}
