using System.Text.Json;
using FhirAspire.Dashboard.State;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Operations;

/// <summary>The dbt project's models as its manifest has them; read again when the file changes.</summary>
public sealed class ModelCatalog(IOptions<DashboardOptions> options, IConfiguration configuration, ILogger<ModelCatalog> logger)
{
    private readonly Lock gate = new();
    private DbtProjectView project = new([], []);
    private DateTime readAt;

    /// <summary>All models, seeds and sources; empty until dbt has run once.</summary>
    public IReadOnlyList<ModelInfo> All => Project.Models;

    /// <summary>Models and tests. The same object until dbt has written its manifest anew.</summary>
    public DbtProjectView Project
    {
        get
        {
            var folder = options.Value.DbtTargetDir ?? configuration["Dbt:TargetDir"];
            var file = folder is null ? null : new FileInfo(Path.Combine(folder, "manifest.json"));
            if (file is not { Exists: true })
            {
                return project;
            }

            lock (gate)
            {
                if (file.LastWriteTimeUtc == readAt)
                {
                    return project;
                }

                try
                {
                    using var stream = file.OpenRead();
                    using var manifest = JsonDocument.Parse(stream);
                    project = Read(manifest.RootElement);
                    readAt = file.LastWriteTimeUtc;
                }
                catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
                {
                    // It is being written, or of another form: the last good one stays.
                    DashboardLog.QueryFailed(logger, exception, "manifest");
                }

                return project;
            }
        }
    }

    internal static DbtProjectView Read(JsonElement manifest)
    {
        var found = new List<ModelInfo>();
        var tests = new List<TestInfo>();
        foreach (var section in new[] { "nodes", "sources" })
        {
            if (!manifest.TryGetProperty(section, out var nodes))
            {
                continue;
            }

            foreach (var node in nodes.EnumerateObject())
            {
                var kind = Text(node.Value, "resource_type") ?? "";
                var parents = node.Value.TryGetProperty("depends_on", out var on) && on.TryGetProperty("nodes", out var list) ? list.EnumerateArray().Select(item => item.GetString()!).ToList() : [];
                if (kind is "test" or "unit_test")
                {
                    tests.Add(new TestInfo(node.Name, DbtNames.NameOf(node.Name), parents, Text(node.Value, "column_name"), Text(node.Value, "description") ?? "", Text(node.Value, "compiled_code")));
                }
                else if (kind is "model" or "seed" or "source" or "snapshot")
                {
                    var columns = node.Value.TryGetProperty("columns", out var described)
                        ? described.EnumerateObject().Select(column => (column.Name, Text(column.Value, "description") ?? "")).ToList()
                        : [];
                    found.Add(new ModelInfo(node.Name, DbtNames.NameOf(node.Name), kind, DbtNames.LayerOf(node.Name), Text(node.Value, "description") ?? "", Text(node.Value, "raw_code"), Text(node.Value, "compiled_code"), parents, columns, 0)
                    {
                        Schema = Text(node.Value, "schema"),
                        Folder = kind == "model" && node.Value.TryGetProperty("fqn", out var way) && way.GetArrayLength() > 2 ? way[1].GetString()! : DbtNames.LayerOf(node.Name),
                        Table = Text(node.Value, "alias") ?? Text(node.Value, "identifier"),
                        Materialized = node.Value.TryGetProperty("config", out var config) ? Text(config, "materialized") : null,
                    });
                }
            }
        }

        return new DbtProjectView([.. found.Select(model => model with { Tests = tests.Count(test => test.Parents.Contains(model.UniqueId)) }).OrderBy(model => model.Name, StringComparer.Ordinal)], tests);
    }

    private static string? Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A model, seed or source.</summary>
public sealed record ModelInfo(string UniqueId, string Name, string Kind, string Layer, string Description, string? Code, string? Compiled, IReadOnlyList<string> Parents, IReadOnlyList<(string Name, string Description)> Columns, int Tests)
{
    /// <summary>The schema of its table.</summary>
    public string? Schema { get; init; }

    /// <summary>The folder of the project in which it stands, or its layer where that is not known.</summary>
    public string Folder { get; init; } = Layer;

    /// <summary>Its table's name.</summary>
    public string? Table { get; init; }

    /// <summary><c>table</c>, <c>view</c>, <c>incremental</c>, <c>ephemeral</c>, <c>seed</c>.</summary>
    public string? Materialized { get; init; }
}

/// <summary>A test.</summary>
/// <param name="UniqueId">dbt's id.</param>
/// <param name="Name">Its name.</param>
/// <param name="Parents">The models that it reads.</param>
/// <param name="Column">The column that it is about; null where it is about rows.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Compiled">Its SQL; what that finds is wrong.</param>
public sealed record TestInfo(string UniqueId, string Name, IReadOnlyList<string> Parents, string? Column, string Description, string? Compiled);

/// <summary>A dbt project, as its manifest has it.</summary>
/// <param name="Models">Models, seeds, snapshots and sources, by name.</param>
/// <param name="Tests">Tests.</param>
public sealed record DbtProjectView(IReadOnlyList<ModelInfo> Models, IReadOnlyList<TestInfo> Tests)
{
    private readonly Dictionary<string, string> compiled = Models.Select(model => (model.UniqueId, model.Compiled)).Concat(Tests.Select(test => (test.UniqueId, test.Compiled)))
        .Where(pair => pair.Compiled is not null).DistinctBy(pair => pair.UniqueId, StringComparer.Ordinal).ToDictionary(pair => pair.UniqueId, pair => pair.Compiled!, StringComparer.Ordinal);

    /// <summary>The compiled SQL of a node; null where it has none.</summary>
    public string? Compiled(string uniqueId) => compiled.GetValueOrDefault(uniqueId);

    /// <summary>The tests that read a model.</summary>
    public IEnumerable<TestInfo> TestsOf(string uniqueId) => Tests.Where(test => test.Parents.Contains(uniqueId));
}
