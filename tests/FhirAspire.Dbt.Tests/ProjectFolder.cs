using System.Text.Json.Nodes;

namespace FhirAspire.Dbt.Tests;

/// <summary>A dbt project in a folder of its own, on a DuckDB file, which goes with it.</summary>
internal sealed class ProjectFolder : IDisposable
{
    public ProjectFolder(string project = "name: shop\nversion: '1.0'\nprofile: shop\nflags: {send_anonymous_usage_stats: false}\n")
    {
        Write("dbt_project.yml", project);
        Write("profiles.yml", "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, path: shop.duckdb, schema: main, threads: 2}\n");
    }

    public string Root { get; } = Directory.CreateTempSubdirectory("fhiraspire-dbt-").FullName;

    public Dictionary<string, string> Environment { get; } = new(StringComparer.Ordinal);

    /// <summary>The console of the last run.</summary>
    public Recorder Console { get; private set; } = new();

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Root, path))!);
        File.WriteAllText(Path.Combine(Root, path), text);
    }

    public void Delete(string path) => File.Delete(Path.Combine(Root, path));

    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>The manifest without what differs from run to run.</summary>
    public string ManifestText(string target = "target")
    {
        var manifest = JsonNode.Parse(Read($"{target}/manifest.json"))!.AsObject();
        manifest.Remove("metadata");
        Strip(manifest);
        return manifest.ToJsonString();

        static void Strip(JsonNode? node)
        {
            switch (node)
            {
                case JsonObject map:
                    map.Remove("created_at");
                    foreach (var (_, value) in map)
                    {
                        Strip(value);
                    }

                    break;
                case JsonArray list:
                    foreach (var item in list)
                    {
                        Strip(item);
                    }

                    break;
            }
        }
    }

    public bool Has(string path) => File.Exists(Path.Combine(Root, path));

    public Task<DbtResult> RunAsync(params string[] args) => RunAsync(new Recorder(), default, args);

    public Task<DbtResult> RunAsync(Recorder recorder, CancellationToken cancellation, params string[] args)
    {
        Console = recorder;
        return DbtEngine.RunAsync(DbtInvocation.Parse([.. args, "--project-dir", Root, "--profiles-dir", Root], Environment), recorder, cancellation);
    }

    /// <summary>The SQL that a template compiles to in this project.</summary>
    public async Task<string> CompileAsync(string template)
    {
        var result = await RunAsync("compile", "--inline", template).ConfigureAwait(false);
        result.Error.ShouldBeNull(result.Error?.ToConsoleText());
        return result.Nodes.Single().CompiledSql!;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);

    internal sealed class Recorder : IDbtObserver
    {
        private readonly Lock gate = new();
        private readonly List<string> lines = [];

        public Action<DbtNodeStarted>? Started { get; init; }

        public string Text
        {
            get
            {
                lock (gate)
                {
                    return string.Join('\n', lines);
                }
            }
        }

        public void OnLog(DbtLogLevel level, string message)
        {
            lock (gate)
            {
                lines.Add(message);
            }
        }

        public void OnNodeStarted(DbtNodeStarted node) => Started?.Invoke(node);
    }
}
