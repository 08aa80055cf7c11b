using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>A project or package: what its <c>dbt_project.yml</c> says, with defaults.</summary>
internal sealed class DbtProject
{
    public required string Name { get; init; }

    public required string Root { get; init; }

    /// <summary>The file as rendered.</summary>
    public required DbtMap Rendered { get; init; }

    /// <summary>The file as read.</summary>
    public required DbtMap Unrendered { get; init; }

    public string? Version => Rendered.Get("version") is { } version ? Val.Str(version) : null;

    public string? ProfileName => Rendered.GetString("profile");

    public List<string> ModelPaths => Paths("model-paths", "source-paths", "models");

    public List<string> SeedPaths => Paths("seed-paths", "data-paths", "seeds");

    public List<string> MacroPaths => Paths("macro-paths", null, "macros");

    public List<string> TestPaths => Paths("test-paths", null, "tests");

    public List<string> AnalysisPaths => Paths("analysis-paths", null, "analyses");

    public List<string> SnapshotPaths => Paths("snapshot-paths", null, "snapshots");

    public List<string> AllSourcePaths =>
        [.. ModelPaths.Concat(SeedPaths).Concat(SnapshotPaths).Concat(AnalysisPaths).Concat(MacroPaths).Concat(TestPaths).Select(path => path.TrimEnd('/')).Distinct(StringComparer.Ordinal)];

    public List<string> DocsPaths => Rendered.ContainsKey("docs-paths") ? Val.StringList(Rendered.Get("docs-paths")) : AllSourcePaths;

    public string PackagesInstallPath => Rendered.GetString("packages-install-path") ?? "dbt_packages";

    public List<string>? CleanTargets => Rendered.ContainsKey("clean-targets") ? Val.StringList(Rendered.Get("clean-targets")) : null;

    public DbtMap Vars => Rendered.GetMap("vars") ?? [];

    public DbtMap Quoting => Rendered.GetMap("quoting") ?? [];

    public DbtMap Flags => Rendered.GetMap("flags") ?? [];

    public List<string> OnRunStart => Val.StringList(Rendered.Get("on-run-start"));

    public List<string> OnRunEnd => Val.StringList(Rendered.Get("on-run-end"));

    public List<DbtMap> Dispatch => [.. (Rendered.GetList("dispatch") ?? []).OfType<DbtMap>()];

    /// <summary>The configuration tree of a resource type.</summary>
    public DbtMap Configs(DbtResourceType type, bool rendered = true)
    {
        var file = rendered ? Rendered : Unrendered;
        return (type switch
        {
            DbtResourceType.Seed => file.GetMap("seeds"),
            DbtResourceType.Snapshot => file.GetMap("snapshots"),
            DbtResourceType.Source => file.GetMap("sources"),
            DbtResourceType.Test => file.GetMap("data_tests") ?? file.GetMap("tests"),
            DbtResourceType.Exposure => file.GetMap("exposures"),
            DbtResourceType.UnitTest => file.GetMap("unit_tests"),
            DbtResourceType.SemanticModel => file.GetMap("semantic-models"),
            DbtResourceType.Metric => file.GetMap("metrics"),
            DbtResourceType.SavedQuery => file.GetMap("saved-queries"),
            _ => file.GetMap("models"),
        }) ?? [];
    }

    /// <summary>The packages among which a macro of a namespace is looked for, or null where nothing is said.</summary>
    public List<string>? SearchOrder(string macroNamespace) =>
        Dispatch.Find(entry => entry.GetString("macro_namespace") == macroNamespace) is { } found ? Val.StringList(found.Get("search_order")) : null;

    private List<string> Paths(string key, string? oldKey, string otherwise) =>
        Rendered.ContainsKey(key) ? Val.StringList(Rendered.Get(key)) : oldKey is not null && Rendered.ContainsKey(oldKey) ? Val.StringList(Rendered.Get(oldKey)) : [otherwise];
}
