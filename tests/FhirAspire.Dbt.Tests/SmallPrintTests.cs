using System.Text.Json;
using FhirAspire.Dbt.Adapters;

namespace FhirAspire.Dbt.Tests;

/// <summary>What dbt does that is easily missed: each of these was seen in a comparison of both on one project.</summary>
public sealed class SmallPrintTests : IDisposable
{
    private readonly ProjectFolder project = new();

    public SmallPrintTests()
    {
        project.Write("models/x/a.sql", "{{ config(tags=['t']) }} select 1 as id");
        project.Write("models/y/b.sql", "select * from {{ ref('a') }}");
        project.Write("seeds/s.csv", "id,n\n1,a\n");
    }

    [Fact]
    public async Task Two_types_of_resources_may_have_one_name_where_their_relations_differ()
    {
        project.Write("models/s.sql", "{{ config(alias='other') }} select 1 as id");

        (await project.RunAsync("parse")).Warnings.ShouldHaveSingleItem().Name.ShouldBe("DuplicateNameDistinctNodeTypesDeprecation");

        project.Write("models/s.sql", "select 1 as id");
        (await project.RunAsync("parse")).Error!.Message.ShouldStartWith("dbt found two resources with the database representation");
        project.Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\nflags: {require_unique_project_resource_names: true}\n");
        (await project.RunAsync("parse")).Error!.Message.ShouldStartWith("dbt found two");
    }

    [Theory]
    [InlineData("target", true)]
    [InlineData("before", false)]
    public async Task A_state_that_the_command_itself_writes_over_is_warned_of(string state, bool isWarned)
    {
        (await project.RunAsync("parse", "--target-path", state)).ExitCode.ShouldBe(0);

        var result = await project.RunAsync("ls", "--select", "state:unmodified", "--state", state, "--warn-error");

        result.ExitCode.ShouldBe(0, result.Error?.Message);
        result.Warnings.Any(warning => warning.Name == "WarnStateTargetEqual").ShouldBe(isWarned);
    }

    [Theory]
    [InlineData("star()", "did you mean 'tools.star'?")]
    [InlineData("tools.sart()", "did you mean 'star'?")]
    [InlineData("tools.pivot_wide()", "the package 'tools', as it is installed, has no macro 'pivot_wide'")]
    public async Task What_was_meant_by_a_macro_of_a_package_is_told(string call, string hint)
    {
        project.Write("packages.yml", "packages: [{local: tools}]");
        project.Write("tools/dbt_project.yml", "name: tools\nversion: '1.0'\n");
        project.Write("tools/macros/star.sql", "{% macro star() %}*{% endmacro %}");
        project.Write("models/x/a.sql", $"select {{{{ {call} }}}}");
        await project.RunAsync("deps");

        var result = await project.RunAsync("compile");

        result.Nodes.Select(node => node.Error?.Hint).Append(result.Error?.Hint).ShouldContain(hint);
    }

    [Theory]
    [InlineData("selectors: [{name: a, definition: a, bad: 1}]", "DBT5004")]
    [InlineData("", "DBT5009")]
    public async Task A_selector_has_no_keys_but_its_own_and_there_may_be_none(string file, string code)
    {
        project.Write("selectors.yml", file);

        (await project.RunAsync("ls", "--selector", "a")).Error!.Code.ShouldBe(code);
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("s.a", "s.a")]
    [InlineData("d.s.a", "s.a")]
    [InlineData("\"my.d\".\"s\".\"a.b\"", "\"s\".\"a.b\"")]
    [InlineData("\"s\".\"a.b.c\"", "\"s\".\"a.b.c\"")]
    public void A_foreign_key_names_no_database_on_DuckDB(string relation, string target) =>
        new DuckDbAdapter(RelationPolicy.All).ForeignKeyTarget(relation).ShouldBe(target);

    [Fact]
    public async Task A_listing_as_JSON_has_its_keys_in_the_order_of_the_manifest()
    {
        var line = (await project.RunAsync("ls", "--select", "a", "--output", "json")).List!.Single();

        JsonDocument.Parse(line).RootElement.EnumerateObject().Select(item => item.Name)
            .ShouldBe(["name", "resource_type", "package_name", "original_file_path", "unique_id", "alias", "config", "tags", "depends_on"]);
    }

    [Fact]
    public async Task The_text_of_a_macro_has_the_white_space_that_its_tags_take()
    {
        project.Write("macros/m.sql", "{%- macro one() -%} 1 {%- endmacro %}\n\n{%- macro two() %}2{% endmacro -%}\n\n{%- macro three() %}3{% endmacro %}\n\n{% macro four() %}4{% endmacro %}\n");

        (await project.RunAsync("parse")).ExitCode.ShouldBe(0);

        var macros = JsonDocument.Parse(project.Read("target/manifest.json")).RootElement.GetProperty("macros");
        string Sql(string name) => macros.GetProperty($"macro.shop.{name}").GetProperty("macro_sql").GetString()!;
        Sql("one").ShouldBe("{%- macro one() -%} 1 {%- endmacro %}");
        Sql("two").ShouldBe("\n\n{%- macro two() %}2{% endmacro -%}\n\n");
        Sql("three").ShouldBe("{%- macro three() %}3{% endmacro %}");
        Sql("four").ShouldBe("{% macro four() %}4{% endmacro %}");
    }

    [Fact]
    public async Task A_mark_of_the_byte_order_counts_for_the_checksum_of_a_seed_and_not_for_its_columns()
    {
        File.WriteAllText(Path.Combine(project.Root, "seeds/s.csv"), "id,n\n1,a\n", new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        project.Write("models/reads.sql", "select id from {{ ref('s') }}");

        (await project.RunAsync("build")).ExitCode.ShouldBe(0, project.Console.Text);

        using var manifest = JsonDocument.Parse(project.Read("target/manifest.json"));
        var expected = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("\uFEFFid,n\n1,a"u8));
        manifest.RootElement.GetProperty("nodes").GetProperty("seed.shop.s").GetProperty("checksum").GetProperty("checksum").GetString().ShouldBe(expected);
    }

    [Fact]
    public async Task Times_of_a_seed_may_have_hours_of_one_digit()
    {
        project.Write("seeds/s.csv", "id,moment\n1,2020-02-13 1:55:18\n2,2020-2-3 14:05:06\n");
        project.Write("tests/times.sql", "select * from {{ ref('s') }} where typeof(moment) <> 'TIMESTAMP' or moment not in (timestamp '2020-02-13 01:55:18', timestamp '2020-02-03 14:05:06')");

        (await project.RunAsync("build", "--select", "s+")).ExitCode.ShouldBe(0, project.Console.Text);
    }

    [Fact]
    public async Task A_float_of_four_bytes_is_widened_on_DuckDB()
    {
        project.Write("models/wide.sql", "select {{ run_query('select 3.3::float as n').columns[0].values()[0] }} as n");

        (await project.RunAsync("compile", "--select", "wide")).ExitCode.ShouldBe(0);

        project.Read("target/compiled/shop/models/wide.sql").ShouldBe("select 3.299999952316284 as n");
    }

    [Fact]
    public async Task Docs_without_compiling_leave_the_manifest_as_it_is()
    {
        (await project.RunAsync("run")).ExitCode.ShouldBe(0);
        var manifest = project.Read("target/manifest.json");

        (await project.RunAsync("docs", "generate", "--no-compile")).ExitCode.ShouldBe(0);

        project.Read("target/manifest.json").ShouldBe(manifest);
        project.Has("target/catalog.json").ShouldBeTrue();
    }

    [Fact]
    public async Task Tests_that_dbt_renders_depend_on_the_macro_of_their_where()
    {
        project.Write("models/a.yml", "models: [{name: a, columns: [{name: id, data_tests: [unique, {accepted_values: {arguments: {values: [1]}}}]}]}]");

        (await project.RunAsync("parse")).ExitCode.ShouldBe(0);

        using var manifest = JsonDocument.Parse(project.Read("target/manifest.json"));
        manifest.RootElement.GetProperty("nodes").EnumerateObject().Where(node => node.Name.StartsWith("test.", StringComparison.Ordinal))
            .ToDictionary(node => node.Value.GetProperty("test_metadata").GetProperty("name").GetString()!, node => node.Value.GetProperty("depends_on").GetProperty("macros").EnumerateArray().Select(macro => macro.GetString()).ToList())
            .Select(pair => $"{pair.Key}: {string.Join(' ', pair.Value)}").Order(StringComparer.Ordinal)
            .ShouldBe(["accepted_values: macro.dbt.test_accepted_values macro.dbt.get_where_subquery", "unique: macro.dbt.test_unique"]);
    }

    [Fact]
    public async Task A_package_that_two_packages_want_is_installed_once()
    {
        foreach (var name in (string[])["one", "two", "shared"])
        {
            project.Write($"pk/{name}/dbt_project.yml", $"name: {name}\nversion: '1.0'\n");
        }

        project.Write("pk/one/packages.yml", "packages: [{local: pk/shared}]");
        project.Write("pk/two/packages.yml", "packages: [{local: pk/shared}]");
        project.Write("packages.yml", "packages: [{local: pk/one}, {local: pk/two}]");

        (await project.RunAsync("deps")).ExitCode.ShouldBe(0);

        project.Console.Text.Split("Installed shared").Length.ShouldBe(2);
    }

    [Theory]
    [InlineData("ls --models a --select b", "\"models\" and \"select\" are mutually exclusive arguments")]
    [InlineData("ls --models a --resource-type seed", "\"models\" and \"resource_type\" are mutually exclusive arguments")]
    [InlineData("show --inline select --select a", "inline: not allowed with argument select")]
    [InlineData("compile --inline select --selector a", "inline: not allowed with argument selector")]
    public async Task Options_that_exclude_each_other_are_refused(string command, string message)
    {
        var output = new StringWriter();
        var exit = await DbtCommandLine.RunAsync([.. command.Split(' '), "--project-dir", project.Root, "--profiles-dir", project.Root], output, output);

        exit.ShouldBe(2);
        output.ToString().ShouldContain(message);
        output.ToString().ShouldContain("DBT0012");
    }

    [Theory]
    [InlineData("ls|--models|a", "ModelParamUsageDeprecation")]
    [InlineData("run|--warn-error-options|{include: [], exclude: []}", "WEOIncludeExcludeDeprecation")]
    [InlineData("source|freshness|--output|here.json", "CustomOutputPathInSourceFreshnessDeprecation,NothingToDo")]
    [InlineData("ls|--select|a", "")]
    public async Task An_option_that_will_go_is_warned_of(string command, string warnings) =>
        string.Join(',', (await project.RunAsync(command.Split('|'))).Warnings.Select(warning => warning.Name)).ShouldBe(warnings);

    [Fact]
    public async Task A_preview_as_JSON_is_the_last_that_is_printed()
    {
        var output = new StringWriter();
        var exit = await DbtCommandLine.RunAsync(["show", "--inline", "select 1 as id, 'x' as n", "--output", "json", "--project-dir", project.Root, "--profiles-dir", project.Root], output, output);

        exit.ShouldBe(0);
        output.ToString().TrimEnd().ShouldEndWith("""
            {
              "show": [
                {
                  "id": 1,
                  "n": "x"
                }
              ]
            }
            """);
    }

    [Fact]
    public async Task What_the_database_said_of_a_freshness_query_is_in_its_result()
    {
        project.Write("models/sources.yml", "sources: [{name: main, tables: [{name: s, config: {loaded_at_query: \"select now()\", freshness: {warn_after: {count: 1, period: day}}}}]}]");
        (await project.RunAsync("seed")).ExitCode.ShouldBe(0);
        (await project.RunAsync("source", "freshness")).ExitCode.ShouldBe(0, project.Console.Text);

        JsonDocument.Parse(project.Read("target/sources.json")).RootElement.GetProperty("results")[0].GetProperty("adapter_response").ToString().ShouldBe("""{"_message":"OK"}""");
    }

    [Fact]
    public async Task A_column_that_was_added_before_a_statement_that_fails_goes_with_it()
    {
        project.Write("models/grows.sql", "{{ config(materialized='incremental', on_schema_change='append_new_columns', post_hook=\"{{ 'select nothing' if is_incremental() else 'select 1' }}\") }} select 1 as id{{ \", 'x' as added\" if is_incremental() }}");
        (await project.RunAsync("run", "--select", "grows")).ExitCode.ShouldBe(0, project.Console.Text);

        (await project.RunAsync("run", "--select", "grows")).ExitCode.ShouldBe(1);

        var columns = await project.RunAsync("show", "--inline", "select string_agg(column_name, ',') as names, (select count(*) from {{ ref('grows') }}) as rows from (describe {{ ref('grows') }})", "--output", "json");
        columns.ExitCode.ShouldBe(0, project.Console.Text);
        project.Console.Text.ShouldContain("\"names\": \"id\"");
        project.Console.Text.ShouldContain("\"rows\": 1");
    }

    [Theory]
    [InlineData("date '2024-01-01'", "Data type of snapshot table timestamp columns (TIMESTAMP) doesn't match derived column 'updated_at' (DATE). Please update snapshot config 'updated_at'.")]
    [InlineData("timestamp '2024-01-01'", null)]
    public async Task A_snapshot_by_times_of_another_kind_is_warned_of(string time, string? warning)
    {
        project.Write("snapshots/n.sql", $"{{% snapshot n %}}{{{{ config(unique_key='id', strategy='timestamp', updated_at='seen') }}}} select 1 as id, {time} as seen{{% endsnapshot %}}");

        // The table is made by the first and merged by the second.
        for (var run = 0; run < 2; run++)
        {
            var result = await project.RunAsync("snapshot");
            result.ExitCode.ShouldBe(0, project.Console.Text);
            result.Warnings.Where(item => item.Name == "SnapshotTimestampWarning").Select(item => item.Message).ShouldBe(warning is null ? [] : [warning]);
        }
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_read_leaves_no_statement_and_a_compile_that_fails_nothing_compiled_in_the_manifest()
    {
        project.Write("snapshots/n.sql", "{% snapshot n %}{{ config(unique_key='nothing', strategy='check', check_cols='all') }} select 1 as id{% endsnapshot %}");
        (await project.RunAsync("snapshot")).ExitCode.ShouldBe(1);
        project.Has("target/run/shop/snapshots/n.sql").ShouldBeFalse();

        project.Write("models/y/wrong.sql", "select {{ nothing() }}");
        (await project.RunAsync("compile")).ExitCode.ShouldBe(2);
        var node = JsonDocument.Parse(project.Read("target/manifest.json")).RootElement.GetProperty("nodes").GetProperty("model.shop.a");
        node.TryGetProperty("compiled_code", out _).ShouldBeFalse();
        node.GetProperty("compiled_path").ValueKind.ShouldBe(JsonValueKind.Null);
        project.Has("target/compiled/shop/models/x/a.sql").ShouldBeTrue();
    }

    public void Dispose() => project.Dispose();
}
