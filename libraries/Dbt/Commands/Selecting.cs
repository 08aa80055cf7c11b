using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary>Which nodes a command line means.</summary>
internal static class Selecting
{
    /// <summary>The ids that the options select, of the types that the command works on.</summary>
    public static HashSet<string> Select(DbtSession session, DbtGraph graph, Func<DbtNode, bool> matches, PreviousState? state)
    {
        if (session.Options.RetryIds is { } retried)
        {
            return session.Manifest.AllNodes.Where(node => node.IsEnabled && retried.Contains(node.UniqueId)).Select(node => node.UniqueId).ToHashSet(StringComparer.Ordinal);
        }

        var selector = new NodeSelector(session.Manifest, graph, state, session.Root.Root, raw => session.Log.Warn("NoNodesForSelectionCriteria", $"The selection criterion '{raw}' does not match any enabled nodes"));
        // Nodes without a word of SQL are listed, and never run.
        return selector.Select(Spec(session), session.Options.Command == "list" ? matches : node => matches(node) && !IsEmpty(node));
    }

    private static bool IsEmpty(DbtNode node) => node.ResourceType is DbtResourceType.Model or DbtResourceType.Snapshot or DbtResourceType.Analysis or DbtResourceType.Test or DbtResourceType.Operation
        && string.IsNullOrWhiteSpace(node.RawCode);

    public static PreviousState? State(DbtSession session) => Folder(session) is { } folder ? StateReader.Read(folder, session.TargetFolder) : null;

    public static string? Folder(DbtSession session) => session.Options.State is { } state ? Path.GetFullPath(state, session.Root.Root) : null;

    /// <summary>The types that a command may select, with <c>--resource-type</c> and <c>--exclude-resource-type</c>.</summary>
    public static Func<DbtNode, bool> Types(DbtOptions options, params DbtResourceType[] allowed)
    {
        var types = allowed.ToHashSet();
        if (options.ResourceTypes.Count > 0)
        {
            var asked = new HashSet<DbtResourceType>();
            foreach (var name in options.ResourceTypes)
            {
                if (name is "all" or "default")
                {
                    asked.UnionWith(allowed.Where(type => name == "all" || type != DbtResourceType.Analysis));
                }
                else if (ResourceTypes.Parse(name) is { } type)
                {
                    asked.Add(type);
                }
            }

            types.IntersectWith(asked);
        }

        foreach (var name in options.ExcludeResourceTypes)
        {
            if (name == "all")
            {
                types.Clear();
            }
            else if (ResourceTypes.Parse(name) is { } type)
            {
                types.Remove(type);
            }
        }

        return node => types.Contains(node.ResourceType);
    }

    private static SelectionSpec Spec(DbtSession session)
    {
        var options = session.Options;
        var indirect = SelectionParser.ParseIndirect(options.IndirectSelection);
        var selectors = Selectors(session, indirect);
        if (options.Selector is { } name)
        {
            return selectors.TryGetValue(name, out var found)
                ? found.Spec
                : throw new DbtException("DBT5009", DbtErrorKind.Runtime, $"Could not find selector named {name}, expected one of {Val.Repr(selectors.Keys.Select(object? (key) => key).ToList())}")
                {
                    File = "selectors.yml", Found = name, Expected = string.Join(", ", selectors.Keys), Hint = Text.DidYouMean(name, selectors.Keys),
                };
        }

        if (options.Select is null or { Count: 0 } && options.Exclude is null or { Count: 0 })
        {
            foreach (var (isDefault, spec) in selectors.Values)
            {
                if (isDefault)
                {
                    session.Log.Info($"Using default selector {selectors.First(entry => entry.Value.IsDefault).Key}");
                    return spec;
                }
            }
        }

        return SelectionParser.FromCommandLine(options.Select, options.Exclude, indirect);
    }

    private static OrderedDictionary<string, (bool IsDefault, SelectionSpec Spec)> Selectors(DbtSession session, IndirectSelection indirect)
    {
        var path = Path.Combine(session.Root.Root, "selectors.yml");
        if (!File.Exists(path))
        {
            return [];
        }

        var file = YamlReader.ReadMap(File.ReadAllText(path), "selectors.yml");
        return SelectionParser.FromYaml((DbtMap)YamlRendering.Render(file, new ProjectRenderer(session, session.Root.Name), "selectors.yml", _ => true)!, indirect);
    }
}
