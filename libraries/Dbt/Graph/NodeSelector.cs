using FhirAspire.Dbt.Parse;

namespace FhirAspire.Dbt.Graph;

/// <summary>Turns a selection into node ids, with the tests that come along.</summary>
internal sealed class NodeSelector
{
    private readonly Manifest manifest;
    private readonly DbtGraph graph;
    private readonly SelectionMethods methods;
    private readonly Action<string> warnNothing;
    private readonly Dictionary<string, DbtNode> members;

    /// <param name="manifest">Where the nodes are.</param>
    /// <param name="graph">How they depend on each other.</param>
    /// <param name="state">An earlier manifest and its results, for the methods that compare.</param>
    /// <param name="projectRoot">What paths are relative to.</param>
    /// <param name="warnNothing">Called with a criterion that finds nothing.</param>
    public NodeSelector(Manifest manifest, DbtGraph graph, PreviousState? state, string projectRoot, Action<string> warnNothing)
    {
        this.manifest = manifest;
        this.graph = graph;
        this.warnNothing = warnNothing;
        members = manifest.AllNodes.Where(node => node.IsEnabled || node.ResourceType == DbtResourceType.Exposure).ToDictionary(node => node.UniqueId, StringComparer.Ordinal);
        methods = new SelectionMethods(manifest, [.. members.Values], state, projectRoot);
    }

    /// <summary>The ids that a selection means, of the given resource types.</summary>
    public HashSet<string> Select(SelectionSpec spec, Func<DbtNode, bool> matches)
    {
        var (direct, _) = Evaluate(spec);
        direct.RemoveWhere(id => !members.TryGetValue(id, out var node) || !matches(node));
        return direct;
    }

    private (HashSet<string> Direct, HashSet<string> Indirect) Evaluate(SelectionSpec spec)
    {
        if (spec is SelectionCriterion criterion)
        {
            return EvaluateCriterion(criterion);
        }

        var parts = spec switch
        {
            SelectionUnion union => union.Parts,
            SelectionIntersection intersection => intersection.Parts,
            SelectionDifference difference => [difference.Include, difference.Exclude],
            _ => throw new InvalidOperationException($"unknown selection {spec.GetType().Name}"),
        };
        var bundles = parts.Select(Evaluate).ToList();
        var direct = Combine(spec, bundles.ConvertAll(bundle => bundle.Direct));
        var indirect = Combine(spec, bundles.ConvertAll(bundle => bundle.Direct.Union(bundle.Indirect, StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal)));
        var incorporated = Incorporate(direct, indirect, spec.Indirect);
        if (spec.MustExist is { } raw && incorporated.Count == 0)
        {
            warnNothing(raw);
        }

        return (incorporated, indirect);
    }

    private static HashSet<string> Combine(SelectionSpec spec, List<HashSet<string>> sets)
    {
        if (sets.Count == 0)
        {
            return new HashSet<string>(StringComparer.Ordinal);
        }

        var result = new HashSet<string>(sets[0], StringComparer.Ordinal);
        foreach (var set in sets.Skip(1))
        {
            switch (spec)
            {
                case SelectionUnion:
                    result.UnionWith(set);
                    break;
                case SelectionIntersection:
                    result.IntersectWith(set);
                    break;
                default:
                    result.ExceptWith(set);
                    break;
            }
        }

        return result;
    }

    private (HashSet<string> Direct, HashSet<string> Indirect) EvaluateCriterion(SelectionCriterion criterion)
    {
        var selected = methods.Search(criterion).Where(members.ContainsKey).ToHashSet(StringComparer.Ordinal);
        var found = new HashSet<string>(selected, StringComparer.Ordinal);
        if (criterion.ChildrensParents)
        {
            var below = Members(graph.Descendants(selected));
            below.UnionWith(selected);
            found.UnionWith(below);
            found.UnionWith(Members(graph.Ancestors(below)));
        }

        if (criterion.Parents)
        {
            found.UnionWith(Members(graph.Ancestors(selected, criterion.ParentsDepth)));
        }

        if (criterion.Children)
        {
            found.UnionWith(Members(graph.Descendants(selected, criterion.ChildrenDepth)));
        }

        return criterion.Indirect == IndirectSelection.Empty
            ? (found, new HashSet<string>(StringComparer.Ordinal))
            : Expand(found, criterion.Indirect);
    }

    private HashSet<string> Members(HashSet<string> ids)
    {
        ids.RemoveWhere(id => !members.ContainsKey(id));
        return ids;
    }

    private (HashSet<string> Direct, HashSet<string> Indirect) Expand(HashSet<string> selected, IndirectSelection mode)
    {
        var direct = new HashSet<string>(selected, StringComparer.Ordinal);
        var indirect = new HashSet<string>(StringComparer.Ordinal);
        HashSet<string>? withParents = null;
        if (mode == IndirectSelection.Buildable)
        {
            withParents = graph.Ancestors(selected);
            withParents.UnionWith(selected);
            withParents.UnionWith(manifest.Sources.Keys);
        }

        foreach (var id in selected.SelectMany(graph.ChildrenOf))
        {
            if (!members.TryGetValue(id, out var node) || node.ResourceType is not (DbtResourceType.Test or DbtResourceType.UnitTest))
            {
                continue;
            }

            if (mode == IndirectSelection.Eager || node.DependsOnNodes.TrueForAll(selected.Contains) || (withParents is not null && node.DependsOnNodes.TrueForAll(withParents.Contains)))
            {
                direct.Add(id);
            }
            else
            {
                indirect.Add(id);
            }
        }

        return (direct, indirect);
    }

    // Tests that one criterion did not take because a parent was missing are taken when the whole selection has it.
    private HashSet<string> Incorporate(HashSet<string> direct, HashSet<string> indirect, IndirectSelection mode)
    {
        if (mode is not (IndirectSelection.Cautious or IndirectSelection.Buildable) || direct.SetEquals(indirect))
        {
            return direct;
        }

        var reachable = new HashSet<string>(direct, StringComparer.Ordinal);
        if (mode == IndirectSelection.Buildable)
        {
            reachable.UnionWith(graph.Ancestors(direct));
        }

        var result = new HashSet<string>(direct, StringComparer.Ordinal);
        result.UnionWith(indirect.Where(id => manifest.Nodes.TryGetValue(id, out var node) && node.DependsOnNodes.TrueForAll(reachable.Contains)));
        return result;
    }
}
