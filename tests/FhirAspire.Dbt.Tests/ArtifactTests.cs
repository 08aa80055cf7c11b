using System.Text.Json;

namespace FhirAspire.Dbt.Tests;

/// <summary>What stands in the files of a run, field by field, where dbt's files were found to differ.</summary>
public sealed class ArtifactTests : IDisposable
{
    private readonly ProjectFolder project = new("name: shop\nversion: '1.0'\nprofile: shop\nmodels:\n  +tags: base\n  +meta: {owner: us}\n  shop: {+materialized: table}\n");

    public ArtifactTests()
    {
        project.Write("macros/m.sql", "{% macro m() %}1{% endmacro %}");
        project.Write("models/a.sql", "{{ config(pre_hook='select 1', group='g') }} select 1 as id");
        project.Write("models/b.sql", "select * from {{ ref('a') }}");
        project.Write("models/schema.yml", """
            models: [{name: a, columns: [{name: id, data_tests: [{unique: {config: {store_failures: true}}}]}]}]
            groups: [{name: g, owner: {name: x}, config: {meta: {level: 1}}}]
            sources: [{name: raw, schema: main, tables: [{name: b}, {name: nowhere}]}]
            unit_tests: [{name: u, model: b, given: [{input: ref('a'), rows: [{id: 1}]}], expect: {rows: [{id: 1}]}}]
            """);
    }

    [Fact]
    public async Task Results_name_the_flags_that_dbt_names()
    {
        project.Write("models/flagged.sql", "select '{{ invocation_args_dict.printer_width }} {{ invocation_args_dict.select | join }} {{ 'full_refresh' in invocation_args_dict }}' as a");

        (await project.RunAsync("run", "--select", "flagged")).ExitCode.ShouldBe(0, project.Console.Text);

        project.Read("target/compiled/shop/models/flagged.sql").Trim().ShouldBe("select '80 flagged False' as a");
        var args = Json("run_results.json").GetProperty("args");
        args.GetProperty("select").EnumerateArray().Select(item => item.GetString()).ShouldBe(["flagged"]);
        args.GetProperty("exclude").GetArrayLength().ShouldBe(0);
        args.GetProperty("empty").GetBoolean().ShouldBeFalse();
        args.GetProperty("log_file_max_bytes").GetInt64().ShouldBe(10485760);
        args.GetProperty("require_resource_names_without_spaces").GetBoolean().ShouldBeTrue();
        args.TryGetProperty("full_refresh", out _).ShouldBeFalse();

        await project.RunAsync("run", "--select", "flagged", "--full-refresh");
        Json("run_results.json").GetProperty("args").GetProperty("full_refresh").GetBoolean().ShouldBeTrue();

        await project.RunAsync("test");
        Json("run_results.json").GetProperty("args").TryGetProperty("empty", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task Results_say_how_the_run_was_asked_for()
    {
        (await project.RunAsync("run", "--select", "b", "--vars", "{x: 1}", "--target", "dev")).ExitCode.ShouldBe(1);

        var args = Json("run_results.json").GetProperty("args");
        args.GetProperty("invocation_command").GetString().ShouldStartWith("dbt run --select b --vars {x: 1} --target dev");
        args.GetProperty("log_path").GetString().ShouldBe(Path.Combine(project.Root, "logs"));
        args.GetProperty("warn_error_options").GetRawText().ShouldBe("""{"error":[],"warn":[],"silence":[]}""");
        args.GetProperty("target").GetString().ShouldBe("dev");
        args.TryGetProperty("threads", out _).ShouldBeFalse();
        args.TryGetProperty("resource_types", out _).ShouldBeFalse();

        await project.RunAsync("retry");
        args = Json("run_results.json").GetProperty("args");
        args.GetProperty("select")[0].GetString().ShouldBe("b");
        args.GetProperty("invocation_command").GetString().ShouldStartWith("dbt retry");
    }

    [Fact]
    public async Task An_operation_names_its_macro_and_arguments()
    {
        project.Write("macros/op.sql", "{% macro op(a) %}{% endmacro %}");

        (await project.RunAsync("run-operation", "op", "--args", "{a: 1}")).ExitCode.ShouldBe(0, project.Console.Text);

        var args = Json("run_results.json").GetProperty("args");
        args.GetProperty("macro").GetString().ShouldBe("op");
        args.GetProperty("args").GetRawText().ShouldBe("""{"a":1}""");
        args.TryGetProperty("log_path", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_source_keeps_where_it_is_as_it_was_written()
    {
        project.Write("models/raw.yml", "sources: [{name: away, schema: \"{{ target.schema }}_raw\", database: \"{{ target.database }}\", tables: [{name: t}]}, {name: here, tables: [{name: t}]}]");
        foreach (var again in new[] { false, true })
        {
            (await project.RunAsync("parse", again ? "--partial-parse" : "--no-partial-parse")).ExitCode.ShouldBe(0, project.Console.Text);

            var sources = Json("manifest.json").GetProperty("sources");
            var away = sources.GetProperty("source.shop.away.t");
            away.GetProperty("schema").GetString().ShouldBe("main_raw");
            away.GetProperty("unrendered_schema").GetString().ShouldBe("{{ target.schema }}_raw");
            away.GetProperty("unrendered_database").GetString().ShouldBe("{{ target.database }}");
            sources.GetProperty("source.shop.here.t").GetProperty("unrendered_schema").ValueKind.ShouldBe(JsonValueKind.Null);
        }
    }

    [Fact]
    public async Task What_is_skipped_by_fail_fast_or_below_an_ephemeral_model_says_so()
    {
        project.Write("models/a.sql", "{{ config(group='g') }} select nothing");
        project.Write("models/e.sql", "{{ config(materialized='ephemeral') }} select * from {{ ref('a') }}");
        project.Write("models/f.sql", "select * from {{ ref('e') }}");

        (await project.RunAsync("build")).ExitCode.ShouldBe(1);
        Message("f").ShouldBe("Compilation Error in model.shop.f, caused by compilation error in referenced ephemeral model model.shop.e");
        Message("b").ShouldBeNull();

        (await project.RunAsync("run")).ExitCode.ShouldBe(1);
        Message("f").ShouldBeNull("the ephemeral model itself did not fail");

        (await project.RunAsync("run", "--fail-fast")).ExitCode.ShouldBe(1);
        Message("f").ShouldBe("Skipping due to fail_fast");
        Message("b").ShouldBe("Skipping due to fail_fast");

        string? Message(string name) => Json("run_results.json").GetProperty("results").EnumerateArray().Single(result => result.GetProperty("unique_id").GetString() == "model.shop." + name).GetProperty("message").GetString();
    }

    [Fact]
    public async Task A_unit_test_of_a_version_is_named_by_it()
    {
        project.Write("models/v/d_v1.sql", "select 1 as id");
        project.Write("models/v/v.yml", "models: [{name: d, versions: [{v: 1}]}]\nunit_tests: [{name: t, model: d, given: [], expect: {rows: [{id: 1}]}}]");

        (await project.RunAsync("test", "--select", "unit_test:t")).Nodes.Single().UniqueId.ShouldBe("unit_test.shop.d.t_v1");

        var test = Json("manifest.json").GetProperty("unit_tests").GetProperty("unit_test.shop.d.t_v1");
        test.GetProperty("fqn").GetRawText().ShouldBe("""["shop","v","d","t"]""");
        test.GetProperty("version").GetInt32().ShouldBe(1);
        project.Has("target/compiled/shop/models/v/v.yml/models/v/t_v1.sql").ShouldBeTrue();
    }

    [Fact]
    public async Task A_model_with_a_unit_test_is_shown()
    {
        (await project.RunAsync("run", "--select", "a")).ExitCode.ShouldBe(0, project.Console.Text);

        var result = await project.RunAsync("show", "--select", "b");

        result.ExitCode.ShouldBe(0, project.Console.Text);
        project.Console.Text.ShouldContain("| id |");
        result.Nodes.Select(node => node.UniqueId).ShouldBe(["model.shop.b"]);
    }

    [Fact]
    public async Task Seeds_are_shown_where_that_is_asked_for()
    {
        project.Write("seeds/s.csv", "k\n" + string.Join('\n', Enumerable.Range(100, 11).Select(i => $"k{i}")));

        (await project.RunAsync("seed", "--show")).ExitCode.ShouldBe(0, project.Console.Text);

        project.Console.Text.ShouldContain("Random sample of table: main.s");
        project.Console.Text.ShouldContain("| k109 |");
        project.Console.Text.ShouldNotContain("k110");
    }

    [Theory]
    [InlineData("{start: 2024-01-02, end: '2024-01-03 12:00:00'}", "2024-01-02 00:00:00", "2024-01-03 12:00:00")]
    [InlineData("2 days", null, null)]
    public async Task A_sample_reads_what_happened_within_it(string sample, string? start, string? end)
    {
        project.Write("models/e.sql", "{{ config(event_time='ts') }} select i, timestamp '2024-01-01' + interval (i) hour as ts from range(96) t(i)");
        project.Write("models/eph.sql", "{{ config(materialized='ephemeral', event_time='ts') }} select * from {{ ref('e') }}");
        project.Write("models/n.sql", "select count(*) as n from {{ ref('e') }} union all select count(*) from {{ ref('eph') }}");
        project.Write("models/mb.sql", "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='ts', batch_size='day', begin='2024-01-01') }} select * from {{ ref('e') }}");

        var result = await project.RunAsync("run", "--select", "e", "n", "mb", "--sample", sample);

        result.ExitCode.ShouldBe(0, project.Console.Text);
        var code = result.Nodes.Single(node => node.Name == "n").CompiledSql!;
        code.ShouldContain("(select * from \"shop\".\"main\".\"e\" where ts >= '");
        if (start is not null)
        {
            code.ShouldContain($"ts >= '{start}+00:00' and ts < '{end}+00:00'");
            code.ShouldContain($"(select * from __dbt__cte__eph where ts >= '{start}+00:00'");
            var results = Json("run_results.json");
            results.GetProperty("args").GetProperty("sample").GetProperty("start").GetString().ShouldBe($"{start}+00:00".Replace(' ', 'T'));
            results.GetProperty("results").EnumerateArray().Single(item => item.GetProperty("unique_id").GetString() == "model.shop.mb").GetProperty("batch_results").GetProperty("successful")
                .GetRawText().ShouldBe("""[["2024-01-02T00:00:00+00:00","2024-01-03T00:00:00+00:00"],["2024-01-03T00:00:00+00:00","2024-01-04T00:00:00+00:00"]]""");
        }
    }

    [Fact]
    public void A_sample_that_is_none_is_refused() =>
        Should.Throw<DbtException>(() => DbtInvocation.Parse(["run", "--sample", "2 weeks"])).Code.ShouldBe("DBT0006");

    [Fact]
    public async Task Tables_of_failed_rows_are_in_the_catalog_where_the_test_itself_keeps_them()
    {
        project.Write("models/more.yml", "models: [{name: b, columns: [{name: id, data_tests: [not_null]}]}]");
        (await project.RunAsync("build", "--select", "+b", "--store-failures", "--exclude", "test_type:unit")).ExitCode.ShouldBe(0, project.Console.Text);

        (await project.RunAsync("docs", "generate")).ExitCode.ShouldBe(0, project.Console.Text);

        Json("catalog.json").GetProperty("nodes").EnumerateObject().Select(node => node.Name.Split('.')[2]).ShouldBe(["a", "b", "unique_a_id"], ignoreOrder: true);
    }

    [Fact]
    public async Task A_retry_keeps_the_state_of_the_run_that_it_repeats()
    {
        (await project.RunAsync("parse", "--target-path", "before")).ExitCode.ShouldBe(0, project.Console.Text);
        (await project.RunAsync("run", "--select", "b", "--defer", "--state", "before")).ExitCode.ShouldBe(1);
        (await project.RunAsync("run", "--select", "a")).ExitCode.ShouldBe(0);
        (await project.RunAsync("run", "--select", "b", "--defer", "--state", "before")).ExitCode.ShouldBe(0, project.Console.Text);

        (await project.RunAsync("retry")).ExitCode.ShouldBe(0, project.Console.Text);
    }

    [Fact]
    public async Task A_source_that_moved_or_whose_configuration_changed_is_selected_by_that()
    {
        project.Write("models/x.yml", "sources: [{name: s, schema: main, config: {meta: {a: 1}}, tables: [{name: t}]}]");
        (await project.RunAsync("parse", "--target-path", "before")).ExitCode.ShouldBe(0, project.Console.Text);
        project.Write("models/x.yml", "sources: [{name: s, schema: other, config: {meta: {a: 2}}, tables: [{name: t}]}]");

        foreach (var (part, isSelected) in new[] { ("relation", true), ("configs", true), ("body", false) })
        {
            await project.RunAsync("ls", "--select", $"state:modified.{part}", "--state", "before");
            project.Console.Text.Contains("source:shop.s.t", StringComparison.Ordinal).ShouldBe(isSelected, part);
        }
    }

    [Fact]
    public async Task A_command_that_fails_after_the_project_was_read_leaves_its_manifest()
    {
        (await project.RunAsync("ls", "--select", "state:modified")).ExitCode.ShouldBe(2);

        Json("manifest.json").GetProperty("nodes").TryGetProperty("model.shop.b", out _).ShouldBeTrue();
    }

    [Fact]
    public async Task A_macro_depends_on_what_it_calls_by_whatever_name()
    {
        project.Write("macros/ref.sql", "{% macro ref(name) %}{{ return(builtins.ref(name)) }}{% endmacro %}");
        project.Write("macros/calls.sql", "{% macro calls() %}{{ m() }}{{ ref('a') }}{{ shop.n() }}{{ adapter.dispatch('n')() }}{% endmacro %}{% macro n() %}{% endmacro %}{% macro default__n() %}{% endmacro %}{% macro filtered() %}{{ 'x' | upper() }}{% endmacro %}{% macro upper() %}{% endmacro %}");
        (await project.RunAsync("parse")).ExitCode.ShouldBe(0, project.Console.Text);

        Macros("ref").ShouldBe(["macro.shop.ref"]);
        Macros("calls").Order(StringComparer.Ordinal).ShouldBe(["macro.shop.default__n", "macro.shop.m", "macro.shop.n"]);
        Macros("filtered").ShouldBeEmpty();

        List<string?> Macros(string name) => [.. Json("manifest.json").GetProperty("macros").GetProperty("macro.shop." + name).GetProperty("depends_on").GetProperty("macros").EnumerateArray().Select(item => item.GetString())];
    }

    [Fact]
    public async Task Freshness_is_written_with_times_as_dbt_writes_them_and_without_sources_that_failed()
    {
        project.Write("models/fresh.yml", """
            sources:
              - name: away
                schema: main
                freshness: {warn_after: {count: 1, period: day}}
                tables: [{name: t, loaded_at_query: "select timestamp '2020-01-02 03:04:05'"}, {name: gone, loaded_at_field: at}]
            """);

        (await project.RunAsync("source", "freshness")).ExitCode.ShouldBe(1, project.Console.Text);

        Json("sources.json").GetProperty("results").EnumerateArray().Single().GetProperty("max_loaded_at").GetString().ShouldBe("2020-01-02T03:04:05+00:00");
    }

    [Fact]
    public async Task The_manifest_says_whose_it_is_and_leaves_deferral_out()
    {
        (await project.RunAsync("parse")).ExitCode.ShouldBe(0);

        var manifest = Json("manifest.json");
        var metadata = manifest.GetProperty("metadata");
        metadata.GetProperty("project_name").GetString().ShouldBe("shop");
        metadata.GetProperty("project_id").GetString().ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData("shop"u8)));
        metadata.GetProperty("adapter_type").GetString().ShouldBe("duckdb");
        metadata.GetProperty("quoting").GetRawText().ShouldBe("""{"database":true,"schema":true,"identifier":true,"column":null}""");
        var a = manifest.GetProperty("nodes").GetProperty("model.shop.a");
        a.TryGetProperty("defer_relation", out _).ShouldBeFalse();
        a.GetProperty("config").GetProperty("pre-hook")[0].GetRawText().ShouldBe("""{"sql":"select 1","transaction":true,"index":null}""");
        manifest.GetProperty("macros").GetProperty("macro.shop.m").GetProperty("docs").GetRawText().ShouldBe("""{"show":true,"node_color":null}""");
        manifest.GetProperty("sources").GetProperty("source.shop.raw.b").GetProperty("config").GetProperty("static_analysis").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Fact]
    public async Task A_group_has_the_configuration_that_stands_for_models()
    {
        (await project.RunAsync("parse")).ExitCode.ShouldBe(0);

        Json("manifest.json").GetProperty("groups").GetProperty("group.shop.g").GetProperty("config").GetRawText()
            .ShouldBe("""{"meta":{"owner":"us","level":1},"tags":"base","materialized":"table"}""");
    }

    [Fact]
    public async Task A_skipped_node_is_not_compiled_and_has_no_message()
    {
        project.Write("models/a.sql", "{{ config(group='g') }} select nothing");

        (await project.RunAsync("run")).ExitCode.ShouldBe(1);

        var skipped = Json("run_results.json").GetProperty("results").EnumerateArray().Single(result => result.GetProperty("status").GetString() == "skipped");
        skipped.GetProperty("message").ValueKind.ShouldBe(JsonValueKind.Null);
        skipped.GetProperty("compiled").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A_model_that_runs_in_batches_is_not_compiled_as_a_whole()
    {
        project.Write("models/m.sql", "{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='day', batch_size='day', begin='2024-01-01') }} select timestamp '2024-01-01' as day");

        (await project.RunAsync("run", "--select", "m", "--event-time-start", "2024-01-01", "--event-time-end", "2024-01-03")).ExitCode.ShouldBe(0, project.Console.Text);

        var result = Json("run_results.json").GetProperty("results")[0];
        result.GetProperty("compiled").GetBoolean().ShouldBeFalse();
        result.GetProperty("compiled_code").ValueKind.ShouldBe(JsonValueKind.Null);
        result.GetProperty("batch_results").GetProperty("successful").GetArrayLength().ShouldBe(2);
        var model = Json("manifest.json").GetProperty("nodes").GetProperty("model.shop.m");
        model.TryGetProperty("compiled_code", out _).ShouldBeFalse();
        model.GetProperty("compiled_path").ValueKind.ShouldBe(JsonValueKind.Null);
    }

    [Theory]
    [InlineData("", "model.shop.a,model.shop.b,test.shop.unique_a_id,source.shop.raw.b")]
    [InlineData("a", "model.shop.a,test.shop.unique_a_id")]
    [InlineData("source:raw", "source.shop.raw.b")]
    public async Task The_catalog_has_what_was_selected_and_the_kept_failures_of_tests(string selection, string expected)
    {
        (await project.RunAsync("build")).ExitCode.ShouldBe(0, project.Console.Text);

        (await project.RunAsync(["docs", "generate", .. selection.Length == 0 ? Array.Empty<string>() : ["--select", selection]])).ExitCode.ShouldBe(0, project.Console.Text);

        var catalog = Json("catalog.json");
        string.Join(',', new[] { "nodes", "sources" }.SelectMany(part => catalog.GetProperty(part).EnumerateObject().Select(entry => string.Join('.', entry.Name.Split('.').Take(part == "nodes" ? 3 : 4))))).ShouldBe(expected);
        Json("run_results.json").GetProperty("results").EnumerateArray().ShouldAllBe(result => !result.GetProperty("unique_id").GetString()!.StartsWith("unit_test."));
    }

    [Theory]
    [InlineData("compile")]
    [InlineData("docs generate")]
    public async Task A_node_that_cannot_be_compiled_ends_the_command_and_leaves_the_results_before(string command)
    {
        (await project.RunAsync("seed")).ExitCode.ShouldBe(0);
        var before = project.Read("target/run_results.json");
        project.Write("models/b.sql", "select {{ exceptions.raise_compiler_error('no') if execute }} from {{ ref('a') }}");

        (await project.RunAsync(command.Split(' '))).ExitCode.ShouldBe(2);

        project.Read("target/run_results.json").ShouldBe(before);
        project.Has("target/catalog.json").ShouldBeFalse();
    }

    [Fact]
    public async Task A_latest_version_needs_versions()
    {
        project.Write("models/more.yml", "models: [{name: b, latest_version: 1}]");

        var result = await project.RunAsync("parse");

        result.ExitCode.ShouldBe(2);
        result.Error!.Message.ShouldContain("latest_version: 1 is not one of model 'b' versions: []");
    }

    [Theory]
    [InlineData("{error: all, warn: [JinjaLogWarning]}", 0)]
    [InlineData("{error: [JinjaLogWarning], silence: [Deprecations]}", 1)]
    [InlineData("{error: all, silence: [JinjaLogWarning]}", 0)]
    [InlineData("{error: [Deprecations]}", 0)]
    [InlineData("{error: all}", 1)]
    public async Task What_names_a_warning_counts_before_what_names_all(string rules, int exitCode)
    {
        project.Write("models/b.sql", "{% if execute %}{% do exceptions.warn('w') %}{% endif %}select * from {{ ref('a') }}");

        (await project.RunAsync("run", "--warn-error-options", rules)).ExitCode.ShouldBe(exitCode, project.Console.Text);
    }

    public void Dispose() => project.Dispose();

    private JsonElement Json(string name) => JsonDocument.Parse(project.Read($"target/{name}")).RootElement;
}
