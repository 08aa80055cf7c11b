namespace FhirAspire.Dbt.Tests.Adapters;

/// <summary>What dbt projects do with a database: the same on every adapter, but for what a property says.</summary>
public abstract class AdapterSuite
{
    private protected const string Project = "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n";

    /// <summary>Whether the database is PostgreSQL; else it is DuckDB.</summary>
    protected abstract bool IsPostgres { get; }

    private protected abstract Task<AdapterProject> OpenAsync(string project = Project);

    [SkippableFact]
    public async Task A_view_becomes_a_table_and_a_view_again_with_what_stands_on_it()
    {
        await using var project = await OpenAsync();
        project.Write("models/top.sql", "{{ config(materialized='view') }} select id + 1 as id from {{ ref('base') }}");
        foreach (var (kind, number) in new[] { ("view", 1), ("table", 2), ("view", 3), ("table", 4), ("table", 5), ("incremental", 6), ("view", 7) })
        {
            project.Write("models/base.sql", $"{{{{ config(materialized='{kind}') }}}} select {number} as id");
            await project.RunAsync("run", "--full-refresh");
            // On DuckDB dbt leaves the backup of an incremental model until the next run.
            (await project.RelationsAsync()).Replace(" base__dbt_backup:table", "", StringComparison.Ordinal).ShouldBe($"base:{(kind == "view" ? "view" : "table")} top:view", $"{kind} {number}");
            (await project.RowsAsync("select id from main.top")).ShouldBe($"{number + 1}");
        }
    }

    [SkippableFact]
    public async Task Ephemeral_models_are_queries_inside_of_others()
    {
        await using var project = await OpenAsync();
        project.Write("models/one.sql", "{{ config(materialized='ephemeral') }} select 1 as id");
        project.Write("models/two.sql", "{{ config(materialized='ephemeral') }} select id + 1 as id from {{ ref('one') }}");
        project.Write("models/all_of_them.sql", "with own as (select * from {{ ref('two') }}) select o.id as a, t.id as b from own o cross join {{ ref('one') }} t");
        project.Write("tests/none_is_three.sql", "select * from {{ ref('two') }} where id = 3");
        await project.RunAsync("build");
        (await project.RelationsAsync()).ShouldBe("all_of_them:view");
        (await project.RowsAsync("select a, b from main.all_of_them")).ShouldBe("2,1");
    }

    [SkippableTheory]
    [InlineData("", "1,a,1 1,c,2 2,b,1 2,b,2")]
    [InlineData("incremental_strategy='append'", "1,a,1 1,c,2 2,b,1 2,b,2")]
    [InlineData("unique_key='id'", "1,c,2 2,b,2")]
    [InlineData("incremental_strategy='delete+insert', unique_key='id'", "1,c,2 2,b,2")]
    [InlineData("incremental_strategy='delete+insert', unique_key=['id', 'name']", "1,a,1 1,c,2 2,b,2")]
    [InlineData("incremental_strategy='delete+insert', unique_key='id', incremental_predicates=['turn > 1']", "1,a,1 1,c,2 2,b,1 2,b,2")]
    [InlineData("incremental_strategy='merge', unique_key='id'", "1,c,2 2,b,2")]
    [InlineData("incremental_strategy='merge', unique_key=['id', 'name']", "1,a,1 1,c,2 2,b,2")]
    [InlineData("incremental_strategy='merge', unique_key='id', merge_update_columns=['turn']", "1,a,2 2,b,2")]
    [InlineData("incremental_strategy='merge', unique_key='id', merge_exclude_columns=['turn']", "1,c,1 2,b,1")]
    public async Task An_incremental_model_takes_new_rows_in_by_its_strategy(string config, string rows)
    {
        await using var project = await OpenAsync();
        project.Write("models/m.sql", $$$"""
            {{ config(materialized='incremental'{{{(config.Length == 0 ? "" : ", " + config)}}}) }}
            {% if is_incremental() %}select 1 as id, 'c' as name, (select max(turn) from {{ this }}) + 1 as turn union all select 2, 'b', 2
            {% else %}select 1 as id, 'a' as name, 1 as turn union all select 2, 'b', 1{% endif %}
            """);
        await project.RunAsync("run");
        (await project.RowsAsync("select id, name, turn from main.m order by 1, 2, 3")).ShouldBe("1,a,1 2,b,1");
        await project.RunAsync("run");
        (await project.RowsAsync("select id, name, turn from main.m order by 1, 2, 3")).ShouldBe(rows);
        await project.RunAsync("run", "--full-refresh");
        (await project.RowsAsync("select id, name, turn from main.m order by 1, 2, 3")).ShouldBe("1,a,1 2,b,1");
    }

    [SkippableFact]
    public async Task A_strategy_that_the_adapter_has_not_is_an_error_that_names_those_it_has()
    {
        await using var project = await OpenAsync();
        project.Write("models/m.sql", "{{ config(materialized='incremental', incremental_strategy='insert_overwrite') }} select 1 as id");
        await project.RunAsync("run");
        var error = (await project.FailAsync("run")).Nodes.Single().Error!;
        error.Code.ShouldBe("DBT3005");
        error.Expected!.ShouldContain("delete+insert");
    }

    [SkippableFact]
    public async Task A_microbatch_model_replaces_the_batches_that_are_asked_for()
    {
        await using var project = await OpenAsync();
        project.Write("models/events.sql", "{{ config(materialized='table', event_time='seen') }} select id, cast(seen as timestamp) as seen from {{ ref('raw_events') }}");
        // PostgreSQL merges a batch by its key, and asks for one; DuckDB empties the batch, and refuses one.
        var key = IsPostgres ? ", unique_key='id'" : "";
        project.Write("models/daily.sql", $$$"""{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='seen', batch_size='day', begin='2024-01-01'{{{key}}}) }} select id, seen from {{ ref('events') }}""");
        project.Write("seeds/raw_events.csv", "id,seen\n1,2024-01-01 10:00:00\n2,2024-01-02 11:00:00\n3,2024-01-03 12:00:00\n");
        await project.RunAsync("build", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-03");
        (await project.RowsAsync("select id from main.daily order by id")).ShouldBe("1 2");

        project.Write("seeds/raw_events.csv", "id,seen\n7,2024-01-01 10:00:00\n2,2024-01-02 13:00:00\n3,2024-01-03 12:00:00\n");
        await project.RunAsync("build", "--event-time-start", "2024-01-02", "--event-time-end", "2024-01-04");
        (await project.RowsAsync("select id, seen from main.daily order by id")).ShouldBe("1,2024-01-01 10:00:00 2,2024-01-02 13:00:00 3,2024-01-03 12:00:00");
    }

    [SkippableTheory]
    [InlineData("ignore", "id,gone", "1,1 2,-")]
    [InlineData("append_new_columns", "id,gone,added", "1,1,- 2,-,x")]
    [InlineData("sync_all_columns", "id,added", "1,- 2,x")]
    [InlineData("fail", "id,gone", "1,1")]
    public async Task A_change_of_columns_is_treated_as_configured(string change, string columns, string rows)
    {
        await using var project = await OpenAsync();
        project.Write("models/m.sql", $$$"""
            {{ config(materialized='incremental', on_schema_change='{{{change}}}') }}
            {% if is_incremental() %}select 2 as id{{ ", 'x' as added" if var('add', true) }}{% else %}select 1 as id, 1 as gone{% endif %}
            """);
        await project.RunAsync("run");
        if (change == "ignore")
        {
            // dbt inserts into the columns of the table, so that the query must have them.
            project.Write("models/m.sql", project.Read("models/m.sql").Replace("select 2 as id", "select 2 as id, cast(null as integer) as gone", StringComparison.Ordinal));
        }

        if (change == "fail")
        {
            var node = (await project.FailAsync("run")).Nodes.Single();
            (node.Message + node.Error).ShouldContain("added");
        }
        else
        {
            await project.RunAsync("run");
        }

        (await project.RowsAsync("select column_name from information_schema.columns where table_schema = 'main' and table_name = 'm' order by ordinal_position")).ShouldBe(columns.Replace(',', ' '));
        (await project.RowsAsync($"select {columns} from main.m order by id")).ShouldBe(rows);
    }

    [SkippableFact]
    public async Task Synchronized_columns_take_new_types()
    {
        await using var project = await OpenAsync();
        project.Write("models/m.sql", "{{ config(materialized='incremental', on_schema_change='sync_all_columns') }} {% if is_incremental() %}select cast(2 as bigint) as id, 'long text' as name{% else %}select cast(1 as integer) as id, cast('a' as varchar(5)) as name{% endif %}");
        await project.RunAsync("run");
        await project.RunAsync("run");
        (await project.RowsAsync("select id, name from main.m order by id")).ShouldBe("1,a 2,long text");
        (await project.RowsAsync("select lower(data_type) from information_schema.columns where table_schema = 'main' and table_name = 'm' and column_name = 'id'")).ShouldBe("bigint");
    }

    [SkippableFact]
    public async Task Seeds_have_inferred_and_given_types_and_follow_their_files()
    {
        await using var project = await OpenAsync();
        project.Write("seeds/s.csv", "id,price,day,seen,ok,name,Code,empty\n1,1.50,2024-01-31,2024-01-31 10:00:00,true,\"it's, \"\"a\"\"\",007,\n2,,,,false,,,\n");
        project.Write("seeds/semi.csv", "a;b\n1;x,y\n");
        project.Write("seeds/seeds.yml", "seeds:\n  - name: s\n    config: {column_types: {Code: varchar(10), price: 'numeric(9, 2)'}}\n  - name: semi\n    config: {delimiter: ';'}\n");
        await project.RunAsync("seed");
        (await project.RowsAsync("select id, price, day, seen, ok, name, \"Code\", empty from main.s order by id")).ShouldBe("1,1.5,2024-01-31,2024-01-31 10:00:00,True,it's, \"a\",007,- 2,-,-,-,False,-,-,-");
        (await project.RowsAsync("select a, b from main.semi")).ShouldBe("1,x,y");
        (await project.RowsAsync("select replace(lower(data_type), ' ', '_') from information_schema.columns where table_schema = 'main' and table_name = 's' order by ordinal_position"))
            .ShouldBe(IsPostgres
                ? "integer numeric date timestamp_without_time_zone boolean text character_varying integer"
                : "integer decimal(9,2) date timestamp boolean varchar varchar integer");

        project.Write("seeds/s.csv", "id,price,day,seen,ok,name,Code,empty\n3,1,2024-02-01,2024-01-31 10:00:00,true,c,8,\n");
        await project.RunAsync("seed");
        (await project.RowsAsync("select id from main.s")).ShouldBe("3");

        project.Write("seeds/s.csv", "id,other\n4,x\n");
        await project.FailAsync("seed", "--select", "s");
        (await project.RowsAsync("select id from main.s")).ShouldBe("3");
        await project.RunAsync("seed", "--full-refresh");
        (await project.RowsAsync("select id, other from main.s")).ShouldBe("4,x");
        await project.ExecuteAsync("drop table main.semi");
        await project.ExecuteAsync("create view main.semi as select 1 as a");
        (await project.FailAsync("seed", "--select", "semi")).Nodes.Single().Message!.ShouldContain("it is a view");
    }

    [SkippableTheory]
    [InlineData("check", "ignore", "1,a,closed 1,b,open 2,x,open 3,y,open")]
    [InlineData("check", "invalidate", "1,a,closed 1,b,open 2,x,closed 3,y,open")]
    [InlineData("check", "new_record", "1,a,closed,False 1,b,open,False 2,x,closed,False 2,x,open,True 3,y,open,False")]
    [InlineData("timestamp", "ignore", "1,a,closed 1,b,open 2,x,open 3,y,open")]
    [InlineData("timestamp", "invalidate", "1,a,closed 1,b,open 2,x,closed 3,y,open")]
    [InlineData("timestamp", "new_record", "1,a,closed,False 1,b,open,False 2,x,closed,False 2,x,open,True 3,y,open,False")]
    public async Task A_snapshot_keeps_what_was(string strategy, string deletes, string rows)
    {
        await using var project = await OpenAsync();
        project.Write("seeds/raw.csv", "id,name,seen\n1,a,2024-01-01 00:00:00\n2,x,2024-01-01 00:00:00\n");
        project.Write("snapshots/s.yml", $"snapshots:\n  - {{name: s, relation: ref('raw'), config: {{unique_key: id, strategy: {strategy}, {(strategy == "check" ? "check_cols: [name]" : "updated_at: seen")}, hard_deletes: {deletes}}}}}\n");
        await project.RunAsync("build");
        await project.RunAsync("snapshot");
        (await project.RowsAsync("select count(*), count(dbt_valid_to) from main.s")).ShouldBe("2,0");
        project.Write("seeds/raw.csv", "id,name,seen\n1,b,2024-01-02 00:00:00\n3,y,2024-01-02 00:00:00\n");
        await project.RunAsync("build");
        var query = $"select id, name, case when dbt_valid_to is null then 'open' else 'closed' end{(deletes == "new_record" ? ", dbt_is_deleted" : "")} from main.s order by id, name, 3";
        (await project.RowsAsync(query)).ShouldBe(rows);
        await project.RunAsync("snapshot");
        (await project.RowsAsync(query)).ShouldBe(rows);
        (await project.RelationsAsync()).ShouldBe("raw:table s:table");
    }

    [SkippableFact]
    public async Task Snapshots_have_composite_keys_own_column_names_and_an_open_end()
    {
        await using var project = await OpenAsync();
        project.Write("seeds/raw.csv", "id,part,name\n1,1,a\n1,2,b\n");
        project.Write("snapshots/s.yml", """
            snapshots:
              - name: s
                relation: ref('raw')
                config: {unique_key: [id, part], strategy: check, check_cols: all, dbt_valid_to_current: "cast('9999-12-31' as timestamp)", snapshot_meta_column_names: {dbt_valid_from: since, dbt_valid_to: until}}
            """);
        await project.RunAsync("build");
        project.Write("seeds/raw.csv", "id,part,name\n1,1,a\n1,2,c\n");
        await project.RunAsync("build");
        (await project.RowsAsync("select part, name, until = cast('9999-12-31' as timestamp) as is_open, since is null from main.s order by 1, 2")).ShouldBe("1,a,True,False 2,b,False,False 2,c,True,False");
    }

    [SkippableFact]
    public async Task Unit_tests_compare_the_query_with_what_is_expected()
    {
        await using var project = await OpenAsync();
        project.Write("models/base.sql", "select 1 as id, cast('a' as varchar(10)) as name, cast(1.5 as numeric(9, 2)) as price, cast('2024-01-01' as date) as day");
        project.Write("models/total.sql", "{{ config(materialized='incremental') }} select name, sum(price) as price, max(day) as day from {{ ref('base') }} {% if is_incremental() %}where id > (select count(*) from {{ this }}){% endif %} group by name");
        project.Write("models/units.yml", """
            unit_tests:
              - name: adds
                model: total
                overrides: {macros: {is_incremental: false}}
                given: [{input: ref('base'), rows: [{id: 1, name: a, price: 1.25, day: 2024-01-05}, {id: 2, name: a, price: 2}, {id: 3, name: "it's", price: null}]}]
                expect: {rows: [{name: a, price: 3.25, day: 2024-01-05}, {name: "it's", price: null, day: null}]}
              - name: adds_only_new
                model: total
                overrides: {macros: {is_incremental: true}}
                given: [{input: ref('base'), format: csv, rows: "id,name,price\n1,a,1\n2,b,2\n"}, {input: this, format: sql, rows: "select 'a' as name, cast(1 as numeric(9, 2)) as price, cast(null as date) as day"}]
                expect: {rows: [{name: b, price: 2}]}
              - name: is_wrong
                model: total
                overrides: {macros: {is_incremental: false}}
                given: [{input: ref('base'), rows: [{id: 1, name: a, price: 1}]}]
                expect: {rows: [{name: a, price: 5}]}
            """);
        await project.RunAsync("run");
        var result = await project.FailAsync("test");
        result.Nodes.ToDictionary(node => node.Name, node => node.Status).ShouldBe(new Dictionary<string, DbtStatus> { ["adds"] = DbtStatus.Pass, ["adds_only_new"] = DbtStatus.Pass, ["is_wrong"] = DbtStatus.Fail }, ignoreOrder: true, string.Join("\n", result.Nodes.Select(node => node.Name + node.Message)));
        result.Nodes.Single(node => node.Name == "is_wrong").Message!.ShouldContain("actual differs from expected");
    }

    [SkippableFact]
    public async Task Generic_tests_count_store_and_judge_as_configured()
    {
        await using var project = await OpenAsync();
        project.Write("models/base.sql", "select 1 as id, 'a' as name, 1 as parent union all select 1, 'b', 2 union all select 2, 'c', 9 union all select 2, null, null union all select 3, null, 3");
        project.Write("models/schema.yml", """
            models:
              - name: base
                columns:
                  - name: id
                    data_tests:
                      - unique: {name: u_error}
                      - unique: {name: u_warn, config: {severity: warn}}
                      - unique: {name: u_if, config: {warn_if: '>1', error_if: '>2'}}
                      - unique: {name: u_below, config: {warn_if: '>2', error_if: '>3'}}
                      - unique: {name: u_where, config: {where: id > 2}}
                      - unique: {name: u_stored, config: {store_failures: true, severity: warn, alias: kept}}
                      - unique: {name: u_view, config: {store_failures_as: view, severity: warn}}
                      - unique: {name: u_limit, config: {limit: 1, severity: warn}}
                      - unique: {name: u_calc, config: {fail_calc: 'sum(n_records)', severity: warn}}
                      - unique: {name: u_off, config: {enabled: false}}
                  - name: name
                    data_tests: [not_null, accepted_values: {name: values_name, arguments: {values: [a, b]}}]
                  - name: parent
                    data_tests: [relationships: {name: parents, arguments: {to: ref('base'), field: id}}]
            """);
        var result = await project.FailAsync("build");
        string.Join(' ', result.Nodes.Where(node => node.Name != "base").OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name}:{node.Status}:{node.Failures}"))
            .ShouldBe("not_null_base_name:Fail:2 parents:Fail:1 u_below:Pass:0 u_calc:Warn:4 u_error:Fail:2 u_if:Warn:2 u_limit:Warn:1 u_stored:Warn:2 u_view:Warn:2 u_warn:Warn:2 u_where:Pass:0 values_name:Fail:1");
        (await project.RelationsAsync("main_dbt_test__audit")).ShouldBe("kept:table u_view:view");
        (await project.RowsAsync("select unique_field, n_records from main_dbt_test__audit.kept order by 1")).ShouldBe("1,2 2,2");
        await project.FailAsync("test", "--store-failures", "--select", "values_name");
        (await project.RowsAsync("select value_field, n_records from main_dbt_test__audit.values_name")).ShouldBe("c,1");
    }

    [SkippableFact]
    public async Task A_contract_is_compared_with_the_query_and_its_constraints_hold()
    {
        await using var project = await OpenAsync();
        project.Write("models/parent.sql", "select cast({{ 'null' if var('id', 1) is none else 1 }} as integer) as id, 'x' as name");
        project.Write("models/child.sql", "select {{ var('amount', 3) }} as amount, 1 as id");
        project.Write("models/shown.sql", "{{ config(materialized='view') }} select 1 as id");
        // A table of DuckDB to which another refers can't be made anew, so there is no reference there.
        var reference = IsPostgres ? ", constraints: [{type: foreign_key, to: ref('parent'), to_columns: [id]}]" : "";
        var schema = """
            models:
              - name: parent
                config: {materialized: table, contract: {enforced: true}}
                constraints: [{type: unique, columns: [id, name]}]
                columns: [{name: id, data_type: integer, constraints: [{type: not_null}, {type: primary_key}]}, {name: name, data_type: varchar}]
              - name: child
                config: {materialized: table, contract: {enforced: true}}
                columns: [{name: id, data_type: integer REFERENCE}, {name: amount, data_type: integer, constraints: [{type: check, expression: amount > 0}]}]
              - name: shown
                config: {contract: {enforced: true}}
                columns: [{name: id, data_type: integer}]
            """.Replace(" REFERENCE", reference, StringComparison.Ordinal);
        project.Write("models/schema.yml", schema);
        await project.RunAsync("run");
        await project.RunAsync("run");
        (await project.RowsAsync("select id, amount from main.child")).ShouldBe("1,3");
        (await project.FailAsync("run", "--select", "parent", "--vars", "{id: null}")).Nodes.Single().Message!.ToLowerInvariant().ShouldContain("null");

        var failed = (await project.FailAsync("run", "--select", "child", "--vars", "{amount: -1}")).Nodes.Single();
        failed.Message!.ToLowerInvariant().ShouldContain("check constraint");
        (await project.RowsAsync("select amount from main.child")).ShouldBe("3");

        project.Write("models/schema.yml", schema.Replace("{name: amount, data_type: integer", "{name: amount, data_type: varchar", StringComparison.Ordinal));
        failed = (await project.FailAsync("run", "--select", "child")).Nodes.Single();
        failed.Message!.ShouldContain("This model has an enforced contract that failed");
        failed.Message!.ShouldContain("| amount");
        (await project.RowsAsync("select amount from main.child")).ShouldBe("3");
    }

    [SkippableFact]
    public async Task Hooks_run_in_their_order_inside_and_outside_of_the_transaction()
    {
        await using var project = await OpenAsync(Project + """
            on-run-start: ["create schema if not exists main", "create table if not exists main.log (n integer, what varchar)", "{{ note('start') }}"]
            on-run-end: ["{{ note('end ' ~ schemas | join('+') ~ ' ' ~ results | length) }}"]
            models:
              shop:
                +pre-hook: ["{{ note('pre') }}", {sql: "{{ note('before') }}", transaction: false}]
                +post-hook: ["{{ note('post ' ~ this.identifier) }}"]

            """);
        project.Write("macros/note.sql", "{% macro note(what) %}insert into main.log select count(*), '{{ what }}' from main.log{% endmacro %}");
        project.Write("models/m.sql", "{{ config(materialized='table', post_hook={'sql': \"insert into main.log select count(*), 'after' from main.log\", 'transaction': false}) }} select count(*) as n from main.log");
        await project.RunAsync("run");
        (await project.RowsAsync("select what from main.log order by n")).ShouldBe("start before pre post m after end main 1");
        (await project.RowsAsync("select n from main.m")).ShouldBe("3");
    }

    [SkippableFact]
    public async Task What_a_failed_model_has_done_is_taken_back_and_its_table_stays()
    {
        await using var project = await OpenAsync();
        project.Write("models/kept.sql", "{{ config(materialized='table') }} select {{ var('n', 1) }} as id");
        project.Write("models/added.sql", "{{ config(materialized='incremental') }} select {{ var('n', 1) }} as id");
        project.Write("models/beside.sql", "{{ config(materialized='table') }} select {{ var('n', 1) }} as id");
        project.Write("models/below.sql", "select * from {{ ref('kept') }}");
        await project.RunAsync("run");
        project.Write("models/kept.sql", "{{ config(materialized='table', post_hook='select nothing from not_there') }} select {{ var('n', 1) }} as id");
        project.Write("models/added.sql", "{{ config(materialized='incremental', post_hook='select nothing from not_there') }} select {{ var('n', 1) }} as id");
        var result = await project.FailAsync("run", "--vars", "{n: 2}");
        result.Nodes.ToDictionary(node => node.Name, node => node.Status).ShouldBe(new Dictionary<string, DbtStatus> { ["kept"] = DbtStatus.Error, ["added"] = DbtStatus.Error, ["beside"] = DbtStatus.Success, ["below"] = DbtStatus.Skipped }, ignoreOrder: true);
        (await project.RowsAsync("select 'kept', id from main.kept union all select 'added', id from main.added union all select 'beside', id from main.beside union all select 'below', id from main.below order by 1")).ShouldBe("added,1 below,1 beside,2 kept,1");
        (await project.RelationsAsync()).ShouldBe("added:table below:view beside:table kept:table");
    }

    [SkippableFact]
    public async Task A_catalog_tells_relations_columns_and_comments()
    {
        await using var project = await OpenAsync(Project + "models: {+persist_docs: {relation: true, columns: true}}\nseeds: {+persist_docs: {relation: true, columns: true}}\n");
        project.Write("seeds/raw.csv", "id,name\n1,a\n");
        project.Write("models/t.sql", "{{ config(materialized='table') }} select id, name as \"Name\" from {{ ref('raw') }}");
        project.Write("models/v.sql", "{{ config(materialized='view') }} select id from {{ source('own', 'raw') }} -- depends_on: {{ ref('raw') }}");
        project.Write("models/i.sql", "{{ config(materialized='incremental') }} select id from {{ ref('raw') }}");
        project.Write("models/schema.yml", """
            models:
              - {name: t, description: "It's \"t\" with a \\ and a\nsecond line", columns: [{name: id, description: "a 'key'"}, {name: Name, quote: true, description: big}, {name: nowhere, description: none}]}
              - {name: v, description: a view, columns: [{name: id, description: its key}]}
              - {name: i, description: first}
            seeds: [{name: raw, description: a seed, columns: [{name: id, description: number}]}]
            sources: [{name: own, schema: main, tables: [{name: raw}]}]
            """);
        await project.RunAsync("build");
        await project.RunAsync("build");
        await project.RunAsync("docs", "generate");

        var catalog = System.Text.Json.JsonDocument.Parse(project.Read("target/catalog.json")).RootElement;
        string Of(string part, string id) => catalog.GetProperty(part).GetProperty(id) is var node
            ? $"{node.GetProperty("metadata").GetProperty("type").GetString()}|{node.GetProperty("metadata").GetProperty("comment").GetString()}|{string.Join(',', node.GetProperty("columns").EnumerateObject().OrderBy(column => column.Value.GetProperty("index").GetInt32()).Select(column => $"{column.Name} {column.Value.GetProperty("type").GetString()!.ToLowerInvariant()} {column.Value.GetProperty("comment").GetString()}"))}"
            : "";
        var text = IsPostgres ? "text" : "varchar";
        Of("nodes", "model.shop.t").ShouldBe($"BASE TABLE|It's \"t\" with a \\ and a\nsecond line|id integer a 'key',Name {text} big");
        Of("nodes", "model.shop.v").ShouldBe("VIEW|a view|id integer its key");
        Of("nodes", "model.shop.i").ShouldBe("BASE TABLE|first|id integer ");
        Of("nodes", "seed.shop.raw").ShouldBe($"BASE TABLE|a seed|id integer number,name {text} ");
        Of("sources", "source.shop.own.raw").ShouldBe($"BASE TABLE|a seed|id integer number,name {text} ");
        catalog.GetProperty("errors").ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
    }

    [SkippableFact]
    public async Task Freshness_of_sources_is_measured()
    {
        await using var project = await OpenAsync();
        await project.ExecuteAsync("create schema if not exists raw");
        await project.ExecuteAsync("create table raw.t as select cast(now() as timestamp) as seen, 'now' as kind union all select cast('2020-01-01' as timestamp), 'old'");
        project.Write("models/sources.yml", """
            sources:
              - name: raw
                config: {loaded_at_field: seen, freshness: {warn_after: {count: 2, period: day}, error_after: {count: 1000, period: day}}}
                tables:
                  - {name: fresh, identifier: t}
                  - {name: old, identifier: t, config: {freshness: {filter: kind = 'old'}}}
                  - {name: aged, identifier: t, config: {loaded_at_query: "select cast(now() - interval '3 days' as timestamp)"}}
                  - {name: unknown, identifier: t, config: {freshness: null}}
            """);
        var result = await project.FailAsync("source", "freshness");
        string.Join(' ', result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name}:{node.Status}")).ShouldBe("aged:Warn fresh:Pass old:Error");
        project.Read("target/sources.json").ShouldContain("max_loaded_at");
    }

    [SkippableFact]
    public async Task The_adapter_object_finds_makes_and_drops_relations()
    {
        await using var project = await OpenAsync();
        project.Write("models/base.sql", "{{ config(materialized='table') }} select 1 as id, cast('a' as varchar(10)) as name");
        project.Write("macros/tour.sql", """
            {% macro tour() %}
              {% set base = adapter.get_relation(database=target.database, schema=target.schema, identifier='base') %}
              {{ say('base', base.identifier ~ ' ' ~ base.type ~ ' ' ~ base.is_table ~ ' ' ~ base.is_view) }}
              {{ say('none', adapter.get_relation(database=target.database, schema=target.schema, identifier='nothing') is none) }}
              {{ say('columns', adapter.get_columns_in_relation(base) | map(attribute='name') | join(',')) }}
              {{ say('size', adapter.get_columns_in_relation(base)[1].is_string()) }}
              {{ say('query', adapter.get_column_schema_from_query('select 1 as a, 2 as b') | map(attribute='name') | join(',')) }}
              {% set area = api.Relation.create(database=target.database, schema='area') %}
              {{ say('schema before', adapter.check_schema_exists(target.database, 'area')) }}
              {% do adapter.create_schema(area) %}
              {{ say('schema after', adapter.check_schema_exists(target.database, 'area')) }}
              {% set made = api.Relation.create(database=target.database, schema='area', identifier='made', type='table') %}
              {% do run_query(create_table_as(false, made, 'select 1 as id, 2 as more')) %}
              {% do adapter.cache_added(made) %}
              {{ say('missing', adapter.get_missing_columns(made, base) | map(attribute='name') | join(',')) }}
              {% set moved = made.incorporate(path={'identifier': 'moved'}) %}
              {% do adapter.rename_relation(made, moved) %}
              {% do adapter.commit() %}
              {{ say('renamed', load_relation(made) is none and load_relation(moved) is not none) }}
              {{ say('listed', adapter.list_relations(target.database, 'area') | map(attribute='identifier') | join(',')) }}
              {{ say('fresh', adapter.list_relations_without_caching(area) | map(attribute='identifier') | join(',')) }}
              {{ say('rows', run_query('select count(*) from ' ~ moved).rows[0][0]) }}
              {% do adapter.truncate_relation(moved) %}
              {% do adapter.commit() %}
              {{ say('rows', run_query('select count(*) from ' ~ moved).rows[0][0]) }}
              {% do alter_relation_add_remove_columns(moved, [api.Column('added', 'integer')], [api.Column('more', 'integer')]) %}
              {% do adapter.commit() %}
              {{ say('altered', adapter.get_columns_in_relation(moved) | map(attribute='name') | join(',')) }}
              {% do adapter.drop_relation(moved) %}
              {{ say('dropped', load_relation(moved) is none) }}
              {{ say('schemas', 'area' in adapter.list_schemas(target.database) | map('string')) }}
              {% do adapter.drop_schema(area) %}
              {{ say('schema dropped', adapter.check_schema_exists(target.database, 'area')) }}
              {{ say('quote', adapter.quote('a') ~ adapter.quote_as_configured('b', 'identifier')) }}
              {{ say('type', adapter.type()) }}
              {{ say('strategies', 'merge' in adapter.valid_incremental_strategies()) }}
            {% endmacro %}
            {% macro say(what, value) %}{% do log('SAY ' ~ what ~ '=' ~ value, info=true) %}{% endmacro %}
            """);
        await project.RunAsync("run");
        await project.RunAsync("run-operation", "tour");
        string.Join('\n', project.Text.Split('\n').Where(line => line.Contains("SAY ", StringComparison.Ordinal)).Select(line => line[(line.IndexOf("SAY ", StringComparison.Ordinal) + 4)..])).ShouldBe($"""
            base=base table True False
            none=True
            columns=id,name
            size=True
            query=a,b
            schema before=False
            schema after=True
            missing=more
            renamed=True
            listed=moved
            fresh=moved
            rows=1
            rows=0
            altered=id,added
            dropped=True
            schemas=True
            schema dropped=False
            quote="a""b"
            type={(IsPostgres ? "postgres" : "duckdb")}
            strategies=True
            """);
    }

    [SkippableFact]
    public async Task An_operation_keeps_its_queries_and_what_it_commits()
    {
        await using var project = await OpenAsync();
        project.Write("macros/work.sql", """
            {% macro work(fails) %}
              {% do run_query('create table queried' ~ fails ~ ' as select 1 as id') %}
              {% call statement('a') %}create table committed{{ fails }} as select 1 as id{% endcall %}
              {% do adapter.commit() %}
              {% call statement('b') %}create table lost{{ fails }} as select 1 as id{% endcall %}
              {% if fails %}{% do run_query('select nothing from not_there') %}{% endif %}
            {% endmacro %}
            """);
        await project.RunAsync("run-operation", "work", "--args", "{fails: 0}");
        await project.FailAsync("run-operation", "work", "--args", "{fails: 1}");
        (await project.RowsAsync("select table_name from information_schema.tables where table_name like '%0' or table_name like '%1' order by 1")).ShouldBe("committed0 committed1 queried0 queried1");
    }

    [SkippableFact]
    public async Task Names_in_mixed_case_and_with_blanks_are_quoted_everywhere()
    {
        await using var project = await OpenAsync();
        project.Write("seeds/Raw.csv", "Id,order by\n1,a\n2,b\n");
        project.Write("seeds/seeds.yml", "seeds: [{name: Raw, config: {quote_columns: true}}]\n");
        foreach (var (name, kind) in new[] { ("tab", "materialized='table'"), ("vie", "materialized='view'"), ("inc", "materialized='incremental', unique_key='\"Id\"'"), ("mer", "materialized='incremental', incremental_strategy='merge', unique_key='\"Id\"'") })
        {
            project.Write($"models/{name}.sql", $"{{{{ config({kind}, alias='My {name}', schema='Big One') }}}} select \"Id\", \"order by\" from {{{{ ref('Raw') }}}}");
        }

        project.Write("models/schema.yml", "models: [{name: tab, columns: [{name: Id, quote: true, data_tests: [unique, not_null]}, {name: order by, quote: true, data_tests: [accepted_values: {arguments: {values: [a, b]}}]}]}]");
        project.Write("snapshots/s.yml", "snapshots:\n  - {name: s, relation: ref('tab'), config: {unique_key: '\"Id\"', strategy: check, check_cols: ['\"order by\"'], alias: My Snap}}\n");
        await project.RunAsync("build");
        await project.RunAsync("build");
        (await project.RelationsAsync("main_Big One")).ShouldBe("My inc:table My mer:table My tab:table My vie:view");
        (await project.RowsAsync("select \"Id\", \"order by\" from \"main_Big One\".\"My inc\" order by 1")).ShouldBe("1,a 2,b");
        (await project.RowsAsync("select \"Id\", \"order by\" from \"main_Big One\".\"My mer\" order by 1")).ShouldBe("1,a 2,b");
        (await project.RowsAsync("select count(*) from main.\"My Snap\"")).ShouldBe("2");
    }

    [SkippableFact]
    public async Task Grants_are_given_changed_and_taken_back_where_the_database_has_them()
    {
        await using var project = await OpenAsync();
        var role = $"reader_{project.Database}";
        if (IsPostgres)
        {
            await project.ExecuteAsync($"create role {role}; create role other_{role}");
        }

        string Grants() => IsPostgres ? $"grants={{'select': ['{role}']}}" : "grants={'select': ['reader']}";
        foreach (var (name, kind) in new[] { ("tab", "table"), ("vie", "view"), ("inc", "incremental") })
        {
            project.Write($"models/{name}.sql", $"{{{{ config(materialized='{kind}', {Grants()}) }}}} select 1 as id");
        }

        await project.RunAsync("run");
        await project.RunAsync("run");
        if (!IsPostgres)
        {
            project.Text.ShouldContain("Grants for relations are not supported by DuckDB");
            return;
        }

        Task<string> Given() => project.RowsAsync("select table_name, grantee, privilege_type from information_schema.role_table_grants where grantee <> current_user and table_schema = 'main' order by 1, 2, 3");
        (await Given()).ShouldBe($"inc,{role},SELECT tab,{role},SELECT vie,{role},SELECT");
        project.Write("models/inc.sql", $"{{{{ config(materialized='incremental', grants={{'insert': ['{role}', 'other_{role}']}}) }}}} select 1 as id");
        await project.RunAsync("run", "--select", "inc");
        (await Given()).ShouldBe($"inc,other_{role},INSERT inc,{role},INSERT tab,{role},SELECT vie,{role},SELECT");
    }

    [SkippableFact]
    public async Task Relations_that_go_with_another_are_made_again()
    {
        await using var project = await OpenAsync();
        project.Write("seeds/raw.csv", "id\n1\n");
        project.Write("models/a.sql", "{{ config(materialized='view') }} select id from {{ ref('raw') }}");
        project.Write("models/b.sql", "{{ config(materialized='view') }} select id from {{ ref('a') }}");
        project.Write("models/c.sql", "{{ config(materialized='table') }} select id from {{ ref('b') }}");
        await project.RunAsync("build");
        project.Write("seeds/raw.csv", "id,more\n1,2\n");
        await project.RunAsync("build", "--full-refresh", "--threads", "1");
        (await project.RelationsAsync()).ShouldBe("a:view b:view c:table raw:table");
        (await project.RowsAsync("select id from main.b")).ShouldBe("1");
    }

    [SkippableFact]
    public async Task A_clone_in_another_schema_shows_what_the_first_has()
    {
        await using var project = await OpenAsync();
        project.Write("models/m.sql", "{{ config(materialized='table') }} select 1 as id");
        await project.RunAsync("run");
        Directory.CreateDirectory(Path.Combine(project.Root, "state"));
        File.Copy(Path.Combine(project.Root, "target", "manifest.json"), Path.Combine(project.Root, "state", "manifest.json"));
        project.Write("profiles.yml", project.Read("profiles.yml").Replace("schema: main", "schema: second", StringComparison.Ordinal));
        await project.RunAsync("clone", "--state", "state");
        (await project.RelationsAsync("second")).ShouldBe("m:view");
        (await project.RowsAsync("select id from second.m")).ShouldBe("1");
    }

    [SkippableFact]
    public async Task Empty_runs_make_relations_without_rows()
    {
        await using var project = await OpenAsync();
        project.Write("seeds/raw.csv", "id\n1\n");
        project.Write("models/t.sql", "{{ config(materialized='table') }} select id from {{ ref('raw') }}");
        await project.RunAsync("seed");
        await project.RunAsync("run", "--empty");
        (await project.RowsAsync("select count(*) from main.t")).ShouldBe("0");
    }

    [SkippableFact]
    public async Task A_cancelled_run_stops_its_statement_and_retry_goes_on_from_there()
    {
        await using var project = await OpenAsync();
        var endless = IsPostgres ? "select 1 as id from pg_sleep(600)" : "select count(*) as id from range(1000000000) a, range(1000000) b where a.range * b.range % 7 = 3";
        project.Write("models/a.sql", "{{ config(materialized='table') }} select 1 as id");
        project.Write("models/b.sql", $"{{{{ config(materialized='table') }}}} -- depends_on: {{{{ ref('a') }}}}\n{endless}");
        project.Write("models/c.sql", "{{ config(materialized='table') }} select * from {{ ref('b') }}");
        using var source = new CancellationTokenSource();
        var recorder = new ProjectFolder.Recorder { Started = node => _ = node.Name == "b" ? Task.Delay(300).ContinueWith(_ => source.CancelAsync(), TaskScheduler.Default) : null };

        var result = await project.RunAsync(recorder, source.Token, "run");

        result.ExitCode.ShouldBe(130);
        var results = System.Text.Json.JsonDocument.Parse(project.Read("target/run_results.json")).RootElement.GetProperty("results").EnumerateArray()
            .ToDictionary(node => node.GetProperty("unique_id").GetString()!, node => node.GetProperty("status").GetString()!, StringComparer.Ordinal);
        results["model.shop.a"].ShouldBe("success");
        results["model.shop.b"].ShouldNotBe("success");
        results["model.shop.c"].ShouldNotBe("success");
        (await project.RelationsAsync()).ShouldBe("a:table");
        if (IsPostgres)
        {
            // The server may need a moment to end it.
            for (var i = 0; i < 600 && await Running() != "0"; i++)
            {
                await Task.Delay(100);
            }

            (await Running()).ShouldBe("0");
            Task<string> Running() => project.RowsAsync("select count(*) from pg_stat_activity where datname = current_database() and state = 'active' and query like '%sleep(600)%' and pid <> pg_backend_pid()");
        }

        project.Write("models/b.sql", "{{ config(materialized='table') }} -- depends_on: {{ ref('a') }}\nselect 2 as id");
        string.Join(' ', (await project.RunAsync("retry")).Nodes.Select(node => node.Name)).ShouldBe("b c");
        (await project.RowsAsync("select id from main.c")).ShouldBe("2");
    }

    [SkippableFact]
    public async Task Queries_are_shown_compiled_and_the_connection_is_tried()
    {
        await using var project = await OpenAsync();
        project.Write("models/m.sql", "{{ config(materialized='table') }} select 1 as id, cast(1.50 as numeric(9, 2)) as price, 'it''s' as name, cast(null as integer) as none union all select 2, 2, 'b', 3");
        await project.RunAsync("run");
        var (exit, output) = await project.ConsoleAsync("show", "--inline", "select * from {{ ref('m') }} order by id", "--limit", "1");
        exit.ShouldBe(0, output);
        output.ShouldContain("| id | price | name | none |");
        output.ShouldContain("|  1 |   1.5");
        output.ShouldNotContain("| b ");
        (exit, output) = await project.ConsoleAsync("show", "--select", "m", "--output", "json");
        exit.ShouldBe(0, output);
        output.ShouldContain("\"name\": \"it's\"");
        (exit, output) = await project.ConsoleAsync("compile", "--select", "m");
        exit.ShouldBe(0, output);
        output.ShouldContain("select 1 as id");
        (exit, output) = await project.ConsoleAsync("debug");
        exit.ShouldBe(0, output);
        output.ShouldContain("All checks passed!");
    }
}
