using System.Text.Json;
using FhirAspire.Warehouse.Postgres;

namespace FhirAspire.Dbt.Tests.Adapters;

/// <summary>The suite on a PostgreSQL server, and what only this database has.</summary>
public sealed class PostgresAdapterTests : AdapterSuite
{
    protected override bool IsPostgres => true;

    private protected override async Task<AdapterProject> OpenAsync(string project = Project)
    {
        var server = await PostgresServer.RequireAsync();
        var connection = await server.CreateDatabaseAsync();
        var name = connection.Split(';').Single(part => part.StartsWith("Database=", StringComparison.Ordinal))["Database=".Length..];
        var folder = new ProjectFolder(project);
        folder.Write("profiles.yml", $$"""
            shop:
              target: dev
              outputs:
                dev: {type: postgres, host: 127.0.0.1, port: {{server.Port}}, user: fhiraspire, pass: "{{server.Password}}", dbname: {{name}}, schema: main, threads: 2}
            """);
        return new AdapterProject(folder, () => new PostgresWarehouse(new PostgresOptions { ConnectionString = connection }), name);
    }

    [SkippableFact]
    public async Task A_microbatch_model_needs_a_unique_key()
    {
        await using var project = await OpenAsync();
        project.Write("models/m.sql", "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', batch_size='day', begin='2024-01-01') }} select 1 as id, timestamp '2024-01-01' as seen");
        await project.RunAsync("run", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-02");
        var failed = (await project.FailAsync("run", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-02")).Nodes.Single();
        (failed.Message + failed.Error).ShouldContain("requires a `unique_key` config");
    }

    [SkippableFact]
    public async Task Results_say_what_the_server_has_answered()
    {
        await using var project = await OpenAsync();
        project.Write("models/v.sql", "{{ config(materialized='view') }} select 1 as id union all select 2");
        project.Write("models/t.sql", "{{ config(materialized='table') }} select * from {{ ref('v') }}");
        project.Write("models/i.sql", "{{ config(materialized='incremental') }} select * from {{ ref('t') }}");
        project.Write("tests/few.sql", "select id from {{ ref('i') }} group by id having count(*) > 9");
        await project.RunAsync("build");
        await project.RunAsync("build");
        var responses = JsonDocument.Parse(project.Read("target/run_results.json")).RootElement.GetProperty("results").EnumerateArray()
            .ToDictionary(result => result.GetProperty("unique_id").GetString()!.Split('.')[2], result => result.GetProperty("adapter_response").ToString());
        responses["v"].ShouldBe("""{"_message":"CREATE VIEW","code":"CREATE VIEW","rows_affected":-1}""");
        responses["t"].ShouldBe("""{"_message":"SELECT 2","code":"SELECT","rows_affected":2}""");
        responses["i"].ShouldBe("""{"_message":"INSERT 0 2","code":"INSERT","rows_affected":2}""");
        responses["few"].ShouldBe("""{"_message":"SELECT 1","code":"SELECT","rows_affected":1}""");
    }

    [SkippableTheory]
    [InlineData("text", "text")]
    [InlineData("varchar", "character varying")]
    [InlineData("varchar(300)", "character varying(300)")]
    public async Task A_text_added_to_a_table_keeps_its_type(string type, string expected)
    {
        await using var project = await OpenAsync();
        project.Write("models/m.sql", $$$"""
            {{ config(materialized='incremental', on_schema_change='append_new_columns') }}
            select 1 as id{% if is_incremental() %}, cast(repeat('x', 300) as {{{type}}}) as added{% endif %}
            """);
        await project.RunAsync("run");
        await project.RunAsync("run");
        (await project.RowsAsync("select max(length(added)) from main.m")).ShouldBe("300");
        (await project.RowsAsync("select replace(format_type(atttypid, atttypmod), ' ', '_') from pg_attribute where attrelid = 'main.m'::regclass and attname = 'added'")).ShouldBe(expected.Replace(' ', '_'));
    }

    [SkippableFact]
    public async Task Indexes_materialized_views_and_unlogged_tables_are_made_and_made_again()
    {
        await using var project = await OpenAsync();
        project.Write("seeds/orders.csv", "id,day,note\n1,2024-01-01,a\n2,2024-01-02,\"it's \"\"b\"\"\"\n3,2024-02-01,\n");
        project.Write("models/v.sql", "{{ config(materialized='view') }} select *, {{ dbt.datediff(\"'2023-12-01'\", 'day', 'month') }} as months, {{ dbt.dateadd('day', 3, 'day') }} as later from {{ ref('orders') }}");
        project.Write("models/t.sql", "{{ config(materialized='table', unlogged=true, indexes=[{'columns': ['id'], 'unique': true}, {'columns': ['word'], 'type': 'hash'}]) }} select id, {{ dbt.split_part('note', \"' '\", -1) }} as word from {{ ref('v') }}");
        project.Write("models/i.sql", "{{ config(materialized='incremental', indexes=[{'columns': ['id']}]) }} select id from {{ ref('orders') }}");
        project.Write("models/mv.sql", "{{ config(materialized='materialized_view', indexes=[{'columns': ['n']}]) }} select count(*) as n from {{ ref('i') }}");
        await project.RunAsync("build");
        await project.RunAsync("build");
        await project.RunAsync("docs", "generate");

        (await project.RowsAsync("select n from main.mv")).ShouldBe("6");
        (await project.RowsAsync("select id, months, later from main.v order by id")).ShouldBe("1,1,2024-01-04 2,1,2024-01-05 3,2,2024-02-04");
        (await project.RowsAsync("select word from main.t order by id")).ShouldBe("a \"b\" -");
        (await project.RowsAsync("select relpersistence from pg_class where oid = 'main.t'::regclass")).ShouldBe("u");
        (await project.RowsAsync("select tablename, count(*) from pg_indexes where schemaname = 'main' group by 1 order by 1")).ShouldBe("i,1 mv,1 t,2");
        project.Read("target/catalog.json").ShouldContain("MATERIALIZED VIEW");
        await project.RunAsync("run", "--full-refresh");
        (await project.RowsAsync("select n from main.mv")).ShouldBe("3");
        project.Write("models/mv.sql", "{{ config(materialized='table') }} select count(*) as n from {{ ref('i') }}");
        await project.RunAsync("run", "--select", "mv");
        project.Write("models/mv.sql", "{{ config(materialized='materialized_view') }} select count(*) as n from {{ ref('i') }}");
        await project.RunAsync("run", "--select", "mv");
        (await project.RowsAsync("select relkind from pg_class where oid = 'main.mv'::regclass")).ShouldBe("m");
        (await project.RowsAsync("select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'main' and relname like '%dbt%' and relkind in ('r', 'v', 'm')")).ShouldBe("0");
    }

    [SkippableFact]
    public async Task Other_indexes_of_a_materialized_view_are_made_skipped_or_refused_as_it_is_configured()
    {
        await using var project = await OpenAsync();
        project.Write("models/after.sql", "select * from {{ ref('mv') }}");
        // Of the hooks of a view that is left as it is those run that stand outside of its transaction.
        project.Write("macros/log.sql", "{% macro log(text) %}create table if not exists main.log (text text); insert into main.log values ('{{ text }}'){% endmacro %}");
        const string hooks = "pre_hook=[{'sql': \"{{ log('before') }}\", 'transaction': false}, \"{{ log('inside') }}\"], post_hook={'sql': \"{{ log('after') }}\", 'transaction': false}";
        void Write(string reaction, string indexes) =>
            project.Write("models/mv.sql", $"{{{{ config(materialized='materialized_view', {hooks}, on_configuration_change='{reaction}', indexes={indexes}) }}}} select 1 as n, 2 as m");
        async Task IndexesAsync(string expected) => (await project.RowsAsync("select replace(replace(substring(indexdef from ' USING .*'), ' USING ', ''), ', ', '+') from pg_indexes where tablename = 'mv' order by 1")).ShouldBe(expected);

        Write("apply", "[{'columns': ['n', 'm']}, {'columns': ['m'], 'type': 'hash'}]");
        await project.RunAsync("run");
        await IndexesAsync("btree (n+m) hash (m)");

        // The same, told otherwise: refreshed.
        Write("fail", "[{'columns': ['m', 'n']}, {'columns': ['m'], 'type': 'hash', 'unique': false}]");
        await project.RunAsync("run");
        await IndexesAsync("btree (n+m) hash (m)");

        Write("continue", "[{'columns': ['n'], 'unique': true}]");
        (await project.RowsAsync("with gone as (delete from main.log returning text) select text from gone")).ShouldBe("before inside after before inside after");
        var run = await project.RunAsync("run");
        run.Nodes.Single(node => node.Name == "mv").Message.ShouldBe($"skip \"{project.Database}\".\"main\".\"mv\"");
        (await project.RowsAsync("select text from main.log")).ShouldBe("before after");
        await IndexesAsync("btree (n+m) hash (m)");

        Write("fail", "[{'columns': ['n'], 'unique': true}]");
        var failed = (await project.FailAsync("run")).Nodes.ToDictionary(node => node.Name, StringComparer.Ordinal);
        failed["mv"].Message!.ShouldContain("Configuration changes were identified and `on_configuration_change` was set to `fail`");
        failed["after"].Status.ShouldBe(DbtStatus.Skipped);
        await IndexesAsync("btree (n+m) hash (m)");

        Write("apply", "[{'columns': ['n'], 'unique': true}]");
        await project.RunAsync("run");
        await IndexesAsync("btree (n)");
        (await project.RowsAsync("select count(*) from pg_index where indrelid = 'main.mv'::regclass and indisunique")).ShouldBe("1");
    }

    [SkippableFact]
    public async Task A_contract_takes_the_types_of_a_kind_for_one_and_names_those_that_differ()
    {
        await using var project = await OpenAsync();
        project.Write("models/m.sql", "{{ config(materialized='table') }} select 'x' as name, cast('y' as varchar(3)) as code, cast(1 as smallint) as n, array['a'] as many, 1 as id");
        const string schema = "models: [{name: m, config: {contract: {enforced: true}}, columns: [{name: name, data_type: varchar}, {name: code, data_type: text}, {name: n, data_type: integer}, {name: many, data_type: 'varchar[]'}, {name: id, data_type: integer}]}]";
        project.Write("models/schema.yml", schema);
        await project.RunAsync("run");
        project.Write("models/schema.yml", schema.Replace("{name: id, data_type: integer}", "{name: id, data_type: bigint}", StringComparison.Ordinal));
        var message = (await project.FailAsync("run")).Nodes.Single().Message!;
        message.ShouldContain("| id          | integer         | bigint        | data type mismatch |");
        message.ShouldNotContain("| name");
    }

    [SkippableFact]
    public async Task Columns_that_a_failed_run_has_added_are_taken_back()
    {
        await using var project = await OpenAsync();
        project.Write("models/m.sql", "{{ config(materialized='incremental', on_schema_change='append_new_columns') }} select {{ \"1 as id, 2 as more\" if is_incremental() else \"1 as id\" }}");
        await project.RunAsync("run");
        project.Write("models/m.sql", project.Read("models/m.sql").Replace("'append_new_columns'", "'append_new_columns', post_hook='select nothing from not_there'", StringComparison.Ordinal));
        await project.FailAsync("run");
        (await project.RowsAsync("select column_name from information_schema.columns where table_schema = 'main' and table_name = 'm'")).ShouldBe("id");
    }

    [SkippableFact]
    public async Task A_schema_that_is_dropped_takes_the_views_of_others_with_it()
    {
        await using var project = await OpenAsync();
        project.Write("models/a.sql", "{{ config(materialized='table', schema='area') }} select 1 as id");
        project.Write("models/b.sql", "{{ config(materialized='view') }} select id from {{ ref('a') }}");
        project.Write("macros/clear.sql", "{% macro clear() %}{% do adapter.drop_schema(api.Relation.create(database=target.database, schema='main_area')) %}{% do log('LEFT ' ~ (adapter.list_relations(target.database, 'main') | length), info=true) %}{% do adapter.create_schema(api.Relation.create(database=target.database, schema='main_area')) %}{% endmacro %}");
        await project.RunAsync("run");
        await project.RunAsync("run-operation", "clear");
        project.Text.ShouldContain("LEFT 0");
        await project.RunAsync("run");
        (await project.RowsAsync("select id from main.b")).ShouldBe("1");
    }

    [SkippableFact]
    public async Task A_profile_that_names_no_server_says_which_key_is_missing()
    {
        await using var project = await OpenAsync();
        project.Write("profiles.yml", "shop: {target: dev, outputs: {dev: {type: postgres, user: u, dbname: d, schema: s}}}");
        project.Write("models/m.sql", "select 1 as x");

        var (exitCode, output) = await project.ConsoleAsync("run");

        exitCode.ShouldNotBe(0);
        output.ShouldContain("'host' is a required property");
    }
}
