using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Nodes and sources by name.</summary>
internal sealed class ManifestLookup
{
    private readonly Dictionary<string, List<DbtNode>> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Source, string Table), List<DbtNode>> sources = [];

    public ManifestLookup(Manifest manifest)
    {
        foreach (var node in manifest.Nodes.Values)
        {
            if (node.ResourceType is DbtResourceType.Model or DbtResourceType.Seed or DbtResourceType.Snapshot)
            {
                Add(byName, node.Name, node);
            }
        }

        foreach (var node in manifest.Sources.Values)
        {
            if (!sources.TryGetValue((node.Source!.SourceName, node.Name), out var list))
            {
                sources[(node.Source.SourceName, node.Name)] = list = [];
            }

            list.Add(node);
        }

    }

    public DbtNode? Node(RefArgs args, string root, string package)
    {
        if (!byName.TryGetValue(args.Name, out var candidates))
        {
            return null;
        }

        IEnumerable<string?> order = args.Package is not null ? [args.Package] : [package, root, null];
        foreach (var searched in order)
        {
            // Of resources of different types with one name the last that was read counts.
            foreach (var node in Enumerable.Reverse(candidates))
            {
                if ((searched is null || node.PackageName == searched) && MatchesVersion(node, args.Version))
                {
                    return node;
                }
            }
        }

        return null;
    }

    public DbtNode? Source(string source, string table, string root, string package)
    {
        if (!sources.TryGetValue((source, table), out var candidates))
        {
            return null;
        }

        return candidates.Find(node => node.PackageName == package) ?? candidates.Find(node => node.PackageName == root) ?? candidates[0];
    }

    /// <summary>Nodes of a name in a package, whatever their version.</summary>
    public IEnumerable<DbtNode> Named(string name) => byName.TryGetValue(name, out var list) ? list : [];

    // Without a version the latest is meant.
    private static bool MatchesVersion(DbtNode node, string? version) =>
        version is null ? !node.IsVersioned || node.IsLatestVersion : node.IsVersioned && Val.Str(node.Version) == version;

    private static void Add(Dictionary<string, List<DbtNode>> map, string key, DbtNode node)
    {
        if (!map.TryGetValue(key, out var list))
        {
            map[key] = list = [];
        }

        list.Add(node);
    }
}
