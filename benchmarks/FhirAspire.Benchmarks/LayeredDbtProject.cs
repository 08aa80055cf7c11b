using System.Globalization;
using System.Text;

namespace FhirAspire.Benchmarks;

/// <summary>
/// A dbt project for timing, the same at every call: layers of models that read the layer below, views, tables, ephemeral and incremental models, macros, one seed, and four
/// generic tests a model. The tables are tiny, so that what is measured is the engine and the database's planning.
/// </summary>
internal static class LayeredDbtProject
{
    public static void Write(string root, int models, int layers)
    {
        void Put(string path, string text)
        {
            var full = Path.Combine(root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllText(full, text);
        }

        var project = new StringBuilder("name: layered\nversion: '1.0'\nprofile: layered\nvars: {factor: 1}\nmodels:\n  layered:\n");
        for (var layer = 0; layer < layers; layer++)
        {
            project.Append(CultureInfo.InvariantCulture, $"    layer{layer}: {{+materialized: {(layer % 2 == 0 ? "view" : "table")}, +schema: l{layer}}}\n");
        }

        Put("dbt_project.yml", project.ToString());
        Put("profiles.yml", "layered: {target: dev, outputs: {dev: {type: duckdb, path: layered.duckdb, schema: main, threads: 4}}}\n");
        Put("seeds/items.csv", "id,kind,amount\n" + string.Concat(Enumerable.Range(1, 20).Select(i => $"{i},{"xyz"[i % 3]},{i * 5 % 13}\n")));
        Put("macros/tools.sql", "{% macro times(column, by) %}{{ column }} * {{ by }} * {{ var('factor') }}{% endmacro %}\n{% macro list(names, of) %}{% for name in names %}{{ of }}.{{ name }}{{ ', ' if not loop.last }}{% endfor %}{% endmacro %}\n"
            + "{% test at_least(model, column_name, least=0) %}select * from {{ model }} where {{ column_name }} < {{ least }}{% endtest %}\n");
        var width = models / layers;
        for (var layer = 0; layer < layers; layer++)
        {
            var properties = new StringBuilder("models:\n");
            for (var i = 0; i < width; i++)
            {
                Put($"models/layer{layer}/{Name(layer, i)}.sql", Model(layer, i, width, layers));
                properties.Append(CultureInfo.InvariantCulture, $"  - name: {Name(layer, i)}\n    description: number {i} of layer {layer}\n    columns:\n      - name: id\n        data_tests:\n          - unique\n          - not_null\n");
                properties.Append(layer == 0 ? "          - at_least: {arguments: {least: 1}}\n" : $"          - relationships: {{arguments: {{to: ref('{Name(layer - 1, i)}'), field: id}}, config: {{severity: warn}}}}\n");
                properties.Append("      - name: kind\n        data_tests:\n          - accepted_values: {arguments: {values: [x, y, z]}}\n");
            }

            Put($"models/layer{layer}/properties.yml", properties.ToString());
        }
    }

    /// <summary>A model's file.</summary>
    public static string PathOf(int layer, int index) => $"models/layer{layer}/{Name(layer, index)}.sql";

    private static string Name(int layer, int index) => string.Create(CultureInfo.InvariantCulture, $"l{layer}_{index:000}");

    private static string Model(int layer, int i, int width, int layers)
    {
        if (layer == 0)
        {
            return $"select {{{{ list(['id', 'kind', 'amount'], 'i') }}}}, {{{{ times('i.amount', {i + 1}) }}}} as total from {{{{ ref('items') }}}} i where i.amount >= {i % 3}\n";
        }

        var isIncremental = layer == 5 && i % 5 == 0;
        var config = layer < layers - 1 && i % 10 == 9 ? "{{ config(materialized='ephemeral') }}\n" : isIncremental ? "{{ config(materialized='incremental', unique_key='id') }}\n" : string.Empty;
        var union = string.Join("\n  union all\n  ", Enumerable.Range(0, 3).Select(k => (i + (k * 7)) % width).Distinct().Select(p => $"select {{{{ list(['id', 'kind', 'amount'], 'p') }}}} from {{{{ ref('{Name(layer - 1, p)}') }}}} p"));
        var below = layer > 1 ? $" and exists (select 1 from {{{{ ref('{Name(layer - 2, i)}') }}}} b where b.id = u.id)" : string.Empty;
        var newer = isIncremental ? "\n{% if is_incremental() %} and id > (select max(id) from {{ this }}){% endif %}" : string.Empty;
        return $"{config}{{% set sums = ['amount'] %}}\nwith u as (\n  {union}\n)\nselect id, min(kind) as kind, {{% for sum in sums %}}max({{{{ sum }}}}) as {{{{ sum }}}}{{% endfor %}}, {{{{ times('max(amount)', {layer}) }}}} as total\nfrom u where true{below}{newer}\ngroup by id\n";
    }
}
