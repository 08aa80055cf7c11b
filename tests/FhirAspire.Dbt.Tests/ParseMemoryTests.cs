using System.Globalization;
using System.Text.RegularExpressions;

namespace FhirAspire.Dbt.Tests;

/// <summary>A change costs what depends on it, and what comes of it is what a parse of everything gives.</summary>
public sealed class ParseMemoryTests : IDisposable
{
    private const string Properties = """
        models:
          - name: plain
            description: "{{ doc('text') }}"
            config: {group: finance, meta: {level: 1.5, since: 2024-01-31}}
            columns: [{name: id, data_tests: [unique, {not_null: {config: {severity: warn}}}, {odd: {arguments: {limit: 3}}}]}]
          - {name: hooked, config: {post_hook: "{{ note('yml') }}"}, columns: [{name: id, data_type: integer, constraints: [{type: foreign_key, to: ref('plain'), to_columns: [id]}]}]}
          - {name: versioned, latest_version: 2, columns: [{name: id, data_tests: [unique]}], versions: [{v: 1, defined_in: v1}, {v: 2, defined_in: v2}]}
        """;

    private const string Others = """
        groups: [{name: finance, owner: {name: me, email: m@x.org}}]
        sources: [{name: raw_data, tables: [{name: t, columns: [{name: id, data_tests: [odd: {arguments: {limit: 5}}]}]}]}]
        exposures: [{name: report, type: dashboard, owner: {name: me}, depends_on: [ref('nested')]}]
        unit_tests: [{name: u, model: plain, given: [{input: ref('raw'), format: csv, fixture: rows}], expect: {rows: [{id: 1}]}}]
        macros: [{name: inner, description: "An {{ doc('text') }}", arguments: [{name: x, type: integer}]}]
        snapshots: [{name: yaml_snap, relation: ref('plain'), config: {unique_key: id, strategy: check, check_cols: all}}]
        seeds: [{name: raw, columns: [{name: id, data_tests: [not_null]}]}]
        """;

    private readonly ProjectFolder project = new("name: shop\nversion: '1.0'\nprofile: shop\nvars: {scale: 1}\non-run-start: [\"{{ note('start') }}\"]\nmodels:\n  shop:\n    +tags: [t]\n");

    public ParseMemoryTests()
    {
        project.Write("packages.yml", "packages: [{local: tools}]\n");
        project.Write("tools/dbt_project.yml", "name: tools\nversion: '1.0'\n");
        project.Write("tools/macros/decorate.sql", "{% macro decorate(x) %}{{ return(adapter.dispatch('decorate', 'tools')(x)) }}{% endmacro %}{% macro default__decorate(x) %}{{ return('d_' ~ x) }}{% endmacro %}");
        project.Write("tools/models/packed.sql", "{{ config(alias=tools.decorate('p')) }} select 1 as id");
        project.Write("seeds/raw.csv", "id,name\n1,a\n2,b\n");
        project.Write("models/plain.sql", "select id, {{ var('scale') }} as scale from {{ ref('raw') }}");
        project.Write("models/still.sql", "{{ config(materialized='table') }} select * from {{ ref('plain') }}");
        project.Write("models/nested.sql", "{{ config(alias=outer('n')) }} select * from {{ ref('plain') }} join {{ source('raw_data', 't') }} using (id)");
        project.Write("models/packaged.sql", "{{ config(alias=tools.decorate('q')) }} select * from {{ ref('packed') }}");
        project.Write("models/maybe.sql", "{{ config(tags=['here' if 'perhaps' in context else 'gone']) }} select {{ env_var('LEVEL', 'none') | length }} as id");
        project.Write("models/hooked.sql", "{{ config(materialized='table', pre_hook=\"{{ note('file') }}\") }} select 1 as id {% if execute %}{{ ref('still') }}{% endif %}");
        project.Write("models/v1.sql", "select 1 as id");
        project.Write("models/v2.sql", "select {{ inner(2) }} as id");
        project.Write("models/schema.yml", Properties);
        project.Write("models/others.yml", Others);
        project.Write("models/lost.yml", "models: [{name: nowhere}]");
        project.Write("models/docs.md", "{% docs text %}A *text*{% enddocs %}");
        project.Write("macros/outer.sql", "{% macro outer(x) %}{{ return(inner(x) ~ '_' ~ target.name) }}{% endmacro %}");
        project.Write("macros/inner.sql", "{% macro inner(x) %}{{ return(x) }}{% endmacro %}");
        project.Write("macros/note.sql", "{% macro note(x) %}select '{{ x }}'{% endmacro %}");
        project.Write("macros/unused.sql", "{% macro unused() %}1{% endmacro %}");
        project.Write("tests/generic/odd.sql", "{% test odd(model, column_name, limit) %}select * from {{ model }} where {{ column_name }} % {{ inner(limit) }} = 1{% endtest %}");
        project.Write("tests/single.sql", "select * from {{ ref('plain') }} where id < {{ inner(0) }}");
        project.Write("tests/fixtures/rows.csv", "id\n1\n");
        project.Write("analyses/look.sql", "select * from {{ ref('nested') }}");
        project.Write("snapshots/snap.sql", "{% snapshot snap %}{{ config(unique_key='id', strategy='check', check_cols='all') }}select * from {{ ref('raw') }}{% endsnapshot %}");
    }

    /// <summary>Edits: what is written (nothing: deleted) by file, and how many files that costs.</summary>
    public static TheoryData<string, int, string[]> Edits => new()
    {
        { "the body of a model", 1, ["models/plain.sql", "select id, 5 as scale from {{ ref('raw') }}"] },
        { "the configuration of a model", 1, ["models/still.sql", "{{ config(materialized='view', tags=['x']) }} select * from {{ ref('plain') }}"] },
        { "a model that others refer to is disabled", -1, ["models/packaged.sql", "{{ config(enabled=false) }} select 1 as id"] },
        { "a description", 1, ["models/schema.yml", Properties.Replace("{{ doc('text') }}", "plain words", StringComparison.Ordinal)] },
        { "a new test", 1, ["models/schema.yml", Properties.Replace("[unique, {", "[unique, accepted_values: {arguments: {values: [1]}}, {", StringComparison.Ordinal)] },
        { "a test goes", 1, ["models/schema.yml", Properties.Replace("unique, {not_null", "{not_null", StringComparison.Ordinal)] },
        { "a severity", 1, ["models/schema.yml", Properties.Replace("severity: warn", "severity: error", StringComparison.Ordinal)] },
        { "a group of a model", 2, ["models/schema.yml", Properties.Replace("group: finance", "group: sales", StringComparison.Ordinal), "models/others.yml", Others.Replace("name: finance", "name: sales", StringComparison.Ordinal)] },
        { "a version", 1, ["models/schema.yml", Properties.Replace("latest_version: 2", "latest_version: 1", StringComparison.Ordinal)] },
        { "no versions", 1, ["models/schema.yml", Properties.Replace("  - {name: versioned", "  - {name: v1}\n  - {name: elsewhere", StringComparison.Ordinal)] },
        { "a model is enabled by its properties alone", 1, ["models/schema.yml", Properties + "\n  - {name: still, config: {materialized: ephemeral}}"] },
        { "a renamed model", 4, ["models/nested.sql", "", "models/nestled.sql", "{{ config(alias=outer('n')) }} select * from {{ ref('plain') }}", "models/others.yml", Others.Replace("ref('nested')", "ref('nestled')", StringComparison.Ordinal), "analyses/look.sql", "select * from {{ ref('nestled') }}"] },
        { "a macro that a macro calls", -1, ["macros/inner.sql", "{% macro inner(x) %}{{ return('i' ~ x) }}{% endmacro %}"] },
        { "a macro that nothing calls", 1, ["macros/unused.sql", "{% macro unused() %}2{% endmacro %}"] },
        { "a macro of hooks", 2, ["macros/note.sql", "{% macro note(x) %}select '{{ x }}', {{ inner(3) }}{% endmacro %}"] },
        { "a comment in a macro's file", 1, ["macros/outer.sql", "{# new #}\n{% macro outer(x) %}{{ return(inner(x) ~ '_' ~ target.name) }}{% endmacro %}"] },
        { "a macro of a package", 2 + 1, ["tools/macros/decorate.sql", "{% macro decorate(x) %}{{ return(adapter.dispatch('decorate', 'tools')(x)) }}{% endmacro %}{% macro default__decorate(x) %}{{ return('e_' ~ x) }}{% endmacro %}"] },
        { "an override of a package's macro", 3, ["macros/over.sql", "{% macro default__decorate(x) %}{{ return('mine_' ~ x) }}{% endmacro %}"] },
        { "an override for the adapter", 3, ["macros/over.sql", "{% macro duckdb__decorate(x) %}{{ return('duck_' ~ x) }}{% endmacro %}"] },
        { "an override of a macro of dbt", 1, ["macros/over.sql", "{% macro generate_alias_name(custom_alias_name=none, node=none) %}{{ return('a_' ~ node.name ~ (node.version or '') ~ (custom_alias_name or '')) }}{% endmacro %}"] },
        { "an override of dbt's test", -1, ["macros/over.sql", "{% test unique(model, column_name) %}select {{ column_name }} from {{ model }} where {{ inner(1) }} = 2{% endtest %}"] },
        { "an override of ref", -1, ["macros/over.sql", "{% macro ref(name, version=none) %}{{ return(builtins.ref(name, version=version)) }}{% endmacro %}"] },
        { "a macro that was looked for", 2, ["macros/over.sql", "{% macro perhaps() %}1{% endmacro %}"] },
        { "a generic test", 3, ["tests/generic/odd.sql", "{% test odd(model, column_name, limit) %}{{ config(severity='warn') }}select * from {{ model }} where {{ column_name }} % {{ limit }} = 1{% endtest %}"] },
        { "a singular test", 1, ["tests/single.sql", "{{ config(severity='warn') }} select * from {{ ref('still') }} where id < {{ inner(0) }}"] },
        { "a source", 1, ["models/others.yml", Others.Replace("[{name: t, columns", "[{name: more, identifier: x}, {name: t, description: new, columns", StringComparison.Ordinal)] },
        { "an exposure", 1, ["models/others.yml", Others.Replace("type: dashboard", "type: notebook, label: Report", StringComparison.Ordinal)] },
        { "no exposure", 1, ["models/others.yml", Others.Replace("exposures", "unknown_key", StringComparison.Ordinal)] },
        { "a unit test", 1, ["models/others.yml", Others.Replace("rows: [{id: 1}]", "rows: [{id: 2}]", StringComparison.Ordinal)] },
        { "a snapshot in YAML", 1, ["models/others.yml", Others.Replace("relation: ref('plain')", "relation: ref('still')", StringComparison.Ordinal)] },
        { "a macro's description", 1, ["models/others.yml", Others.Replace("An {{", "One {{", StringComparison.Ordinal)] },
        { "the rows of a seed", 1, ["seeds/raw.csv", "id,name\n7,z\n"] },
        { "a new seed", 1, ["seeds/more.csv", "id\n1\n"] },
        { "a fixture", 1, ["tests/fixtures/rows.csv", "id\n2\n"] },
        { "a text", 1, ["models/docs.md", "{% docs text %}Another{% enddocs %}"] },
        { "a snapshot", 1, ["snapshots/snap.sql", "{% snapshot snap %}{{ config(unique_key='name', strategy='check', check_cols='all') }}select * from {{ ref('plain') }}{% endsnapshot %}{% snapshot two %}{{ config(unique_key='id', strategy='check', check_cols='all') }}select * from {{ ref('raw') }}{% endsnapshot %}"] },
        { "an analysis", 1, ["analyses/look.sql", "select {{ inner(1) }} from {{ ref('still') }}"] },
        { "a deleted analysis", 0, ["analyses/look.sql", ""] },
        { "a deleted properties file", 0, ["models/lost.yml", ""] },
        { "a new properties file", 1, ["models/more.yml", "models: [{name: still, description: new, columns: [{name: id, data_tests: [odd: {arguments: {limit: 9}}]}]}]"] },
        { "semantic models and metrics", 2, ["models/metricflow_time_spine.sql", "select date '2024-01-01' as date_day", "models/semantic.yml", "semantic_models: [{name: s, model: ref('plain'), entities: [{name: id, type: primary}], measures: [{name: total, agg: sum, expr: scale, create_metric: true}], dimensions: [{name: scale, type: categorical}]}]\n"] },
        { "selectors", 1, ["selectors.yml", "selectors: [{name: s, definition: plain}]"] },
        { "ignored files", 0, [".dbtignore", "maybe.sql\nlost.yml\n"] },
    };

    [Theory]
    [MemberData(nameof(Edits))]
    public async Task An_edit_costs_what_depends_on_it_and_gives_what_a_whole_parse_gives(string edit, int files, string[] writes)
    {
        (await project.RunAsync("deps")).ExitCode.ShouldBe(0);
        await PartialAsync(edit);
        var before = project.ManifestText();
        Apply(writes);
        var parsed = await PartialAsync(edit);
        if (files >= 0)
        {
            // A file with warnings is read each time, to give them again.
            parsed.Files.ShouldBeOneOf(files, files + 1);
        }
        else
        {
            parsed.Files.ShouldBeLessThan(parsed.All);
        }

        await ShouldBeAsAsync(parsed.Text, edit);
        (await PartialAsync(edit)).Files.ShouldBe(0);

        foreach (var path in writes.Where((_, i) => i % 2 == 0))
        {
            if (Originals.TryGetValue(path, out var original))
            {
                project.Write(path, original);
            }
            else
            {
                project.Delete(path);
            }
        }

        var text = (await PartialAsync(edit)).Text;
        project.ManifestText().ShouldBe(before, edit);
        await ShouldBeAsAsync(text, edit);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Edits_in_a_row_give_what_a_whole_parse_gives(int seed)
    {
        (await project.RunAsync("deps")).ExitCode.ShouldBe(0);
        var random = new Random(seed);
        var edits = Edits.Select(row => (Name: (string)row[0], Writes: (string[])row[2])).ToArray();
        random.Shuffle(edits);
        var done = new List<string>();
        foreach (var (name, writes) in edits)
        {
            done.Add(name);
            Apply(writes);
            var partial = await project.RunAsync("parse");
            var text = Said();
            var whole = await project.RunAsync("parse", "--no-partial-parse", "--target-path", "whole");
            var what = $"seed {seed}: {string.Join(", ", done)}";
            (partial.Error?.ToConsoleText()).ShouldBe(whole.Error?.ToConsoleText(), what);
            if (whole.Error is null)
            {
                project.ManifestText().ShouldBe(project.ManifestText("whole"), what);
                text.ShouldBe(Said(), what);
            }
        }
    }

    public void Dispose() => project.Dispose();

    private Dictionary<string, string> Originals { get; } = new(StringComparer.Ordinal);

    private void Apply(string[] writes)
    {
        for (var i = 0; i < writes.Length; i += 2)
        {
            if (project.Has(writes[i]))
            {
                Originals.TryAdd(writes[i], project.Read(writes[i]));
            }

            if (writes[i + 1].Length == 0)
            {
                project.Delete(writes[i]);
            }
            else
            {
                project.Write(writes[i], writes[i + 1]);
            }
        }
    }

    private async Task<(int Files, int All, string Text)> PartialAsync(string edit)
    {
        var result = await project.RunAsync("parse");
        result.ExitCode.ShouldBe(0, $"{edit}: {result.Error?.ToConsoleText() ?? project.Console.Text}");
        var match = Regex.Match(project.Console.Text, @"Parsed (\d+) of (\d+) files");
        return (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture), Said());
    }

    private async Task ShouldBeAsAsync(string text, string edit)
    {
        var partial = project.ManifestText();
        (await project.RunAsync("parse", "--no-partial-parse", "--target-path", "whole")).ExitCode.ShouldBe(0, edit);
        partial.ShouldBe(project.ManifestText("whole"), edit);
        text.ShouldBe(Said(), edit);
    }

    // What was warned of, in any order.
    private string Said() => string.Join('\n', project.Console.Text.Split('\n').Where(line => !line.StartsWith("Parsed ", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
}
