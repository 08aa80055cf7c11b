using System.Text.Json.Nodes;

namespace FhirAspire.Dbt.Tests;

/// <summary>What entries of unit tests must say, and what they become.</summary>
public sealed class UnitTestRuleTests : IDisposable
{
    private readonly ProjectFolder project = new();

    public UnitTestRuleTests()
    {
        project.Write("models/orders.sql", "select 1 as id");
        project.Write("models/grown.sql", "{{ config(materialized='incremental') }} select id from {{ ref('orders') }} {% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}");
        project.Write("models/resting.sql", "{{ config(enabled=false) }} select 1 as id");
        project.Write("models/shape_v1.sql", "select id from {{ ref('orders') }}");
        project.Write("models/shape.yml", "models: [{name: shape, versions: [{v: 1}]}]");
    }

    [Theory]
    [InlineData("grown", "", "Boolean override for 'is_incremental' must be provided for unit test 'mine' in model 'grown'")]
    [InlineData("grown", "overrides: {macros: {is_incremental: 'yes'}}", "Boolean override for 'is_incremental' must be provided for unit test 'mine' in model 'grown'")]
    [InlineData("grown", "overrides: {macros: {is_incremental: true}}", "Unit test 'mine' for incremental model 'grown' must have a 'this' input")]
    [InlineData("shape", "versions: {include: [2]}", "Unit test 'mine' referenced a version of 'shape' which was not found.")]
    [InlineData("orders", "versions: {include: [2]}", "Unit test 'mine' should not have a versions include or exclude when referencing non-versioned model 'orders'")]
    public async Task A_unit_test_that_cannot_be_run_ends_the_parse(string model, string more, string message)
    {
        Write($"{{name: mine, model: {model}, given: [{{input: ref('orders'), rows: []}}], expect: {{rows: []}}{(more.Length == 0 ? "" : ", " + more)}}}");

        var result = await project.RunAsync("parse");

        result.ExitCode.ShouldBe(2);
        result.Error!.Message.ShouldContain(message);
        result.Error.File.ShouldBe("models/units.yml");
    }

    [Theory]
    [InlineData("{model: grown, given: [], expect: {rows: []}}", "at path []: 'name' is a required property")]
    [InlineData("{name: 3, model: grown, given: [], expect: {rows: []}}", "at path ['name']: 3 is not of type 'string'")]
    [InlineData("{name: mine, given: [], expect: {rows: []}}", "at path []: 'model' is a required property")]
    [InlineData("{name: mine, model: grown, expect: {rows: []}}", "at path []: 'given' is a required property")]
    [InlineData("{name: mine, model: grown, given: [], expect: }", "at path ['expect']: None is not of type 'object'")]
    [InlineData("{name: mine, model: grown, given: [{rows: []}], expect: {rows: []}}", "at path ['given'][0]: 'input' is a required property")]
    [InlineData("{name: mine, model: grown, given: [{input: ref('orders'), wild: 1}], expect: {rows: []}}", "at path ['given'][0]: Additional properties are not allowed ('wild' was unexpected)")]
    [InlineData("{name: mine, model: grown, given: [], expect: {rows: []}, overide: {}, tags: []}", "at path []: Additional properties are not allowed ('overide', 'tags' were unexpected)")]
    [InlineData("{name: mine, model: grown, given: [{input: ref('orders'), format: xml, rows: []}], expect: {rows: []}}", "at path ['given'][0]['format']: 'xml' is not one of ['csv', 'dict', 'sql']")]
    [InlineData("{name: mine, model: grown, given: [], expect: {rows: [], fixture: 1}}", "at path ['expect']['fixture']: 1 is not valid under any of the given schemas")]
    [InlineData("{name: mine, model: grown, given: [], expect: {rows: [1]}}", "at path ['expect']['rows']: [1] is not valid under any of the given schemas")]
    [InlineData("{name: mine, model: grown, given: [], expect: {rows: []}, overrides: {other: {}}}", "at path ['overrides']: {'other': {}} is not valid under any of the given schemas")]
    [InlineData("{name: mine, model: grown, given: [], expect: {rows: []}, versions: {include: 1}}", "at path ['versions']: {'include': 1} is not valid under any of the given schemas")]
    [InlineData("{name: mine, model: orders, given: [{input: ref('orders'), format: csv, rows: [{id: 1}]}], expect: {rows: []}}", "Unit test mine has input rows or fixtures which do not match format csv.  Expected string.")]
    [InlineData("{name: mine, model: orders, given: [], expect: {format: sql, rows: [{id: 1}]}}", "Unit test mine has expected rows or fixtures which do not match format sql.  Expected string.")]
    [InlineData("{name: mine, model: orders, given: [], expect: {}}", "Unit test mine has expected rows which do not match format dict")]
    public async Task A_unit_test_of_another_shape_ends_the_parse(string entry, string message)
    {
        Write(entry);

        var result = await project.RunAsync("parse");

        result.ExitCode.ShouldBe(2);
        result.Error!.Message.ShouldContain(message);
        result.Error.File.ShouldBe("models/units.yml");
    }

    [Fact]
    public async Task A_disabled_unit_test_stands_for_no_model_and_one_of_a_disabled_model_is_disabled()
    {
        Write(
            "{name: of_off, model: resting, given: [], expect: {rows: []}}",
            "{name: switched_off, model: shape, config: {enabled: false}, given: [], expect: {rows: []}}",
            "{name: kept, model: shape, versions: {include: [1]}, given: [{input: ref('orders'), rows: []}], expect: {rows: []}}");

        (await project.RunAsync("parse")).Error.ShouldBeNull();

        var manifest = JsonNode.Parse(project.Read("target/manifest.json"))!;
        manifest["unit_tests"]!.AsObject().Select(entry => entry.Key).ShouldBe(["unit_test.shop.shape.kept_v1"]);
        manifest["unit_tests"]!["unit_test.shop.shape.kept_v1"]!["versions"]!.ToJsonString().ShouldBe("""{"include":[1],"exclude":null}""");
        manifest["disabled"]!.AsObject().Where(entry => entry.Key.StartsWith("unit_test.", StringComparison.Ordinal)).Select(entry => $"{entry.Key} {entry.Value![0]!["config"]!["enabled"]} {entry.Value[0]!["depends_on"]!["nodes"]!.AsArray().Count}")
            .Order(StringComparer.Ordinal).ShouldBe(["unit_test.shop.resting.of_off false 0", "unit_test.shop.shape.switched_off false 0"]);
    }

    [Fact]
    public async Task The_checksum_has_the_text_of_a_fixture_as_it_is()
    {
        project.Write("models/grown.sql", "select id from {{ ref('orders') }}");
        project.Write("tests/fixtures/one.sql", "select 1 as id");
        Write("{name: mine, model: grown, given: [{input: ref('orders'), format: sql, fixture: one}], expect: {rows: [{id: 1}]}}");

        (await project.RunAsync("parse")).Error.ShouldBeNull();

        JsonNode.Parse(project.Read("target/manifest.json"))!["unit_tests"]!["unit_test.shop.grown.mine"]!["checksum"]!.GetValue<string>().ShouldBe("e076c93e40d47649722ee0b3abcc72766cb3af292a38732495cc0d18b20c67b7");
    }

    [Fact]
    public async Task Empty_cells_of_a_seed_that_stands_for_itself_are_empty_texts()
    {
        project.Write("seeds/codes.csv", "code,label\na,\nb,B\n");
        project.Write("models/named.sql", "select code, label = '' as is_empty from {{ ref('codes') }}");
        Write("{name: mine, model: named, given: [{input: ref('codes')}], expect: {rows: [{code: a, is_empty: true}, {code: b, is_empty: false}]}}");

        (await project.RunAsync("build")).Nodes.Where(node => node.Status is not (DbtStatus.Success or DbtStatus.Pass)).ShouldBeEmpty(project.Console.Text);
    }

    public void Dispose() => project.Dispose();

    private void Write(params string[] tests) => project.Write("models/units.yml", "unit_tests:\n" + string.Concat(tests.Select(test => $"  - {test}\n")));
}
