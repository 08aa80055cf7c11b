namespace FhirAspire.Dashboard.Operations;

/// <summary>
/// Where models stand in a drawing of what feeds what: columns from left to right by the longest way from a source, and within a column in the order that
/// crosses fewest lines (a few sweeps by the mean place of the neighbours). The same models give the same drawing.
/// </summary>
public sealed class Lineage
{
    /// <summary>Width of a node.</summary>
    public const int NodeWidth = 190;

    /// <summary>Height of a node.</summary>
    public const int NodeHeight = 30;

    private const int ColumnStep = NodeWidth + 38;

    // Columns of folders stand closer, so that a usual project is as wide as a small screen.
    private const int FolderStep = NodeWidth + 22;
    private const int RowStep = NodeHeight + 10;
    private const int Sweeps = 6;

    private Lineage(IReadOnlyList<LineageNode> nodes, IReadOnlyList<LineageEdge> edges)
    {
        (Nodes, Edges) = (nodes, edges);
        Width = nodes.Count == 0 ? 0 : nodes.Max(node => node.X) + NodeWidth;
        Height = nodes.Count == 0 ? 0 : nodes.Max(node => node.Y) + NodeHeight;
    }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<LineageNode> Nodes { get; }

    /// <summary>The lines between them.</summary>
    public IReadOnlyList<LineageEdge> Edges { get; }

    /// <summary>Width of the drawing.</summary>
    public double Width { get; }

    /// <summary>Height of the drawing.</summary>
    public double Height { get; }

    /// <summary>The models that feed one, or that it feeds, with their distance.</summary>
    /// <param name="models">All models.</param>
    /// <param name="id">The one.</param>
    /// <param name="isUp">Whether those that feed it are meant.</param>
    /// <param name="steps">At most so far away.</param>
    public static Dictionary<string, int> Related(IReadOnlyList<ModelInfo> models, string id, bool isUp, int steps = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(models);
        var parents = models.ToDictionary(model => model.UniqueId, model => model.Parents, StringComparer.Ordinal);
        var children = models.SelectMany(model => model.Parents.Select(parent => (parent, model.UniqueId))).ToLookup(pair => pair.parent, pair => pair.UniqueId, StringComparer.Ordinal);
        var found = new Dictionary<string, int>(StringComparer.Ordinal);
        var next = new Queue<(string Id, int Distance)>([(id, 0)]);
        while (next.TryDequeue(out var at))
        {
            foreach (var neighbour in (isUp ? parents.GetValueOrDefault(at.Id, []) : children[at.Id]).Where(neighbour => parents.ContainsKey(neighbour) && neighbour != id))
            {
                if (at.Distance < steps && found.TryAdd(neighbour, at.Distance + 1))
                {
                    next.Enqueue((neighbour, at.Distance + 1));
                }
            }
        }

        return found;
    }

    /// <summary>Places models.</summary>
    /// <param name="models">The models.</param>
    /// <param name="isByFolder">Whether those of a folder of the project share a column, which keeps a large project narrow; lines within a column bow out to its left.</param>
    public static Lineage Of(IReadOnlyList<ModelInfo> models, bool isByFolder = false)
    {
        ArgumentNullException.ThrowIfNull(models);
        var ids = models.Select(model => model.UniqueId).ToHashSet(StringComparer.Ordinal);
        var parents = models.ToDictionary(model => model.UniqueId, model => model.Parents.Where(ids.Contains).Distinct(StringComparer.Ordinal).ToList(), StringComparer.Ordinal);
        var children = parents.SelectMany(pair => pair.Value.Select(parent => (parent, pair.Key))).ToLookup(pair => pair.parent, pair => pair.Key, StringComparer.Ordinal);
        var depth = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var id in ids.Order(StringComparer.Ordinal))
        {
            Depth(id);
        }

        // What nothing feeds (seeds) stands just before the first that reads it, so that its lines are short.
        foreach (var id in ids.Where(id => parents[id].Count == 0 && children[id].Any()))
        {
            depth[id] = Math.Max(0, children[id].Min(child => depth[child]) - 1);
        }

        if (isByFolder)
        {
            // What comes from outside the project stands in one column before all; a folder stands behind those that feed it.
            var folders = models.ToDictionary(model => model.UniqueId, model => model.Kind == "model" ? model.Folder : "", StringComparer.Ordinal);
            var feeds = ids.ToLookup(id => folders[id], id => parents[id].Select(parent => folders[parent]).Where(folder => folder.Length > 0 && folder != folders[id]), StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.SelectMany(from => from).Distinct(StringComparer.Ordinal).ToList(), StringComparer.Ordinal);
            var ranks = new Dictionary<string, int>(StringComparer.Ordinal) { [""] = -1 };
            var order = feeds.Keys.OrderBy(folder => Rank(folder, feeds, ranks)).ThenBy(folder => folder, StringComparer.Ordinal).ToList();
            foreach (var id in ids)
            {
                depth[id] = order.IndexOf(folders[id]);
            }
        }

        var step = isByFolder ? FolderStep : ColumnStep;
        var columns = ids.GroupBy(id => depth[id]).OrderBy(group => group.Key).Select(group => group.Order(StringComparer.Ordinal).ToList()).ToList();
        Sort(columns, parents, children);
        var tallest = columns.Count == 0 ? 0 : columns.Max(column => column.Count);
        var byId = models.ToDictionary(model => model.UniqueId, StringComparer.Ordinal);
        var nodes = columns.SelectMany((column, x) => column.Select((id, y) => new LineageNode(byId[id], x * step, (y + ((tallest - column.Count) / 2.0)) * RowStep))).ToList();
        var placed = nodes.ToDictionary(node => node.Model.UniqueId, StringComparer.Ordinal);
        return new Lineage(nodes, [.. nodes.SelectMany(node => parents[node.Model.UniqueId].Select(parent => new LineageEdge(placed[parent], node)))]);

        // Folders may feed each other in a circle, which ends here at 0.
        static int Rank(string folder, Dictionary<string, List<string>> feeds, Dictionary<string, int> ranks)
        {
            if (ranks.TryGetValue(folder, out var known))
            {
                return known;
            }

            ranks[folder] = 0;
            return ranks[folder] = feeds[folder].Count == 0 ? 0 : feeds[folder].Max(from => Rank(from, feeds, ranks)) + 1;
        }

        // dbt refuses circles; a damaged manifest with one ends here at 0.
        int Depth(string id)
        {
            if (depth.TryGetValue(id, out var known))
            {
                return known;
            }

            depth[id] = 0;
            return depth[id] = parents[id].Count == 0 ? 0 : parents[id].Max(Depth) + 1;
        }
    }

    private static void Sort(List<List<string>> columns, Dictionary<string, List<string>> parents, ILookup<string, string> children)
    {
        for (var sweep = 0; sweep < Sweeps; sweep++)
        {
            var place = columns.SelectMany(column => column.Select((id, i) => (id, i: (double)i / column.Count))).ToDictionary(pair => pair.id, pair => pair.i, StringComparer.Ordinal);
            foreach (var i in sweep % 2 == 0 ? Enumerable.Range(0, columns.Count) : Enumerable.Range(0, columns.Count).Reverse())
            {
                columns[i] = [.. columns[i].OrderBy(id => Mean(id, sweep % 2 == 0)).ThenBy(id => place[id])];
                for (var k = 0; k < columns[i].Count; k++)
                {
                    place[columns[i][k]] = (double)k / columns[i].Count;
                }
            }

            double Mean(string id, bool isByParents)
            {
                var near = isByParents ? parents[id] : [.. children[id]];
                return near.Count == 0 ? place[id] : near.Average(other => place[other]);
            }
        }
    }
}

/// <summary>A model in the drawing.</summary>
/// <param name="Model">The model.</param>
/// <param name="X">Its left edge.</param>
/// <param name="Y">Its upper edge.</param>
public sealed record LineageNode(ModelInfo Model, double X, double Y);

/// <summary>A line in the drawing.</summary>
/// <param name="From">What feeds.</param>
/// <param name="To">What is fed.</param>
public sealed record LineageEdge(LineageNode From, LineageNode To);
