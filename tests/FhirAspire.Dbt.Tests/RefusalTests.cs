namespace FhirAspire.Dbt.Tests;

/// <summary>Projects that dbt refuses while it loads and parses them, and how it says so.</summary>
public sealed class RefusalTests : IDisposable
{
    private readonly ProjectFolder project = new();

    public RefusalTests() => project.Write("models/a.sql", "select 1 as id");

    [Theory]
    [InlineData("require-dbt-version: '>=2.0.0'\n", "This version of dbt is not supported with the 'shop' package.")]
    [InlineData("require-dbt-version: ['>=1.3.0', '<1.11.16']\n", "Required version of dbt for 'shop': ['>=1.3.0', '<1.11.16']")]
    [InlineData("require-dbt-version: '1.8'\n", "\"1.8\" is not a valid semantic version.")]
    [InlineData("model-paths: models\n", "at path ['model-paths']: 'models' is not valid under any of the given schemas")]
    [InlineData("unknown: 1\n", "at path []: Additional properties are not allowed ('unknown' was unexpected)")]
    public async Task A_project_file_that_does_not_fit(string line, string message)
    {
        project.Write("dbt_project.yml", project.Read("dbt_project.yml") + line);

        var result = await project.RunAsync("parse");

        result.ExitCode.ShouldBe(2);
        result.Error!.ToDbtText().ShouldStartWith("Runtime Error\n");
        result.Error.Message.ShouldContain(message);
    }

    [Theory]
    [InlineData("require-dbt-version: ['>=1.3.0', '<2.0.0']\n")]
    [InlineData("require-dbt-version: '>=1.3.0,<2.0.0'\n")]
    [InlineData("require-dbt-version: '=1.11.16'\n")]
    [InlineData("require-dbt-version: '>=1.12.0-b1'\n", "--no-version-check")]
    public async Task A_project_for_this_version_or_one_that_is_taken_as_it_is(string line, params string[] options)
    {
        project.Write("dbt_project.yml", project.Read("dbt_project.yml") + line);

        (await project.RunAsync(["parse", .. options])).ExitCode.ShouldBe(0, project.Console.Text);
    }

    [Theory]
    [InlineData("unique_key: id", "Snapshots must be configured with a 'strategy' and 'unique_key'.")]
    [InlineData("strategy: timestamp, updated_at: at", "Snapshots must be configured with a 'strategy' and 'unique_key'.")]
    [InlineData("unique_key: id, strategy: check", "A snapshot configured with the check strategy must specify a check_cols configuration.")]
    [InlineData("unique_key: id, strategy: check, check_cols: some", "Invalid value for 'check_cols': some. Expected 'all' or a list of strings.")]
    [InlineData("unique_key: id, strategy: timestamp", "A snapshot configured with the timestamp strategy must specify an updated_at configuration.")]
    [InlineData("unique_key: id, strategy: timestamp, updated_at: at, check_cols: all", "A 'timestamp' snapshot should not have 'check_cols'")]
    [InlineData("unique_key: 1, strategy: check, check_cols: all", "at path ['unique_key']: 1 is not valid under any of the given schemas")]
    public async Task A_snapshot_that_lacks_what_its_strategy_needs(string config, string message)
    {
        project.Write("snapshots/s.yml", $"snapshots: [{{name: s, relation: ref('a'), config: {{{config}}}}}]");

        var result = await project.RunAsync("parse");

        result.ExitCode.ShouldBe(2);
        result.Error!.Message.ShouldContain(message);
    }

    [Fact]
    public async Task The_columns_of_a_snapshot_are_all_named_in_its_configuration()
    {
        project.Write("snapshots/s.yml", "snapshots: [{name: s, relation: ref('a'), config: {unique_key: id, strategy: check, check_cols: all, snapshot_meta_column_names: {dbt_valid_to: until}}}]");

        (await project.RunAsync("ls", "--resource-type", "snapshot", "--output", "json", "--output-keys", "config")).ExitCode.ShouldBe(0);

        project.Console.Text.ShouldContain("\"snapshot_meta_column_names\": {\"dbt_valid_to\": \"until\", \"dbt_valid_from\": null, \"dbt_scd_id\": null, \"dbt_updated_at\": null, \"dbt_is_deleted\": null}");
    }

    [Theory]
    [InlineData("models: [{name: a, columns: [{name: id, data_tests: [{unique: {name: two words}}]}]}]", "Runtime Error\n  Resource names cannot contain spaces:\n    * 'test.shop.two words.")]
    [InlineData("models: [{name: a, columns: [{name: id, data_tests: [unique, unique]}]}]", "Compilation Error\n  dbt found two data_tests with the name \"unique_a_id\" defined on column \"id\" in \"models.a\".")]
    [InlineData("models: [{nam: a}]", "Parsing Error\n  The schema file at models/y.yml is invalid because a list element for 'models' does not have a name attribute.")]
    [InlineData("models: [{name: a, config: {group: none_such}}]", "Parsing Error in model a (models/a.sql)\n  Invalid group 'none_such', expected one of []")]
    public async Task Properties_that_do_not_fit(string properties, string message)
    {
        project.Write("models/y.yml", properties);

        var result = await project.RunAsync("parse");

        result.ExitCode.ShouldBe(2);
        result.Error!.ToDbtText().ShouldStartWith(message);
    }

    [Fact]
    public async Task Blanks_in_names_are_a_warning_where_the_project_allows_them()
    {
        project.Write("dbt_project.yml", "name: shop\nversion: '1.0'\nprofile: shop\nflags: {require_resource_names_without_spaces: false}\n");
        project.Write("models/two words.sql", "select 1 as id");

        (await project.RunAsync("parse")).ExitCode.ShouldBe(0);

        project.Console.Text.ShouldContain("[ResourceNamesWithSpacesDeprecation]");
    }

    [Fact]
    public async Task Selectors_are_read_with_the_project()
    {
        project.Write("selectors.yml", "selectors: [{name: s, definition: {tag: x, path: models}}]");

        var result = await project.RunAsync("parse");

        result.ExitCode.ShouldBe(2);
        result.Error!.Message.ShouldContain("Expected either 1 key or else \"method\" and \"value\" keys, but got ['tag', 'path']");
    }

    [Fact]
    public async Task Two_blocks_of_documentation_of_one_name()
    {
        project.Write("models/d.md", "{% docs z %}x{% enddocs %}{% docs z %}y{% enddocs %}");

        (await project.RunAsync("parse")).Error!.Message.ShouldStartWith("dbt found two docs with the name \"z\".");
    }

    [Fact]
    public async Task A_unit_test_that_names_no_column_of_the_model_fails_while_it_runs()
    {
        project.Write("models/y.yml", "unit_tests: [{name: u, model: a, given: [], expect: {rows: [{nope: 1}]}}]");

        (await project.RunAsync("test")).ExitCode.ShouldBe(1);

        var text = project.Read("target/run_results.json");
        text.ShouldContain("Runtime Error in unit_test u (models/y.yml)\\n  An error occurred during execution of unit test 'u'. There may be an error in the unit test definition: check the data types.\\n   Compilation Error");
        text.ShouldContain("\"compiled\":null");
    }

    [Fact]
    public async Task What_reads_an_ephemeral_model_that_fails_says_so()
    {
        project.Write("models/e.sql", "{{ config(materialized='ephemeral') }} select {{ exceptions.raise_compiler_error('no') if execute }}");
        project.Write("models/b.sql", "select * from {{ ref('e') }}");

        (await project.RunAsync("run")).ExitCode.ShouldBe(1);

        project.Read("target/run_results.json").ShouldContain("Compilation Error in model.shop.b, caused by compilation error in referenced ephemeral model model.shop.e");
    }

    [Fact]
    public async Task The_flag_empty_is_there_for_commands_that_have_it()
    {
        (await project.RunAsync("run-operation", "m")).ExitCode.ShouldNotBe(0);
        project.Write("macros/m.sql", "{% macro m() %}{{ log('EMPTY ' ~ flags.EMPTY, info=true) }}{% endmacro %}");

        (await project.RunAsync("run-operation", "m")).ExitCode.ShouldBe(0);

        project.Console.Text.ShouldContain("EMPTY None");
    }

    public void Dispose() => project.Dispose();
}
