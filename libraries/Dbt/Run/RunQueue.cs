using FhirAspire.Dbt.Graph;

namespace FhirAspire.Dbt.Run;

/// <summary>Which node comes next: one whose parents have ended, nearer to the roots first, then by id.</summary>
internal sealed class RunQueue
{
    private readonly DbtGraph graph;
    private readonly Dictionary<string, int> open = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> levels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> waiting = new(StringComparer.Ordinal);
    private readonly SortedSet<(int Level, string Id)> ready;

    /// <param name="graph">The nodes.</param>
    /// <param name="groups">Nodes of one transaction: none begins before all that any of them needs from outside has ended, since the transaction would not see it.</param>
    public RunQueue(DbtGraph graph, IEnumerable<IReadOnlySet<string>>? groups = null)
    {
        this.graph = graph;
        ready = new SortedSet<(int Level, string Id)>(Comparer<(int Level, string Id)>.Create((a, b) => a.Level != b.Level ? a.Level.CompareTo(b.Level) : string.CompareOrdinal(a.Id, b.Id)));
        foreach (var id in graph.TopologicalOrder())
        {
            levels[id] = graph.ParentsOf(id).Select(parent => levels[parent] + 1).DefaultIfEmpty(0).Max();
            open[id] = graph.ParentsOf(id).Count;
        }

        foreach (var group in groups ?? [])
        {
            HoldBack(group);
        }

        foreach (var (id, _) in open.Where(pair => pair.Value == 0))
        {
            ready.Add((levels[id], id));
        }
    }

    /// <summary>Nodes that have not ended.</summary>
    public int Remaining => open.Count;

    public bool TryTake(out string id)
    {
        if (ready.Count == 0)
        {
            id = string.Empty;
            return false;
        }

        var first = ready.Min;
        ready.Remove(first);
        id = first.Id;
        return true;
    }

    /// <summary>The node has ended; its children may become ready.</summary>
    public void Done(string id)
    {
        open.Remove(id);
        foreach (var child in graph.ChildrenOf(id).Concat(waiting.GetValueOrDefault(id) ?? []))
        {
            if (open.TryGetValue(child, out var count))
            {
                open[child] = count - 1;
                if (count == 1)
                {
                    ready.Add((levels[child], child));
                }
            }
        }
    }

    private void HoldBack(IReadOnlySet<string> group)
    {
        var members = group.Where(open.ContainsKey).ToList();
        var outside = members.SelectMany(graph.ParentsOf).Where(parent => !group.Contains(parent)).ToHashSet(StringComparer.Ordinal);
        foreach (var member in members)
        {
            foreach (var other in outside.Except(graph.ParentsOf(member), StringComparer.Ordinal))
            {
                if (!waiting.TryGetValue(other, out var list))
                {
                    waiting[other] = list = [];
                }

                list.Add(member);
                open[member]++;
            }
        }
    }
}
