using FhirAspire.Dbt.Commands;
using FhirAspire.Warehouse.Postgres;

namespace FhirAspire.Dbt.Tests;

/// <summary>A project and a profile of somebody's own, on a PostgreSQL server.</summary>
public sealed class PostgresProjectTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fhiraspire-dbt-").FullName;

    [SkippableFact]
    public async Task Every_materialization_strategy_and_test_works_twice()
    {
        var server = await PostgresServer.RequireAsync();
        var database = await server.CreateDatabaseAsync();
        var name = database.Split(';').Single(part => part.StartsWith("Database=", StringComparison.Ordinal))["Database=".Length..];
        Write("profiles.yml", $$"""
            shop:
              target: dev
              outputs:
                dev: {type: postgres, host: 127.0.0.1, port: {{server.Port}}, user: fhiraspire, pass: "{{server.Password}}", dbname: {{name}}, schema: shop, threads: 3}
            """);
        Write("dbt_project.yml", """
            name: shop
            version: "1.0"
            profile: shop
            models: {+persist_docs: {relation: true, columns: true}}
            """);
        Write("seeds/orders.csv", "id,day,amount,note\n1,2024-01-01,1.50,a\n2,2024-01-02,,\"it's \"\"b\"\"\"\n3,2024-02-01,3,\n");
        Write("models/v.sql", "{{ config(materialized='view') }} select *, {{ dbt.datediff(\"'2023-12-01'\", 'day', 'month') }} as months, {{ dbt.dateadd('day', 3, 'day') }} as later from {{ ref('orders') }}");
        Write("models/t.sql", "{{ config(indexes=[{'columns': ['id'], 'unique': true}]) }} {{ config(materialized='table') }} select id, amount, {{ dbt.split_part('note', \"' '\", -1) }} as word from {{ ref('v') }}");
        Write("models/merged.sql", "{{ config(materialized='incremental', incremental_strategy='merge', unique_key='id') }} select id, coalesce(amount, 0) as amount, {{ 1 if is_incremental() else 0 }} as turn from {{ ref('orders') }} {% if is_incremental() %} where id > 1 union all select 9, 9, 1 {% endif %}");
        Write("models/replaced.sql", "{{ config(materialized='incremental', unique_key=['id', 'day'], on_schema_change='append_new_columns') }} select id, day{% if is_incremental() %}, 'second'::text as added{% endif %} from {{ ref('orders') }}");
        Write("models/appended.sql", "{{ config(materialized='incremental') }} select id from {{ ref('orders') }}");
        Write("models/mv.sql", "{{ config(materialized='materialized_view') }} select count(*) as n from {{ ref('appended') }}");
        Write("models/kept.sql", "{{ config(materialized='table', contract={'enforced': true}) }} select id, 'x' as text from {{ ref('orders') }}");
        Write("models/models.yml", """
            models:
              - name: kept
                description: It's kept
                columns:
                  - {name: id, data_type: integer, constraints: [{type: not_null}, {type: primary_key}], data_tests: [unique, not_null]}
                  - {name: text, data_type: text, description: "a 'text'", data_tests: [{accepted_values: {arguments: {values: [x]}}}]}
              - name: merged
                columns: [{name: id, data_tests: [unique, {relationships: {arguments: {to: ref('orders'), field: id}, config: {severity: warn}}}]}]
            """);
        Write("snapshots/s.yml", "snapshots:\n  - {name: s, relation: ref('orders'), config: {unique_key: id, strategy: check, check_cols: [amount], hard_deletes: invalidate}}\n");

        await RunAsync("build");
        Write("seeds/orders.csv", "id,day,amount,note\n1,2024-01-01,1.75,a\n2,2024-01-02,,b\n");
        await RunAsync("build");
        await RunAsync("docs", "generate");

        await using var warehouse = new PostgresWarehouse(new PostgresOptions { ConnectionString = database });
        await using var session = await warehouse.OpenAsync();
        async Task<string> Rows(string sql) => string.Join(' ', (await session.QueryAsync(sql)).Rows.Select(row => string.Join(',', row)));
        (await Rows("select id, amount, turn from shop.merged order by id")).ShouldBe("1,1.5,0 2,0,1 3,3,0 9,9,1");
        (await Rows("select id, added from shop.replaced order by id")).ShouldBe("1,second 2,second 3,");
        (await Rows("select id from shop.appended order by id")).ShouldBe("1 1 2 2 3");
        (await Rows("select n from shop.mv")).ShouldBe("5");
        (await Rows("select id, months, later from shop.v order by id")).ShouldBe("1,1,01/04/2024 00:00:00 2,1,01/05/2024 00:00:00");
        (await Rows("select id, amount, dbt_valid_to is null from shop.s order by id, dbt_valid_from")).ShouldBe("1,1.5,False 1,1.75,True 2,,True 3,3,False");
        (await Rows("select obj_description('shop.kept'::regclass), col_description('shop.kept'::regclass, 2)")).ShouldBe("It's kept,a 'text'");
        (await Rows("select count(*) from pg_indexes where schemaname = 'shop' and tablename in ('t', 'kept')")).ShouldBe("2");
        (await Rows("select count(*) from pg_class c join pg_namespace n on n.oid = relnamespace where nspname = 'shop' and relname like '%dbt%' and relkind in ('r', 'v', 'm')")).ShouldBe("0");
        (await File.ReadAllTextAsync(Path.Combine(folder, "target", "catalog.json"))).ShouldContain("character varying");
    }

    [SkippableFact]
    public async Task A_profile_that_names_no_server_says_which_key_is_missing()
    {
        Write("profiles.yml", "shop: {target: dev, outputs: {dev: {type: postgres, user: u, dbname: d, schema: s}}}");
        Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\n");
        Write("models/m.sql", "select 1 as x");

        var (exitCode, output) = await InvokeAsync("run");

        exitCode.ShouldNotBe(0);
        output.ShouldContain("'host' is a required property");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private async Task RunAsync(params string[] arguments)
    {
        var (exitCode, output) = await InvokeAsync(arguments);
        exitCode.ShouldBe(0, output);
    }

    private async Task<(int ExitCode, string Output)> InvokeAsync(params string[] arguments)
    {
        await using var output = new StringWriter();
        var exitCode = await DbtCommandLine.RunAsync([.. arguments, "--project-dir", folder, "--profiles-dir", folder], output, output);
        return (exitCode, output.ToString());
    }

    private void Write(string path, string text)
    {
        var file = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }
}
