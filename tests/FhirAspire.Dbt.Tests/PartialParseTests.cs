namespace FhirAspire.Dbt.Tests;

/// <summary>The stored manifest: when it counts, what a change costs, and that it never differs from a fresh one.</summary>
public sealed class PartialParseTests : IDisposable
{
    private const string Project = "name: shop\nversion: '1.0'\nprofile: shop\nvars: {scale: 1}\non-run-start: [\"select 1\"]\nmodels:\n  shop:\n    +tags: [t]\n";
    private readonly ProjectFolder project = new(Project);

    public PartialParseTests()
    {
        project.Environment["LEVEL"] = "one";
        project.Write("seeds/raw.csv", "id,name\n1,a\n2,b\n");
        project.Write("models/base.sql", "select id, {{ var('scale') }} as scale from {{ ref('raw') }}");
        project.Write("models/other.sql", "{{ config(materialized='view') }} select 1 as id");
        project.Write("models/top.sql", "{{ config(alias=shape('top')) }} select * from {{ ref('base') }} -- {{ env_var('LEVEL') }}");
        project.Write("models/v1.sql", "select 1 as id");
        project.Write("models/v2.sql", "select 2 as id");
        project.Write("macros/shape.sql", "{% macro shape(x) %}{{ return(x ~ '_' ~ target.name) }}{% endmacro %}");
        project.Write("models/docs.md", "{% docs text %}A *text*{% enddocs %}");
        project.Write("tests/single.sql", "select * from {{ ref('base') }} where id < 0");
        project.Write("snapshots/snap.sql", "{% snapshot snap %}{{ config(unique_key='id', strategy='check', check_cols='all') }}select * from {{ ref('raw') }}{% endsnapshot %}");
        project.Write("models/schema.yml", """
            groups: [{name: g, owner: {name: me, email: m@x.org}}]
            models:
              - name: base
                description: "{{ doc('text') }}"
                config: {group: g, meta: {level: 1.5, since: 2024-01-31, list: [1, two, null]}}
                columns: [{name: id, data_tests: [unique, {not_null: {config: {severity: warn}}}]}]
              - name: versioned
                latest_version: 2
                versions: [{v: 1, defined_in: v1, deprecation_date: 2020-01-01}, {v: 2, defined_in: v2}]
              - name: nowhere
            sources: [{name: raw_data, tables: [{name: t, freshness: {warn_after: {count: 1, period: day}}, loaded_at_field: at}]}]
            exposures: [{name: report, type: dashboard, owner: {name: me}, depends_on: [ref('top')]}]
            unit_tests: [{name: u, model: other, given: [], expect: {rows: [{id: 1}]}}]
            """);
    }

    [Fact]
    public async Task An_unchanged_project_is_not_parsed_again_and_its_manifest_is_the_same()
    {
        await ParsedAsync(all: true);
        var first = project.ManifestText();
        await ParsedAsync(0);
        project.ManifestText().ShouldBe(first);
        var warnings = project.Console.Text;
        warnings.ShouldContain("Did not find matching node for patch with name 'nowhere'");
        warnings.ShouldContain("passed its deprecation date");
        // A deprecation date is looked at in every run, what stands for nothing in parsing alone.
        (await project.RunAsync("parse", "--warn-error")).Error!.Message.ShouldContain("passed its deprecation date");
        (await project.RunAsync("parse", "--warn-error-options", "{error: [NoNodeForYamlKey]}")).ExitCode.ShouldBe(0, project.Console.Text);
        (await project.RunAsync("parse", "--no-partial-parse", "--warn-error-options", "{error: [NoNodeForYamlKey]}")).ExitCode.ShouldBe(2);
    }

    [Theory]
    [InlineData("models/base.sql", "select id, 5 as scale from {{ ref('raw') }} join {{ ref('other') }} using (id)")]
    [InlineData("models/top.sql", "{{ config(alias=shape('top')) }} select 3 as id")]
    [InlineData("tests/single.sql", "select * from {{ ref('base') }} where id < -1 and {{ dbt.length(\"'a'\") }} = 1")]
    [InlineData("seeds/raw.csv", "id,name\n7,z\n")]
    public async Task A_changed_body_costs_its_own_file_and_gives_what_a_whole_parse_gives(string path, string text)
    {
        await ParsedAsync(all: true);
        project.Write(path, text);
        await ParsedAsync(1);
        var partial = project.ManifestText();
        (await project.RunAsync("parse", "--no-partial-parse")).ExitCode.ShouldBe(0);
        partial.ShouldBe(project.ManifestText());
    }

    [Theory]
    [InlineData("dbt_project.yml", Project + "    +materialized: table\n")]
    [InlineData("profiles.yml", "shop:\n  target: prod\n  outputs:\n    prod: {type: duckdb, path: shop.duckdb, schema: other, threads: 2}\n")]
    [InlineData("dbt_packages/tools/dbt_project.yml", "name: tools\nversion: '1.0'\n")]
    public async Task A_change_of_a_project_or_profile_is_parsed_with_everything(string path, string text)
    {
        await ParsedAsync(all: true);
        project.Write(path, text);
        await ParsedAsync(all: true);
        var manifest = project.ManifestText();
        (await project.RunAsync("parse", "--no-partial-parse")).ExitCode.ShouldBe(0);
        manifest.ShouldBe(project.ManifestText());
        await ParsedAsync(0);
    }

    [Fact]
    public async Task A_deleted_file_is_missed()
    {
        await ParsedAsync(all: true);
        project.Delete("models/base.sql");
        var result = await project.RunAsync("parse");
        result.ExitCode.ShouldBe(2);
        result.Error!.Code.ShouldBe("DBT2001");
    }

    [Fact]
    public async Task A_file_that_is_broken_by_a_change_is_an_error_and_mending_it_is_enough()
    {
        await ParsedAsync(all: true);
        project.Write("models/other.sql", "{{ config(materialized='view') }} select {{ 1 + }}");
        (await project.RunAsync("parse")).Error!.File.ShouldBe("models/other.sql");
        project.Write("models/other.sql", "{{ config(materialized='view') }} select 1 as id");
        await ParsedAsync(0);
    }

    [Fact]
    public async Task Variables_and_environment_count()
    {
        await ParsedAsync(all: true);
        await ParsedAsync(all: true, "--vars", "{scale: 2}");
        await ParsedAsync(0, "--vars", "{scale: 2}");
        project.Environment["LEVEL"] = "two";
        await ParsedAsync(all: true, "--vars", "{scale: 2}");
        project.Environment["UNUSED"] = "x";
        await ParsedAsync(0, "--vars", "{scale: 2}");
    }

    [Fact]
    public async Task Options_count_where_a_template_looks_at_them()
    {
        await ParsedAsync(all: true);
        await ParsedAsync(0, "--no-print");
        project.Write("macros/shape.sql", "{% macro shape(x) %}{{ return(x ~ flags.PRINT) }}{% endmacro %}");
        await ParsedSomeAsync();
        await ParsedAsync(0);
        await ParsedAsync(all: true, "--no-print");
    }

    [Fact]
    public async Task A_change_of_equal_length_within_one_tick_of_the_clock_is_seen()
    {
        await ParsedAsync(all: true);
        var path = Path.Combine(project.Root, "models/other.sql");
        var time = File.GetLastWriteTimeUtc(path);
        project.Write("models/other.sql", "{{ config(materialized='view') }} select 2 as id");
        File.SetLastWriteTimeUtc(path, time);
        await ParsedSomeAsync();
        project.ManifestText().ShouldContain("select 2 as id");
    }

    [Fact]
    public async Task Misspelt_keys_are_noted_each_time_and_are_no_warnings()
    {
        project.Write("models/other.sql", "{{ config(materialised='table', owner_of_it='me') }} select 1 as id");
        project.Write("models/wrong.yml", "modles: [{name: other}]\nsomething_else: 1\n");
        project.Write("models/tested.sql", "select 1 as id");
        project.Write("models/tested.yml", "models: [{name: tested, config: {tagz: [a]}, columns: [{name: id, data_tests: [not_null: {config: {severty: warn, stores_failures: true}}]}]}]");
        project.Write("dbt_project.yml", Project + "    +persist_doc: {relation: true}\n");
        foreach (var _ in new[] { 1, 2 })
        {
            var result = await project.RunAsync("parse");
            result.ExitCode.ShouldBe(0, result.Error?.ToConsoleText());
            foreach (var (wrong, right) in new[] { ("tagz", "tags"), ("severty", "severity"), ("stores_failures", "store_failures"), ("persist_doc", "persist_docs") })
            {
                project.Console.Text.ShouldContain($"'{wrong}', which means nothing to dbt: did you mean '{right}'?");
            }

            project.Console.Text.ShouldContain("Note: model other (models/other.sql) is configured with 'materialised', which means nothing to dbt: did you mean 'materialized'?");
            project.Console.Text.ShouldContain("Note: models/wrong.yml has a key 'modles', which means nothing to dbt: did you mean 'models'?");
            project.Console.Text.ShouldNotContain("owner_of_it");
            project.Console.Text.ShouldNotContain("something_else");
            result.Warnings.ShouldNotContain(warning => warning.Message.Contains("means nothing", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_damaged_store_is_parsed_over()
    {
        await ParsedAsync(all: true);
        var path = Path.Combine(project.Root, "target/partial_parse.bin");
        var bytes = await File.ReadAllBytesAsync(path);
        foreach (var length in new[] { 0, 3, bytes.Length / 3 })
        {
            await File.WriteAllBytesAsync(path, bytes[..length]);
            await ParsedAsync(all: true);
        }

        // The YAML of properties files stands at the end, and is read only after a change.
        await File.WriteAllBytesAsync(path, bytes[..^1]);
        await ParsedAsync(0);
        project.Write("models/docs.md", "{% docs text %}Another{% enddocs %}");
        await ParsedSomeAsync();
        project.ManifestText().ShouldContain("Another");
    }

    [Fact]
    public async Task A_run_from_the_stored_manifest_gives_the_same_tables()
    {
        (await project.RunAsync("build", "--exclude", "source:*")).ExitCode.ShouldBe(0, project.Console.Text);
        project.Console.Text.ShouldMatch(@"Parsed (\d+) of \1 files");
        (await project.RunAsync("build", "--exclude", "source:*")).ExitCode.ShouldBe(0, project.Console.Text);
        project.Console.Text.ShouldContain("Parsed 0 of ");
    }

    public void Dispose() => project.Dispose();

    private Task ParsedAsync(int files, params string[] options) => CheckAsync(text => text.ShouldContain($"Parsed {files} of "), options);

    private Task ParsedAsync(bool all, params string[] options) => CheckAsync(text => text.ShouldMatch(@"Parsed (\d+) of \1 files", $"everything should have been parsed ({all})"), options);

    private Task ParsedSomeAsync() => CheckAsync(text => (text.Contains("Parsed 0 of ", StringComparison.Ordinal) || System.Text.RegularExpressions.Regex.IsMatch(text, @"Parsed (\d+) of \1 files")).ShouldBeFalse(text), []);

    private async Task CheckAsync(Action<string> check, string[] options)
    {
        var result = await project.RunAsync(["parse", .. options]);
        result.ExitCode.ShouldBe(0, result.Error?.ToConsoleText() ?? project.Console.Text);
        check(project.Console.Text);
    }
}
