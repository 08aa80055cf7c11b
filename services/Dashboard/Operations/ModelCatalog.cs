using System.Text.Json;
using FhirAspire.Dashboard.State;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Operations;

/// <summary>The dbt project's models as its manifest has them; read again when the file changes.</summary>
public sealed class ModelCatalog(IOptions<DashboardOptions> options, IConfiguration configuration, ILogger<ModelCatalog> logger)
{
    private readonly Lock gate = new();
    private IReadOnlyList<ModelInfo> models = [];
    private DateTime readAt;

    /// <summary>All models, seeds and sources; empty until dbt has run once.</summary>
    public IReadOnlyList<ModelInfo> All
    {
        get
        {
            var folder = options.Value.DbtTargetDir ?? configuration["Dbt:TargetDir"];
            var file = folder is null ? null : new FileInfo(Path.Combine(folder, "manifest.json"));
            if (file is not { Exists: true })
            {
                return models;
            }

            lock (gate)
            {
                if (file.LastWriteTimeUtc == readAt)
                {
                    return models;
                }

                try
                {
                    using var stream = file.OpenRead();
                    using var manifest = JsonDocument.Parse(stream);
                    models = Read(manifest.RootElement);
                    readAt = file.LastWriteTimeUtc;
                }
                catch (Exception exception) when (exception is IOException or JsonException or KeyNotFoundException or InvalidOperationException)
                {
                    // It is being written, or of another form: the last good one stays.
                    DashboardLog.QueryFailed(logger, exception, "manifest");
                }

                return models;
            }
        }
    }

    internal static IReadOnlyList<ModelInfo> Read(JsonElement manifest)
    {
        var found = new List<ModelInfo>();
        var tests = new Dictionary<string, int>(StringComparer.Ordinal);
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
                    foreach (var parent in parents)
                    {
                        tests[parent] = tests.GetValueOrDefault(parent) + 1;
                    }
                }
                else if (kind is "model" or "seed" or "source" or "snapshot")
                {
                    var columns = node.Value.TryGetProperty("columns", out var described)
                        ? described.EnumerateObject().Select(column => (column.Name, Text(column.Value, "description") ?? "")).ToList()
                        : [];
                    found.Add(new ModelInfo(node.Name, DbtNames.NameOf(node.Name), kind, DbtNames.LayerOf(node.Name), Text(node.Value, "description") ?? "", Text(node.Value, "raw_code"), Text(node.Value, "compiled_code"), parents, columns, 0));
                }
            }
        }

        return [.. found.Select(model => model with { Tests = tests.GetValueOrDefault(model.UniqueId) }).OrderBy(model => model.Name, StringComparer.Ordinal)];
    }

    private static string? Text(JsonElement node, string name) => node.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

/// <summary>A model, seed or source.</summary>
public sealed record ModelInfo(string UniqueId, string Name, string Kind, string Layer, string Description, string? Code, string? Compiled, IReadOnlyList<string> Parents, IReadOnlyList<(string Name, string Description)> Columns, int Tests);
