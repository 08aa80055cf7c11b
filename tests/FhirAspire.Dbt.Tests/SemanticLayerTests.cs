using System.Text.Json;

namespace FhirAspire.Dbt.Tests;

/// <summary>Semantic models, metrics and saved queries: they stand in the manifest, are selected and listed, and are never run.</summary>
public sealed class SemanticLayerTests : IDisposable
{
    private const string Spine = """
        models:
          - name: days
            time_spine: {standard_granularity_column: date_day, custom_granularities: [{name: fiscal_year, column_name: fiscal}]}
            columns: [{name: date_day, granularity: day}, {name: fiscal}]
        """;

    private const string Layer = """
        semantic_models:
          - name: orders
            model: ref('orders')
            description: "{{ doc('about') }}"
            defaults: {agg_time_dimension: ordered_at}
            config: {meta: {owner: x}}
            entities: [{name: order, type: primary, expr: id}]
            dimensions:
              - {name: ordered_at, type: time, type_params: {time_granularity: day}}
              - {name: status, type: categorical, config: {meta: {pii: false}}}
            measures:
              - {name: revenue, agg: sum, expr: amount}
              - {name: order_count, agg: sum, expr: 1, create_metric: true}
        metrics:
          - name: revenue
            label: Revenue
            type: simple
            type_params: {measure: revenue}
            filter: "{{ Dimension('order__status') }} = 'done'"
          - name: average_order
            label: Average
            type: ratio
            tags: [kpi]
            type_params:
              numerator: {name: revenue, filter: "{{ Dimension('order__status') }} = 'paid'"}
              denominator: order_count
          - name: growth
            label: Growth
            type: derived
            type_params:
              expr: revenue - before
              metrics: [revenue, {name: revenue, alias: before, offset_window: 1 months}]
          - name: running
            label: Running
            type: cumulative
            type_params: {measure: {name: revenue, fill_nulls_with: 0}, window: 7 days}
        saved_queries:
          - name: board
            query_params:
              metrics: [growth]
              group_by: ["TimeDimension('metric_time', 'day')"]
              where: ["{{ TimeDimension('metric_time', 'day') }} > '2024-01-01'"]
            exports: [{name: board_table, config: {export_as: table, schema: exports}}]
        exposures:
          - {name: page, type: dashboard, owner: {name: x}, depends_on: ["metric('average_order')"]}
        """;

    private readonly ProjectFolder project = new();

    public SemanticLayerTests()
    {
        project.Write("models/days.sql", "select date '2024-01-01' as date_day, 2024 as fiscal");
        project.Write("models/days.yml", Spine);
        project.Write("models/orders.sql", "select 1 as id, 2.5 as amount, 'done' as status, date '2024-01-01' as ordered_at");
        project.Write("models/layer.yml", Layer);
        project.Write("models/about.md", "{% docs about %}All orders{% enddocs %}");
    }

    [Fact]
    public async Task They_are_in_the_manifest_with_what_they_are_made_of()
    {
        var result = await project.RunAsync("parse");
        result.Error.ShouldBeNull(result.Error?.ToConsoleText());
        var manifest = JsonDocument.Parse(project.Read("target/manifest.json")).RootElement;

        var model = manifest.GetProperty("semantic_models").GetProperty("semantic_model.shop.orders");
        model.GetProperty("description").GetString().ShouldBe("All orders");
        model.GetProperty("node_relation").GetProperty("relation_name").GetString().ShouldBe("\"shop\".\"main\".\"orders\"");
        model.GetProperty("depends_on").GetProperty("nodes")[0].GetString().ShouldBe("model.shop.orders");
        model.GetProperty("dimensions")[1].GetProperty("config").GetProperty("meta").ToString().ShouldBe("""{"owner":"x","pii":false}""");
        var metrics = manifest.GetProperty("metrics");
        metrics.EnumerateObject().Select(item => item.Name).Order(StringComparer.Ordinal).ShouldBe(["metric.shop.average_order", "metric.shop.growth", "metric.shop.order_count", "metric.shop.revenue", "metric.shop.running"]);
        var revenue = metrics.GetProperty("metric.shop.revenue");
        revenue.GetProperty("filter").GetProperty("where_filters")[0].GetProperty("where_sql_template").GetString().ShouldBe("{{ Dimension('order__status') }} = 'done'");
        Parents(manifest, "metric.shop.revenue").ShouldBe(["semantic_model.shop.orders"]);
        Parents(manifest, "metric.shop.average_order").ShouldBe(["metric.shop.order_count", "metric.shop.revenue"]);
        metrics.GetProperty("metric.shop.average_order").GetProperty("type_params").GetProperty("input_measures").GetArrayLength().ShouldBe(2);
        metrics.GetProperty("metric.shop.growth").GetProperty("type_params").GetProperty("metrics")[1].GetProperty("offset_window").ToString().ShouldBe("""{"count":1,"granularity":"month"}""");
        metrics.GetProperty("metric.shop.running").GetProperty("type_params").GetProperty("cumulative_type_params").GetProperty("window").GetProperty("count").GetInt64().ShouldBe(7);
        Parents(manifest, "saved_query.shop.board").ShouldBe(["metric.shop.growth"]);
        manifest.GetProperty("saved_queries").GetProperty("saved_query.shop.board").GetProperty("exports")[0].GetProperty("config").GetProperty("schema_name").GetString().ShouldBe("exports");
        Parents(manifest, "exposure.shop.page").ShouldBe(["metric.shop.average_order"]);
    }

    [SkippableFact]
    public async Task The_manifest_fits_dbts_schema()
    {
        var schemas = new Conformance.ArtifactSchemas(TestEnvironment.RequireShared("dbt-artifact-schemas"));
        (await project.RunAsync("build")).ExitCode.ShouldBe(0);

        schemas.Check(project.Root).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_macro_for_names_may_look_at_the_node_of_an_export()
    {
        project.Write("models/layer.yml", Layer.Replace("export_as: table, schema: exports", "export_as: table", StringComparison.Ordinal));
        project.Write("macros/names.sql", "{% macro generate_schema_name(custom, node) %}{% if node.resource_type == 'seed' %}raw{% else %}of_{{ node.name | length > 0 }}{% endif %}{% endmacro %}");

        (await project.RunAsync("parse")).Error.ShouldBeNull();

        JsonDocument.Parse(project.Read("target/manifest.json")).RootElement.GetProperty("saved_queries").GetProperty("saved_query.shop.board").GetProperty("exports")[0].GetProperty("config").GetProperty("schema_name").GetString().ShouldBe("of_True");
    }

    [Fact]
    public async Task What_dbt_derives_stands_in_the_manifest()
    {
        project.Write("models/layer.yml", Layer.Replace("exports: [", "exports: [{name: plain, config: {export_as: view}}, ", StringComparison.Ordinal).Replace("tags: [kpi]", "config: {tags: [kpi]}", StringComparison.Ordinal));
        project.Write("models/more.yml", """
            metrics:
              - name: conversion
                label: Conversion
                type: conversion
                type_params: {conversion_type_params: {base_measure: order_count, conversion_measure: order_count, entity: order}}
            """);
        (await project.RunAsync("parse")).Error.ShouldBeNull();
        var manifest = JsonDocument.Parse(project.Read("target/manifest.json")).RootElement;

        // A metric of a measure has the semantic model's meta, the measure no longer asks for it, and a measure that counts twice is one input.
        var metrics = manifest.GetProperty("metrics");
        metrics.GetProperty("metric.shop.order_count").GetProperty("meta").ToString().ShouldBe("""{"owner":"x"}""");
        manifest.GetProperty("semantic_models").GetProperty("semantic_model.shop.orders").GetProperty("measures")[1].GetProperty("create_metric").GetBoolean().ShouldBeFalse();
        metrics.GetProperty("metric.shop.conversion").GetProperty("type_params").GetProperty("input_measures").GetArrayLength().ShouldBe(1);

        // Tags of a metric's config are no tags of the metric; an export without a place goes where the target's models go.
        metrics.GetProperty("metric.shop.average_order").GetProperty("tags").GetArrayLength().ShouldBe(0);
        var exports = manifest.GetProperty("saved_queries").GetProperty("saved_query.shop.board").GetProperty("exports");
        exports[0].GetProperty("config").GetProperty("schema_name").GetString().ShouldBe("main");
        exports[1].GetProperty("config").GetProperty("database").GetString().ShouldBe("shop");
    }

    [Fact]
    public async Task The_semantic_manifest_says_what_dbts_says()
    {
        (await project.RunAsync("parse")).ExitCode.ShouldBe(0);
        var text = project.Read("target/semantic_manifest.json");
        var manifest = JsonDocument.Parse(text).RootElement;

        // As Python spaces it, and of the fields of dbt-semantic-interfaces alone.
        text.ShouldStartWith("""{"semantic_models": [{"name": "orders", "defaults": {"agg_time_dimension": "ordered_at"}, "description": "All orders", "node_relation": {"alias": "orders", "schema_name": "main", "database": "shop", "relation_name": "\"shop\".\"main\".\"orders\""}, "primary_entity": null, "entities": [{"name": "order", "description": null, "type": "primary", "role": null, "expr": "id", "metadata": null, "label": null, "config": {"meta": {"owner": "x"}}}], "measures": [{"name": "revenue", "agg": "sum", "description": null, "create_metric": false, "expr": "amount", "agg_params": null, "metadata": null, "non_additive_dimension": null, "agg_time_dimension": null, "label": null, "config": {"meta": {"owner": "x"}}}""");
        text.ShouldContain("""{"name": "growth", "description": "", "type": "derived", "type_params": {"measure": null, "numerator": null, "denominator": null, "expr": "revenue - before", "window": null, "grain_to_date": null, "metrics": [{"name": "revenue", "filter": null, "alias": null, "offset_window": null, "offset_to_grain": null}, {"name": "revenue", "filter": null, "alias": "before", "offset_window": {"count": 1, "granularity": "month"}, "offset_to_grain": null}], "conversion_type_params": null, "cumulative_type_params": null, "input_measures": [{"name": "revenue", "filter": null, "alias": null, "join_to_timespine": false, "fill_nulls_with": null}], "metric_aggregation_params": null, "join_to_timespine": false, "fill_nulls_with": null}, "filter": null, "metadata": null, "label": "Growth", "config": {"meta": {}}, "time_granularity": null}""");
        text.ShouldEndWith(""""exports": [{"name": "board_table", "config": {"export_as": "table", "schema_name": "exports", "alias": "board_table"}}], "tags": []}]}"""");
        var spine = manifest.GetProperty("project_configuration").GetProperty("time_spines")[0];
        spine.GetRawText().ShouldBe("""{"node_relation": {"alias": "days", "schema_name": "main", "database": "shop", "relation_name": "\"shop\".\"main\".\"days\""}, "primary_column": {"name": "date_day", "time_granularity": "day"}, "custom_granularities": [{"name": "fiscal_year", "column_name": "fiscal"}]}""");
    }

    [Fact]
    public async Task A_time_spine_known_by_its_name_still_counts_and_is_warned_of()
    {
        project.Delete("models/days.yml");
        project.Write("models/metricflow_time_spine.sql", "select date '2024-01-01' as date_day");

        var result = await project.RunAsync("parse");

        result.ExitCode.ShouldBe(0);
        project.Read("target/semantic_manifest.json").ShouldContain(""""time_spine_table_configurations": [{"location": "\"shop\".\"main\".\"metricflow_time_spine\"", "column_name": "date_day", "grain": "day"}]"""");
        result.Warnings.Select(warning => warning.Name).ShouldBe(["MFCumulativeTypeParamsDeprecation", "MFTimespineWithoutYamlConfigurationDeprecation"]);
    }

    [Fact]
    public async Task A_project_without_a_semantic_layer_has_an_empty_semantic_manifest()
    {
        project.Delete("models/layer.yml");
        project.Delete("models/days.yml");

        (await project.RunAsync("run")).ExitCode.ShouldBe(0);

        project.Read("target/semantic_manifest.json").ShouldBe("""{"semantic_models": [], "metrics": [], "project_configuration": {"time_spine_table_configurations": [], "metadata": null, "dsi_package_version": {"major_version": "0", "minor_version": "9", "patch_version": "2"}, "time_spines": []}, "saved_queries": []}""");
    }

    [Theory]
    [InlineData("granularity: day", "description: x", "DBT2308", "Time spine standard granularity column must have a granularity defined")]
    [InlineData("granularity: day", "granularity: week", "DBT2309", "The semantic layer requires a time spine model with granularity DAY or smaller")]
    [InlineData("standard_granularity_column: date_day", "standard_granularity_column: day", "DBT2308", "Got invalid column name 'day' for model 'days'. Valid names: ['date_day', 'fiscal']")]
    [InlineData("column_name: fiscal", "column_name: fisc", "DBT2308", "Columns not found: ['fisc']; Available columns: ['date_day', 'fiscal']")]
    public async Task A_time_spine_that_cannot_be_is_refused(string right, string wrong, string code, string message)
    {
        project.Write("models/days.yml", Spine.Replace(right, wrong, StringComparison.Ordinal));

        var result = await project.RunAsync("parse");

        result.ExitCode.ShouldBe(2);
        result.Error!.Code.ShouldBe(code);
        result.Error.ToConsoleText().ShouldContain(message);
    }

    [Theory]
    [InlineData("metric:rev*", "metric:shop.revenue")]
    [InlineData("semantic_model:orders", "semantic_model:shop.orders")]
    [InlineData("saved_query:shop.board", "saved_query:shop.board")]
    [InlineData("+saved_query:board", "metric:shop.growth,metric:shop.revenue,saved_query:shop.board,semantic_model:shop.orders,shop.orders")]
    [InlineData("metric:average_order+", "exposure:shop.page,metric:shop.average_order")]
    [InlineData("resource_type:metric,tag:kpi", "metric:shop.average_order")]
    public async Task They_are_selected_by_their_methods(string selection, string names)
    {
        // The second run starts from the stored manifest.
        for (var run = 0; run < 2; run++)
        {
            var result = await project.RunAsync("ls", "--select", selection);
            result.Error.ShouldBeNull(result.Error?.ToConsoleText());
            string.Join(',', result.List!.Order(StringComparer.Ordinal)).ShouldBe(names);
        }
    }

    [Fact]
    public async Task A_build_does_nothing_for_a_saved_query_and_says_so()
    {
        var result = await project.RunAsync("build");

        result.ExitCode.ShouldBe(0);
        result.Nodes.Select(node => (node.UniqueId, node.Status)).OrderBy(item => item.UniqueId, StringComparer.Ordinal)
            .ShouldBe([("exposure.shop.page", DbtStatus.NoOp), ("model.shop.days", DbtStatus.Success), ("model.shop.orders", DbtStatus.Success), ("saved_query.shop.board", DbtStatus.NoOp)]);
    }

    [Theory]
    [InlineData("type_params: {measure: revenue}", "type_params: {measure: revenu}", "DBT2009", "revenue")]
    [InlineData("denominator: order_count", "denominator: order_cuont", "DBT2010", "order_count")]
    [InlineData("metrics: [growth]", "metrics: [growht]", "DBT2010", "growth")]
    [InlineData("label: Revenue", "description: no label", "DBT2301", "'label' is a required property")]
    [InlineData("window: 7 days", "window: 7", "DBT2301", "<count> <granularity>")]
    public async Task What_is_wrong_names_its_file_and_what_was_meant(string right, string wrong, string code, string hint)
    {
        project.Write("models/layer.yml", Layer.Replace(right, wrong, StringComparison.Ordinal));

        var result = await project.RunAsync("parse");

        result.ExitCode.ShouldBe(2);
        result.Error!.Code.ShouldBe(code);
        result.Error.File.ShouldBe("models/layer.yml");
        result.Error.ToConsoleText().ShouldContain(hint);
    }

    [Fact]
    public async Task Only_a_changed_metric_and_what_reads_it_is_modified()
    {
        (await project.RunAsync("parse")).ExitCode.ShouldBe(0);
        Directory.Move(Path.Combine(project.Root, "target"), Path.Combine(project.Root, "before"));
        project.Write("models/layer.yml", Layer.Replace("expr: revenue - before", "expr: revenue / before", StringComparison.Ordinal));

        var result = await project.RunAsync("ls", "--select", "state:modified", "--state", "before");

        result.List!.ShouldBe(["metric:shop.growth"]);
    }

    public void Dispose() => project.Dispose();

    private static List<string> Parents(JsonElement manifest, string id) => [.. manifest.GetProperty("parent_map").GetProperty(id).EnumerateArray().Select(item => item.GetString()!)];
}
