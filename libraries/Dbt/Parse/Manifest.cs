using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Everything that a project and its packages define.</summary>
internal sealed class Manifest
{
    public OrderedDictionary<string, DbtNode> Nodes { get; } = new(StringComparer.Ordinal);

    public OrderedDictionary<string, DbtNode> Sources { get; } = new(StringComparer.Ordinal);

    public OrderedDictionary<string, DbtNode> Exposures { get; } = new(StringComparer.Ordinal);

    public OrderedDictionary<string, DbtNode> UnitTests { get; } = new(StringComparer.Ordinal);

    /// <summary>Semantic models, metrics and saved queries.</summary>
    public OrderedDictionary<string, DbtNode> Semantics { get; } = new(StringComparer.Ordinal);

    public OrderedDictionary<string, DbtMacro> Macros { get; } = new(StringComparer.Ordinal);

    public OrderedDictionary<string, DocBlock> Docs { get; } = new(StringComparer.Ordinal);

    public OrderedDictionary<string, DbtGroup> Groups { get; } = new(StringComparer.Ordinal);

    public OrderedDictionary<string, List<DbtNode>> Disabled { get; } = new(StringComparer.Ordinal);

    public DbtMap Selectors { get; set; } = [];

    public Dictionary<string, List<string>> ParentMap { get; private set; } = new(StringComparer.Ordinal);

    public Dictionary<string, List<string>> ChildMap { get; private set; } = new(StringComparer.Ordinal);

    private ManifestLookup? lookup;

    /// <summary>Nodes by name; made anew after <see cref="ForgetLookup"/>.</summary>
    public ManifestLookup Lookup => lookup ??= new ManifestLookup(this);

    public void ForgetLookup() => lookup = null;

    public required string ProjectName { get; init; }

    public required string AdapterType { get; init; }

    /// <summary>Nodes, sources, exposures, unit tests and what the semantic layer has: what may be selected.</summary>
    public IEnumerable<DbtNode> AllNodes => Nodes.Values.Concat(Sources.Values).Concat(Exposures.Values).Concat(UnitTests.Values).Concat(Semantics.Values);

    public DbtNode? Find(string uniqueId) =>
        Nodes.TryGetValue(uniqueId, out var node) || Sources.TryGetValue(uniqueId, out node) || UnitTests.TryGetValue(uniqueId, out node) || Exposures.TryGetValue(uniqueId, out node) || Semantics.TryGetValue(uniqueId, out node)
            ? node
            : null;

    public void AddDisabled(DbtNode node)
    {
        if (!Disabled.TryGetValue(node.UniqueId, out var list))
        {
            Disabled[node.UniqueId] = list = [];
        }

        list.Add(node);
    }

    /// <summary>Fills <see cref="ParentMap"/> and <see cref="ChildMap"/> from the nodes' dependencies.</summary>
    public void BuildParentAndChildMaps()
    {
        ParentMap = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        ChildMap = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var node in AllNodes)
        {
            ParentMap[node.UniqueId] = [.. node.DependsOnNodes.Distinct(StringComparer.Ordinal)];
            ChildMap.TryAdd(node.UniqueId, []);
        }

        foreach (var (child, parents) in ParentMap)
        {
            foreach (var parent in parents)
            {
                if (!ChildMap.TryGetValue(parent, out var children))
                {
                    ChildMap[parent] = children = [];
                }

                children.Add(child);
            }
        }
    }
}
