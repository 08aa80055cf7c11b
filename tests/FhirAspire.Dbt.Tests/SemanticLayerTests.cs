using System.Text.Json;

namespace FhirAspire.Dbt.Tests;

/// <summary>Semantic models, metrics and saved queries: they stand in the manifest, are selected and listed, and are never run.</summary>
public sealed class SemanticLayerTests : IDisposable
{
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
            config: {tags: [kpi]}
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
            .ShouldBe([("exposure.shop.page", DbtStatus.NoOp), ("model.shop.orders", DbtStatus.Success), ("saved_query.shop.board", DbtStatus.NoOp)]);
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
