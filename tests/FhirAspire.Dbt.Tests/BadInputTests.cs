using System.Diagnostics;
using System.Text.Json.Nodes;

namespace FhirAspire.Dbt.Tests;

/// <summary>What is wrong in a project gives a clear error and dbt's exit code, and stops no more than it must.</summary>
public sealed class BadInputTests : IDisposable
{
    // Takes DuckDB far longer than any test waits.
    private const string Endless = "select sum(a.range * b.range) as id from range(10000000) a, range(10000000) b";
    private readonly ProjectFolder project = new();

    [Theory]
    [InlineData("models/a.yml", "models:\n  - name: a\n   description: b\n", "DBT1101", "models/a.yml", 3)]
    [InlineData("models/a.yml", "models: [{name: ok}, {name: ok}]", null, "models/a.yml", 1)]
    [InlineData("models/a.yml", "models:\n  name: a\n", null, "models/a.yml", null)]
    [InlineData("models/a.sql", "select * from {{ ref('b') }}", "DBT2001", "models/a.sql", 1)]
    [InlineData("models/a.sql", "\n\nselect * from {{ ref('a' }}", "DBT2102", "models/a.sql", 3)]
    [InlineData("models/a.sql", "select * from {{ source('x', 'y') }}", "DBT2002", "models/a.sql", 1)]
    [InlineData("macros/a.sql", "{% macro a() %}{% if %}{% endmacro %}", "DBT2102", "macros/a.sql", 1)]
    [InlineData("dbt_project.yml", "name: 1shop\nversion: '1.0'\nprofile: shop\n", "DBT1002", "dbt_project.yml", 1)]
    [InlineData("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: nobody\n", null, null, null)]
    [InlineData("profiles.yml", "shop:\n  outputs:\n    prod: {type: duckdb}\n", null, null, null)]
    [InlineData("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: oracle}\n", null, null, null)]
    [InlineData("profiles.yml", "shop: [\n", null, null, null)]
    public async Task A_fault_of_a_file_is_an_error_with_its_place(string path, string text, string? code, string? file, int? line)
    {
        project.Write("models/ok.sql", "select 1 as id");
        project.Write(path, text);
        var result = await project.RunAsync("build");
        result.ExitCode.ShouldBe(2);
        var error = result.Error.ShouldNotBeNull();
        error.Message.ShouldNotBeNullOrWhiteSpace();
        error.Code.ShouldNotStartWith("DBT9");
        if (code is not null)
        {
            error.Code.ShouldBe(code);
        }

        if (file is not null)
        {
            error.File.ShouldBe(file);
        }

        if (line is not null)
        {
            error.Line.ShouldBe(line);
        }
    }

    [Fact]
    public async Task An_unknown_macro_fails_its_node_alone_with_the_place_in_the_file()
    {
        project.Write("models/a.sql", "\n\n  select * from {{ nothing() }}");
        project.Write("models/ok.sql", "select 1 as id");
        project.Write("snapshots/s.sql", "\n{% snapshot s %}{{ config(unique_key='id', strategy='check',\n check_cols='all') }}\nselect {{ nothing() }}{% endsnapshot %}");
        var result = await project.RunAsync("build");
        result.ExitCode.ShouldBe(1);
        Statuses(result).ShouldBe("a=Error ok=Success s=Error");
        result.Nodes.Single(node => node.Name == "a").Error!.Place.ShouldBe("models/a.sql:3:18");
        result.Nodes.Single(node => node.Name == "s").Error!.Line.ShouldBe(4);
    }

    [Fact]
    public async Task A_cycle_names_the_nodes_in_it()
    {
        project.Write("models/a.sql", "select * from {{ ref('c') }}");
        project.Write("models/b.sql", "select * from {{ ref('a') }}");
        project.Write("models/c.sql", "select * from {{ ref('b') }}");
        var result = await project.RunAsync("run");
        result.ExitCode.ShouldBe(2);
        foreach (var id in new[] { "model.shop.a", "model.shop.b", "model.shop.c" })
        {
            result.Error!.Message.ShouldContain(id);
        }
    }

    [Fact]
    public async Task A_model_that_refers_to_itself_is_a_cycle()
    {
        project.Write("models/a.sql", "select * from {{ ref('a') }}");
        var result = await project.RunAsync("run");
        result.ExitCode.ShouldBe(2);
        result.Error!.Message.ShouldContain("model.shop.a");
    }

    [Fact]
    public async Task Two_files_of_one_name_are_both_named()
    {
        project.Write("models/x/a.sql", "select 1 as id");
        project.Write("models/y/a.sql", "select 1 as id");
        var error = (await project.RunAsync("run")).Error!;
        error.Message.ShouldContain("models/x/a.sql");
        error.Message.ShouldContain("models/y/a.sql");
    }

    [Fact]
    public async Task A_failing_model_skips_its_descendants_and_nothing_else()
    {
        project.Write("models/bad.sql", "select nothing from nowhere");
        project.Write("models/child.sql", "select * from {{ ref('bad') }}");
        project.Write("models/grandchild.sql", "select * from {{ ref('child') }}");
        project.Write("models/good.sql", "select 1 as id");
        project.Write("models/after.sql", "select * from {{ ref('good') }}");
        var result = await project.RunAsync("run");
        result.ExitCode.ShouldBe(1);
        Statuses(result).ShouldBe("after=Success bad=Error child=Skipped good=Success grandchild=Skipped");
        var error = result.Nodes.Single(node => node.Name == "bad").Error!;
        error.Message.ShouldContain("nowhere");
        error.File.ShouldBe("models/bad.sql");
    }

    [Theory]
    [InlineData("{% set l = [1] %}{% for i in l %}{% do l.append(i) %}{% endfor %}select 1 as id")]
    [InlineData("{% for i in range(100000000000) %}{% endfor %}select 1 as id")]
    [InlineData("select '{{ 'x' * 100000000000 }}' as id")]
    [InlineData("{% set ns = namespace(t='x') %}{% for i in range(100) %}{% set ns.t = ns.t ~ ns.t %}{% endfor %}select 1 as id")]
    [InlineData("{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")]
    [InlineData("{{ again(1) }}")]
    [InlineData("select {{ 9 ** (9 ** 9) }} as id")]
    public async Task A_template_without_end_is_stopped(string template)
    {
        project.Write("macros/again.sql", "{% macro again(n) %}{{ again(n + 1) }}{% endmacro %}");
        project.Write("models/a.sql", template);
        project.Write("models/b.sql", "select 1 as id");
        var clock = Stopwatch.StartNew();
        var result = await project.RunAsync("build");
        result.ExitCode.ShouldBeInRange(1, 2);
        (result.Error ?? result.Nodes.Single(node => node.Error is not null).Error!).ToConsoleText().ShouldContain("models/a.sql", Case.Sensitive);
        clock.Elapsed.TotalSeconds.ShouldBeLessThan(60);
    }

    [Fact]
    public async Task A_large_seed_and_a_large_model_are_taken()
    {
        project.Write("seeds/big.csv", "id,name\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $"{i},name {i}\n")));
        project.Write("models/wide.sql", "select " + string.Join(",\n", Enumerable.Range(0, 3_000).Select(i => $"{i} as c{i}")));
        project.Write("models/long.sql", "select 1 as id /* " + new string('x', 5_000_000) + " */");
        var result = await project.RunAsync("build");
        result.ExitCode.ShouldBe(0, project.Console.Text);
    }

    [Fact]
    public async Task A_cancelled_run_stops_its_statement_and_leaves_true_results_and_retry_goes_on()
    {
        project.Write("models/a.sql", "select 1 as id");
        project.Write("models/b.sql", "select id from {{ ref('a') }} where {{ 'true' if var('quick', false) else 'id in (' ~ endless() ~ ')' }}");
        project.Write("models/c.sql", "select * from {{ ref('b') }}");
        project.Write("macros/endless.sql", $"{{% macro endless() %}}{Endless}{{% endmacro %}}");
        project.Write("models/schema.yml", "models: [{name: a, config: {materialized: table}}, {name: b, config: {materialized: table}}]");
        using var source = new CancellationTokenSource();
        var recorder = new ProjectFolder.Recorder { Started = node => _ = node.Name == "b" ? Task.Delay(300).ContinueWith(_ => source.Cancel(), TaskScheduler.Default) : null };
        var clock = Stopwatch.StartNew();
        var result = await project.RunAsync(recorder, source.Token, "run", "--threads", "1");

        clock.Elapsed.TotalSeconds.ShouldBeLessThan(30);
        result.ExitCode.ShouldBe(130);
        var written = JsonNode.Parse(project.Read("target/run_results.json"))!["results"]!.AsArray();
        string.Join(' ', written.Select(item => $"{item!["unique_id"]}={item["status"]}").Order(StringComparer.Ordinal)).ShouldBe("model.shop.a=success model.shop.b=skipped model.shop.c=skipped");

        project.Write("macros/endless.sql", "{% macro endless() %}select 1{% endmacro %}");
        var retried = await project.RunAsync("retry");
        retried.ExitCode.ShouldBe(0, project.Console.Text);
        Statuses(retried).ShouldBe("b=Success c=Success");
    }

    [Fact]
    public async Task A_run_that_is_cancelled_before_it_begins_does_nothing()
    {
        project.Write("models/a.sql", "select 1 as id");
        using var source = new CancellationTokenSource();
        source.Cancel();
        (await project.RunAsync(new ProjectFolder.Recorder(), source.Token, "run")).ExitCode.ShouldBe(130);
    }

    [Fact]
    public async Task Secrets_of_the_environment_are_shown_nowhere()
    {
        const string secret = "hunter2hunter2";
        project.Environment["DBT_ENV_SECRET_PLACE"] = secret;
        project.Write("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, mark: \"{{ env_var('DBT_ENV_SECRET_PLACE') }}\", schema: main, threads: 2}\n");
        project.Write("macros/tell.sql", "{% macro tell() %}{% if execute %}{% do log('TOLD ' ~ target.mark, info=true) %}{% do print('PRINTED ' ~ target.mark) %}{% do exceptions.warn('WARNED ' ~ target.mark) %}{% endif %}{% endmacro %}");
        project.Write("models/told.sql", "{{ tell() }} select 1 as id");
        project.Write("models/raised.sql", "{% if execute %}{{ exceptions.raise_compiler_error('RAISED ' ~ target.mark) }}{% endif %}");
        project.Write("models/queried.sql", "{% if execute %}{% do run_query('select * from \"' ~ target.mark ~ '\"') %}{% endif %} select 1 as id");

        var result = await project.RunAsync("run");

        result.ExitCode.ShouldBe(1);
        var shown = string.Join('\n', [project.Console.Text, .. result.Warnings.Select(warning => warning.Message), .. result.Nodes.Select(node => $"{node.Message} {node.Error?.ToConsoleText()} {node.Error?.InnerException}"), project.Read("target/run_results.json")]);
        shown.ShouldContain("TOLD *****");
        shown.ShouldContain("PRINTED *****");
        shown.ShouldContain("WARNED *****");
        shown.ShouldContain("RAISED *****");
        shown.ShouldNotContain(secret);

        project.Write("models/told.sql", "select '{{ env_var('DBT_ENV_SECRET_PLACE') }}' as id");
        result = await project.RunAsync("run");
        result.ExitCode.ShouldBe(2);
        result.Error!.Code.ShouldBe("DBT1020");

        project.Write("models/told.sql", "{{ exceptions.raise_compiler_error(target.mark) }}");
        result = await project.RunAsync("parse");
        result.Error!.ToConsoleText().ShouldContain("*****");
        (result.Error.ToConsoleText() + project.Console.Text).ShouldNotContain(secret);
    }

    [Fact]
    public async Task A_database_that_is_down_is_an_error_of_the_run()
    {
        project.Write("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: postgres, host: 127.0.0.1, port: 1, user: u, password: hidden-word, dbname: d, schema: s, threads: 2}\n");
        project.Write("models/a.sql", "select 1 as id");
        var result = await project.RunAsync("run");
        result.ExitCode.ShouldBeInRange(1, 2);
        result.Error.ShouldNotBeNull().ToConsoleText().ShouldNotContain("hidden-word");
        result.Error.Code.ShouldNotStartWith("DBT9");
    }

    public void Dispose() => project.Dispose();

    private static string Statuses(DbtResult result) => string.Join(' ', result.Nodes.OrderBy(node => node.Name, StringComparer.Ordinal).Select(node => $"{node.Name}={node.Status}"));
}
