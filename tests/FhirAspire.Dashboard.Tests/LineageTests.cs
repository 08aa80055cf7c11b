using System.Text.Json;
using FhirAspire.Dashboard.Components.Parts;
using FhirAspire.Dashboard.Operations;
using FhirAspire.Pipeline.Runs;

namespace FhirAspire.Dashboard.Tests;

public sealed class LineageTests
{
    private static readonly IReadOnlyList<ModelInfo> Chain = [Model("raw"), Model("seed"), Model("base", "raw"), Model("stg", "base"), Model("int", "stg"), Model("dim", "stg", "seed"), Model("fct", "int", "dim")];

    [Fact]
    public void A_model_stands_right_of_all_that_feed_it_and_no_two_overlap()
    {
        var drawing = Lineage.Of(Chain);
        drawing.Nodes.Count.ShouldBe(Chain.Count);
        drawing.Edges.Count.ShouldBe(7);
        drawing.Edges.ShouldAllBe(edge => edge.To.X >= edge.From.X + Lineage.NodeWidth);
        foreach (var column in drawing.Nodes.GroupBy(node => node.X))
        {
            column.OrderBy(node => node.Y).Zip(column.OrderBy(node => node.Y).Skip(1)).ShouldAllBe(pair => pair.Second.Y - pair.First.Y >= Lineage.NodeHeight);
        }
    }

    [Fact]
    public void A_seed_stands_just_before_its_first_reader_and_the_drawing_is_always_the_same()
    {
        var first = Lineage.Of(Chain);
        var again = Lineage.Of([.. Chain.Reverse()]);
        Place(first, "dim").X.ShouldBeGreaterThan(Place(first, "seed").X);
        Place(first, "seed").X.ShouldBe(Place(first, "stg").X);
        again.Nodes.Select(node => (node.Model.Name, node.X, node.Y)).Order().ShouldBe(first.Nodes.Select(node => (node.Model.Name, node.X, node.Y)).Order());
    }

    [Fact]
    public void By_folder_a_long_chain_is_as_narrow_as_its_folders_are_few()
    {
        var models = new List<ModelInfo> { Model("raw") with { Kind = "source" }, Model("seed") with { Kind = "seed" } };
        models.AddRange(Enumerable.Range(1, 8).Select(i => Model($"b{i}", i == 1 ? "raw" : $"b{i - 1}") with { Folder = "base" }));
        // A staging model may be as far from the source as a mart is; its folder feeds that of the mart.
        models.AddRange([Model("s9", "s2") with { Folder = "staging" }, Model("s10", "s9") with { Folder = "staging" }]);
        models.AddRange([Model("s1", "b8") with { Folder = "staging" }, Model("s2", "s1") with { Folder = "staging" }, Model("date") with { Folder = "marts" }, Model("fct", "s2", "seed") with { Folder = "marts" }, Model("mart", "fct") with { Folder = "analytics" }]);
        var drawing = Lineage.Of(models, isByFolder: true);
        drawing.Nodes.GroupBy(node => node.X).OrderBy(column => column.Key).Select(column => string.Join(' ', column.Select(node => node.Model.Name).Order(StringComparer.Ordinal)))
            .ShouldBe(["raw seed", "b1 b2 b3 b4 b5 b6 b7 b8", "s1 s10 s2 s9", "date fct", "mart"]);
        // Six folders at the size at which the page opens fit a window of 1,280 px beside the rail.
        (((drawing.Nodes.Max(node => node.X) / 4 * 5) + Lineage.NodeWidth + 22) * 0.78).ShouldBeLessThan(1000);
    }

    [Fact]
    public void Lines_that_need_not_cross_do_not()
    {
        // a1..a5 feed b5..b1: sorted by name they would all cross.
        var models = Enumerable.Range(1, 5).SelectMany(i => new[] { Model($"a{i}"), Model($"b{6 - i}", $"a{i}") }).ToList();
        var edges = Lineage.Of(models).Edges;
        (from one in edges from other in edges where one.From.Y < other.From.Y && one.To.Y > other.To.Y select one).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("stg", true, 9, "base:1 raw:2")]
    [InlineData("stg", false, 1, "dim:1 int:1")]
    [InlineData("stg", false, 9, "dim:1 fct:2 int:1")]
    [InlineData("fct", true, 1, "dim:1 int:1")]
    [InlineData("raw", true, 9, "")]
    public void What_feeds_and_what_is_fed_is_found_with_its_distance(string name, bool isUp, int steps, string expected) =>
        string.Join(' ', Lineage.Related(Chain, "model.p." + name, isUp, steps).Select(pair => $"{pair.Key[8..]}:{pair.Value}").Order(StringComparer.Ordinal)).ShouldBe(expected);

    [Fact]
    public void A_circle_in_a_damaged_manifest_is_drawn_all_the_same() =>
        Lineage.Of([Model("a", "b"), Model("b", "a"), Model("c", "a", "nobody")]).Nodes.Count.ShouldBe(3);

    [Fact]
    public void The_manifest_gives_models_with_their_tables_and_tests_with_their_sql()
    {
        using var manifest = JsonDocument.Parse("""
            {"nodes":{
              "model.p.dim":{"resource_type":"model","schema":"marts","alias":"dim_x","config":{"materialized":"table"},"fqn":["p","core","dim"],"depends_on":{"nodes":["source.p.raw.t"]},"columns":{"id":{"description":"its id"}},"compiled_code":"select 1"},
              "test.p.unique_dim_id.1a2b":{"resource_type":"test","column_name":"id","depends_on":{"nodes":["model.p.dim"]},"compiled_code":"select 2"}},
             "sources":{"source.p.raw.t":{"resource_type":"source","schema":"raw","identifier":"t","columns":{}}}}
            """);
        var project = ModelCatalog.Read(manifest.RootElement);
        project.Models.Select(model => (model.Name, model.Schema, model.Table, model.Materialized, model.Tests)).ShouldBe([("dim", "marts", "dim_x", "table", 1), ("raw.t", "raw", "t", null, 0)]);
        project.Models[0].Folder.ShouldBe("core");
        project.TestsOf("model.p.dim").Single().ShouldSatisfyAllConditions(test => test.Column.ShouldBe("id"), test => test.Name.ShouldBe("unique_dim_id"));
        project.Compiled("test.p.unique_dim_id.1a2b").ShouldBe("select 2");
        project.Compiled("source.p.raw.t").ShouldBeNull();
    }

    [Fact]
    public void Nodes_are_remembered_oldest_run_first()
    {
        var runs = new ModelRuns([new NodeRun { RunId = 9, UniqueId = "m", Kind = "model", Status = "error" }, new NodeRun { RunId = 4, UniqueId = "m", Kind = "model", Status = "success" }]);
        runs.Of("m").Select(run => run.RunId).ShouldBe([4, 9]);
        runs.Last("m")!.Status.ShouldBe("error");
        runs.Last("other").ShouldBeNull();
    }

    [Fact]
    public void Lines_of_a_stack_trace_have_the_level_of_their_message() =>
        RunLogView.Split("12:00:01.234 info began\r\n12:00:02.000 fail broke\n   at Here()\n12:00:03.000 info ended").Select(line => (line.Number, line.Level))
            .ShouldBe([(1, "info"), (2, "fail"), (3, "fail"), (4, "info")]);

    private static LineageNode Place(Lineage drawing, string name) => drawing.Nodes.Single(node => node.Model.Name == name);

    private static ModelInfo Model(string name, params string[] parents) => new($"model.p.{name}", name, "model", "marts", "", null, null, [.. parents.Select(parent => $"model.p.{parent}")], [], 0);
}
