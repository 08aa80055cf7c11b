using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Graph;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary><c>ls</c>: lists what is selected.</summary>
internal static class ListCommand
{
    private static readonly HashSet<string> DefaultKeys = new(StringComparer.Ordinal) { "alias", "name", "package_name", "depends_on", "tags", "config", "resource_type", "source_name", "original_file_path", "unique_id" };

    public static DbtResult Run(DbtSession session)
    {
        var options = session.Options;
        var graph = DbtGraph.Build(session.Manifest);
        Deferral.Apply(session);
        var types = Selecting.Types(options, DbtResourceType.Model, DbtResourceType.Snapshot, DbtResourceType.Seed, DbtResourceType.Test, DbtResourceType.Source, DbtResourceType.Exposure, DbtResourceType.UnitTest, DbtResourceType.Analysis, DbtResourceType.SemanticModel, DbtResourceType.Metric, DbtResourceType.SavedQuery);
        var isModelsAlone = options.Flag(DbtOptions.ByModels) == true;
        if (isModelsAlone && (options.Flag(DbtOptions.BySelect) == true || options.ResourceTypes.Count > 0))
        {
            var other = options.Flag(DbtOptions.BySelect) == true ? "select" : "resource_type";
            throw new DbtException("DBT0012", DbtErrorKind.Runtime, $"\"models\" and \"{other}\" are mutually exclusive arguments") { Found = $"--models and --{other.Replace('_', '-')}", Expected = "one of them", Hint = "use --select with --resource-type model" };
        }

        var selected = Selecting.Select(session, graph, node => types(node) && (!isModelsAlone || node.ResourceType == DbtResourceType.Model) && (node.ResourceType != DbtResourceType.Analysis || options.ResourceTypes.Contains("analysis", StringComparer.Ordinal) || options.ResourceTypes.Contains("all", StringComparer.Ordinal)), Selecting.State(session));

        if (options.WriteJson)
        {
            ManifestWriter.Write(session);
        }

        if (selected.Count == 0)
        {
            session.Log.Warn("NoNodesSelected", "No nodes selected!");
        }

        var lines = selected.Order(StringComparer.Ordinal).Select(id => Line(session, session.Manifest.Find(id)!)).ToList();
        foreach (var line in lines)
        {
            session.Log.Print(line);
        }

        return new DbtResult { ExitCode = 0, List = lines, InvocationId = session.InvocationId };
    }

    private static string Line(DbtSession session, DbtNode node) => session.Options.Output switch
    {
        "name" => node.ResourceType == DbtResourceType.Source ? $"{node.Source!.SourceName}.{node.Name}" : node.Version is null ? node.Name : node.SearchName,
        "path" => node.OriginalFilePath,
        "json" => Json(session, node),
        _ => Selector(node),
    };

    private static string Selector(DbtNode node) => node.ResourceType switch
    {
        DbtResourceType.Source => $"source:{node.PackageName}.{node.Source!.SourceName}.{node.Name}",
        DbtResourceType.SemanticModel or DbtResourceType.Metric or DbtResourceType.SavedQuery => $"{node.ResourceType.Name()}:{node.PackageName}.{node.Name}",
        DbtResourceType.Exposure => $"exposure:{node.PackageName}.{node.Name}",
        DbtResourceType.UnitTest => $"unit_test:{node.PackageName}.{node.Name}{(node.Version is null ? string.Empty : $"_v{Val.Str(node.Version)}")}",
        _ => string.Join('.', node.Fqn),
    };

    private static string Json(DbtSession session, DbtNode node)
    {
        var full = NodeWriter.Write(node);
        if (session.Options.OutputKeys.Count == 0)
        {
            // In the order of the manifest.
            return JsonValues.WritePython(new DbtMap(full.Where(entry => entry.Key is string name && DefaultKeys.Contains(name))));
        }

        var result = new DbtMap();
        foreach (var key in session.Options.OutputKeys.SelectMany(key => key.Split(' ')))
        {
            object? value = full;
            foreach (var part in key.Split('.'))
            {
                value = value is DbtMap map && map.TryGetValue(part, out var inner) ? inner : Missing;
            }

            // A path into a value is left out where it leads to nothing; a key of its own is not.
            if (!ReferenceEquals(value, Missing) && (value is not null || !key.Contains('.', StringComparison.Ordinal)))
            {
                result[key] = value;
            }
        }

        return JsonValues.WritePython(result);
    }

    private static readonly object Missing = new();
}
