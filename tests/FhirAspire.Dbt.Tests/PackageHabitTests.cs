namespace FhirAspire.Dbt.Tests;

/// <summary>What published packages do with the objects that dbt gives to templates.</summary>
public sealed class PackageHabitTests : IDisposable
{
    private readonly ProjectFolder project = new("name: shop\nversion: '1.0'\nprofile: shop\nquoting: {identifier: false}\nvars:\n  plain: one\n  stamped: '{{ var(\"plain\") }}-{{ target.name }}'\n  endless: '{{ var(\"endless\") }}'\n");

    public PackageHabitTests()
    {
        project.Write("packages.yml", "packages:\n  - local: tools\n");
        project.Write("tools/dbt_project.yml", "name: tools\nversion: '2.5'\n");
        project.Write("tools/macros/tools.sql", "{% macro _secret(x) %}<{{ x }}>{% endmacro %}{% macro shout(x) %}{{ tools._secret(x) }}!{% endmacro %}");
        project.Write("models/orders.sql", "select 1 as id");
        project.Write("models/sources.yml", "sources:\n  - name: raw\n    freshness: null\n    tables: [{name: items}]\n");
    }

    [Theory]
    [InlineData("{{ tools._secret(1) }} {{ tools.shout(2) }} {{ tools['_secret'](3) }}", "<1> <2>! <3>")]
    [InlineData("{{ tools.__class__ is defined }} {{ '_secret' in tools }} {{ tools.get('nothing', 4) }}", "False True 4")]
    [InlineData("{{ ref('orders') is mapping }} {{ ref('orders').get('metadata', {}).get('type', '').endswith('Relation') }}", "True True")]
    [InlineData("{% for s in graph.sources.values() %}{{ s.freshness is none }} {{ s.loaded_at_query is none }} {{ s.nothing is defined }}{% endfor %}", "True True False")]
    [InlineData("{{ graph.keys() | list | length > 5 }} {% for name, part in graph.items() if name == 'sources' %}{{ part | length }}{% endfor %}", "True 1")]
    [InlineData("{% do graph.setdefault('own', {}) %}{% do graph['own'].update({'a': 1}) %}{{ graph.own.a }} {{ graph.get('own') }} {{ 'own' in graph }} {{ graph.pop('own') }} {{ 'own' in graph }}", "1 {'a': 1} True {'a': 1} False")]
    [InlineData("{{ adapter.config.quoting.database }} {{ adapter.config.quoting.identifier }} {{ adapter.config.credentials.schema }}", "True False main")]
    [InlineData("{{ builtins.ref.config.dependencies['tools'].version }} {{ builtins.ref.config.project_name }}", "2.5 shop")]
    [InlineData("{{ builtins.ref.config.vars.to_dict()['plain'] }} {{ builtins.ref.config.vars.vars | length }} {{ 'plain' in builtins.ref.config.vars }} {{ builtins.ref.config.vars.get('none', 1) }}", "one 3 True 1")]
    [InlineData("{{ var('stamped') }} {{ var('plain') }}", "one-dev one")]
    public async Task Templates_find_what_dbt_gives_them(string template, string expected)
    {
        (await project.RunAsync("deps")).ExitCode.ShouldBe(0);
        (await project.CompileAsync(template)).Trim().ShouldBe(expected);
    }

    [Theory]
    [InlineData("{% do context.update({'__cache': {'a': 1}}) %}{{ context.get('__cache').a }} {{ context['__cache'].a }} {{ context.setdefault('__cache', 2) }} {{ context.setdefault('__other', 3) }}{{ '__other' in context }}", "1 1 {'a': 1} 3True")]
    [InlineData("{% do context.update(target_schema_of_mine='x') %}{{ context.target_schema_of_mine }}", "x")]
    public async Task Templates_keep_values_of_their_own_in_the_context(string template, string expected)
    {
        (await project.RunAsync("deps")).ExitCode.ShouldBe(0);
        (await project.CompileAsync(template)).Trim().ShouldBe(expected);
    }

    [Fact]
    public async Task A_hook_at_the_end_takes_results_and_their_nodes_apart()
    {
        project.Write("macros/report.sql", """
            {% macro report(results) %}{% for r in results if r.node.resource_type == 'model' %}
            {% do log('RESULT ' ~ r.timing | map(attribute='name') | join('+') ~ ' ' ~ r.timing[0].to_dict() | length ~ ' ' ~ (r.timing[0].started_at <= r.timing[1]['completed_at']) ~ ' ' ~ r.node.to_dict()['name'] ~ ' ' ~ r.to_dict()['node']['unique_id'] ~ ' ' ~ r.to_dict()['status'] ~ ' ' ~ r.node.is_ephemeral_model ~ ' ' ~ (r.node.config.nothing is none) ~ ' ' ~ r.node.config.materialized, info=true) %}
            {% endfor %}{% endmacro %}
            """);
        project.Write("dbt_project.yml", project.Read("dbt_project.yml") + "on-run-end: '{{ report(results) }}'\n");
        (await project.RunAsync("deps")).ExitCode.ShouldBe(0);

        var result = await project.RunAsync("run", "--select", "orders");

        result.ExitCode.ShouldBe(0, project.Console.Text);
        project.Console.Text.ShouldContain("RESULT compile+execute 3 True orders model.shop.orders success False True view");
    }

    [Fact]
    public async Task A_unit_test_replaces_macros_of_a_package_and_of_dbt()
    {
        project.Write("models/loud.sql", "select '{{ tools.shout('real') }}' as a, '{{ tools._secret('real') }}' as b, '{{ dbt.type_string() }} {{ type_string() }}' as c from {{ ref('orders') }}");
        project.Write("models/units.yml", """
            unit_tests:
              - name: replaced
                model: loud
                given: [{input: ref('orders'), rows: [{id: 1}]}]
                overrides: {macros: {tools.shout: given, dbt.type_string: words}}
                expect: {rows: [{a: given, b: <real>, c: words words}]}
            """);
        (await project.RunAsync("deps")).ExitCode.ShouldBe(0);

        var result = await project.RunAsync("build");

        result.ExitCode.ShouldBe(0, project.Console.Text);
    }

    [Fact]
    public async Task A_variable_that_reads_itself_is_an_error()
    {
        (await project.RunAsync("deps")).ExitCode.ShouldBe(0);
        var result = await project.RunAsync("compile", "--inline", "{{ var('endless') }}");
        result.ExitCode.ShouldBe(2);
        result.Error!.Code.ShouldBe("DBT2119");
    }

    public void Dispose() => project.Dispose();
}
