using FhirAspire.Dbt.Parse;

namespace FhirAspire.Dbt.Graph;

/// <summary>The directed graph of nodes: an edge goes from a parent to what depends on it.</summary>
internal sealed class DbtGraph
{
    private readonly Dictionary<string, HashSet<string>> children = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<string>> parents = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> Nodes => children.Keys;

    /// <summary>The graph of a manifest.</summary>
    /// <exception cref="DbtException">The graph has a cycle, or a node depends on what is not there.</exception>
    public static DbtGraph Build(Manifest manifest)
    {
        var graph = new DbtGraph();
        foreach (var source in manifest.Sources.Values)
        {
            graph.AddNode(source.UniqueId);
        }

        foreach (var node in manifest.Nodes.Values.Concat(manifest.Exposures.Values).Concat(manifest.UnitTests.Values).Concat(manifest.Semantics.Values))
        {
            graph.AddNode(node.UniqueId);
            foreach (var parent in node.DependsOnNodes)
            {
                if (manifest.Find(parent) is null)
                {
                    throw new DbtException("DBT2003", DbtErrorKind.Internal, $"'{node.UniqueId}' depends on '{parent}' which is not in the graph!") { File = node.OriginalFilePath };
                }

                graph.AddEdge(parent, node.UniqueId);
            }
        }

        if (graph.FindCycle() is { } cycle)
        {
            var first = manifest.Find(cycle[0]);
            throw new DbtException("DBT2004", DbtErrorKind.Plain, $"Found a cycle: {string.Join(" --> ", cycle)}")
            {
                File = first?.OriginalFilePath,
                Found = string.Join(" -> ", cycle.Append(cycle[0])),
                Expected = "a graph in which no node depends on itself",
                Hint = "remove one of these references",
            };
        }

        return graph;
    }

    public void AddNode(string id)
    {
        children.TryAdd(id, new HashSet<string>(StringComparer.Ordinal));
        parents.TryAdd(id, new HashSet<string>(StringComparer.Ordinal));
    }

    public void AddEdge(string parent, string child)
    {
        AddNode(parent);
        AddNode(child);
        children[parent].Add(child);
        parents[child].Add(parent);
    }

    public void RemoveEdge(string parent, string child)
    {
        if (children.TryGetValue(parent, out var below))
        {
            below.Remove(child);
            parents[child].Remove(parent);
        }
    }

    public bool Contains(string id) => children.ContainsKey(id);

    public IReadOnlyCollection<string> ChildrenOf(string id) => children.TryGetValue(id, out var set) ? set : [];

    public IReadOnlyCollection<string> ParentsOf(string id) => parents.TryGetValue(id, out var set) ? set : [];

    /// <summary>Every node that can be reached from the given ones, in at most so many steps.</summary>
    public HashSet<string> Descendants(IEnumerable<string> from, int? maxDepth = null) => Reach(from, children, maxDepth);

    /// <summary>Every node from which the given ones can be reached, in at most so many steps.</summary>
    public HashSet<string> Ancestors(IEnumerable<string> from, int? maxDepth = null) => Reach(from, parents, maxDepth);

    /// <summary>The graph of some nodes alone, with edges for the paths that lead through the others.</summary>
    public DbtGraph Subset(IReadOnlySet<string> keep)
    {
        var subset = new DbtGraph();
        var memo = new Dictionary<string, HashSet<string>>(StringComparer.Ordinal);
        foreach (var id in keep)
        {
            subset.AddNode(id);
        }

        foreach (var id in TopologicalOrder())
        {
            // The nearest kept ancestors of this node.
            var nearest = new HashSet<string>(StringComparer.Ordinal);
            foreach (var parent in parents[id])
            {
                if (keep.Contains(parent))
                {
                    nearest.Add(parent);
                }
                else if (memo.TryGetValue(parent, out var above))
                {
                    nearest.UnionWith(above);
                }
            }

            memo[id] = nearest;
            if (keep.Contains(id))
            {
                foreach (var parent in nearest)
                {
                    subset.AddEdge(parent, id);
                }
            }
        }

        return subset;
    }

    /// <summary>Parents before children; among equals the order of insertion.</summary>
    public List<string> TopologicalOrder()
    {
        var missing = parents.ToDictionary(entry => entry.Key, entry => entry.Value.Count, StringComparer.Ordinal);
        var ready = new Queue<string>(missing.Where(entry => entry.Value == 0).Select(entry => entry.Key));
        var order = new List<string>(missing.Count);
        while (ready.TryDequeue(out var id))
        {
            order.Add(id);
            foreach (var child in children[id])
            {
                if (--missing[child] == 0)
                {
                    ready.Enqueue(child);
                }
            }
        }

        return order;
    }

    /// <summary>
    /// For <c>build</c>: a node waits for the tests above it. A test stands above a node when everything that it tests does.
    /// </summary>
    public void AddTestEdges(Manifest manifest)
    {
        // Ancestor sets only of the nodes that tests with several parents need; a test with one parent stands before each child of it.
        var tests = manifest.Nodes.Values.Where(node => node.ResourceType == DbtResourceType.Test && node.DependsOnNodes.Count > 0 && Contains(node.UniqueId)).ToList();
        var executable = new HashSet<string>(manifest.Nodes.Values.Where(node => node.ResourceType != DbtResourceType.Test).Select(node => node.UniqueId), StringComparer.Ordinal);
        var edges = new List<(string Test, string Child)>();
        foreach (var test in tests)
        {
            var tested = test.DependsOnNodes.Distinct(StringComparer.Ordinal).ToList();
            HashSet<string>? below = null;
            foreach (var node in tested)
            {
                // What lies strictly below every tested node; for one of them its children are enough, what is below waits for those.
                var set = tested.Count == 1 ? new HashSet<string>(ChildrenOf(node), StringComparer.Ordinal) : Descendants([node]);
                if (below is null)
                {
                    below = set;
                }
                else
                {
                    below.IntersectWith(set);
                }
            }

            edges.AddRange(below!.Where(executable.Contains).Select(child => (test.UniqueId, child)));
        }

        foreach (var (test, child) in edges)
        {
            AddEdge(test, child);
        }
    }

    private static HashSet<string> Reach(IEnumerable<string> from, Dictionary<string, HashSet<string>> edges, int? maxDepth)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var layer = new List<string>(from);
        for (var depth = 0; layer.Count > 0 && (maxDepth is null || depth < maxDepth); depth++)
        {
            var next = new List<string>();
            foreach (var id in layer)
            {
                if (edges.TryGetValue(id, out var neighbours))
                {
                    next.AddRange(neighbours.Where(found.Add));
                }
            }

            layer = next;
        }

        return found;
    }

    // Depth first, without recursion: a graph may be deeper than the stack.
    private List<string>? FindCycle()
    {
        var state = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var start in children.Keys)
        {
            if (state.ContainsKey(start))
            {
                continue;
            }

            var path = new List<string>();
            var stack = new Stack<(string Id, IEnumerator<string> Next)>();
            stack.Push((start, children[start].GetEnumerator()));
            path.Add(start);
            state[start] = 1;
            while (stack.TryPeek(out var top))
            {
                if (!top.Next.MoveNext())
                {
                    state[top.Id] = 2;
                    stack.Pop();
                    path.RemoveAt(path.Count - 1);
                    continue;
                }

                var child = top.Next.Current;
                if (!state.TryGetValue(child, out var seen))
                {
                    state[child] = 1;
                    path.Add(child);
                    stack.Push((child, children[child].GetEnumerator()));
                }
                else if (seen == 1)
                {
                    return path[path.IndexOf(child)..];
                }
            }
        }

        return null;
    }
}
