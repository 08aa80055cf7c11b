using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Graph;

/// <summary>The methods of node selection (https://docs.getdbt.com/reference/node-selection/methods).</summary>
internal sealed class SelectionMethods(Manifest manifest, IReadOnlyList<DbtNode> members, PreviousState? state, string projectRoot)
{
    private StateComparison? comparison;

    public IEnumerable<string> Search(SelectionCriterion criterion)
    {
        var value = Val.Str(criterion.Value);
        return criterion.Method switch
        {
            "fqn" => Where(node => node.ResourceType != DbtResourceType.Source && MatchesFqn(node, value)),
            "tag" => Where(node => node.Tags.Exists(tag => Text.FnMatch(tag, value))),
            "group" => Where(node => IsInNodes(node) && node.Group is { } group && Text.FnMatch(group, value)),
            "access" => Where(node => node.ResourceType == DbtResourceType.Model && node.Access == value),
            "source" => Source(value),
            "exposure" => Named(DbtResourceType.Exposure, value, "exposure"),
            "unit_test" => Named(DbtResourceType.UnitTest, value, "unit test"),
            "metric" => Named(DbtResourceType.Metric, value, "metric"),
            "semantic_model" => Named(DbtResourceType.SemanticModel, value, "semantic model"),
            "saved_query" => Named(DbtResourceType.SavedQuery, value, "saved query"),
            "path" => Path(value),
            "file" => Where(node => System.IO.Path.GetFileName(node.OriginalFilePath) is var file && (Text.FnMatch(file, value) || Text.FnMatch(System.IO.Path.GetFileNameWithoutExtension(file), value))),
            "package" => Package(value),
            "config" => Config(criterion.Arguments, criterion.Value),
            "test_name" => Where(node => (node.Test is { } test && Text.FnMatch(test.Name, value)) || (node.ResourceType == DbtResourceType.UnitTest && Text.FnMatch(node.Name, value))),
            "test_type" => TestType(value),
            "resource_type" => ResourceType(value),
            "version" => Version(value),
            "result" => Result(value),
            "state" => State(value),
            "source_status" => SourceStatus(value),
            _ => throw new InvalidOperationException($"selection method {criterion.Method} has no search"),
        };
    }

    /// <summary>Whether a dotted selector names a node: its name, or a beginning of its qualified name.</summary>
    public static bool MatchesFqn(DbtNode node, string selector) =>
        IsSelected(node.Fqn, selector, node.IsVersioned) || (node.Fqn.Count > 1 && IsSelected(node.Fqn[1..], selector, node.IsVersioned));

    private static bool IsSelected(List<string> fqn, string selector, bool isVersioned)
    {
        var parts = selector.Split('.');
        if (isVersioned)
        {
            if (fqn.Count >= 2 && (fqn[^2] == selector || string.Join('_', fqn.TakeLast(2)) == string.Join('_', parts.TakeLast(2))))
            {
                return true;
            }
        }
        else if (fqn[^1] == selector)
        {
            return true;
        }

        // A pattern without dots is one of names as well.
        if (parts.Length == 1 && selector.AsSpan().IndexOfAny("*?[]") >= 0 && Text.FnMatch(fqn.Count >= 2 && isVersioned ? fqn[^2] : fqn[^1], selector))
        {
            return true;
        }

        var flat = fqn.SelectMany(segment => segment.Split('.')).ToList();
        if (flat.Count < parts.Length)
        {
            return false;
        }

        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].AsSpan().IndexOfAny("*?[]") >= 0)
            {
                return Text.FnMatch(string.Join('.', flat.Skip(i)), string.Join('.', parts.Skip(i)));
            }

            if (flat[i] != parts[i])
            {
                return false;
            }
        }

        return true;
    }

    private IEnumerable<string> Where(Func<DbtNode, bool> condition) => members.Where(condition).Select(node => node.UniqueId);

    private bool IsInNodes(DbtNode node) => manifest.Nodes.ContainsKey(node.UniqueId);

    private IEnumerable<string> Source(string value)
    {
        var parts = value.Split('.');
        var (package, source, table) = parts.Length switch
        {
            1 => ("*", parts[0], "*"),
            2 => ("*", parts[0], parts[1]),
            3 => (parts[0], parts[1], parts[2]),
            _ => throw Invalid($"Invalid source selector value \"{value}\".", value, "source_name, source_name.table_name or package.source_name.table_name"),
        };
        return Where(node => node.Source is { } info && Text.FnMatch(node.PackageName, package) && Text.FnMatch(info.SourceName, source) && Text.FnMatch(node.Name, table));
    }

    private IEnumerable<string> Named(DbtResourceType type, string value, string what)
    {
        var parts = value.Split('.');
        if (parts.Length > 2)
        {
            throw Invalid($"Invalid {what} selector value \"{value}\".", value, "name or package.name");
        }

        var package = parts.Length == 2 ? parts[0] : "*";
        return Where(node => node.ResourceType == type && Text.FnMatch(node.PackageName, package) && Text.FnMatch(node.Name, parts[^1]));
    }

    private IEnumerable<string> Path(string value)
    {
        var paths = PathGlob.Find(projectRoot, value);
        return Where(node =>
        {
            if (paths.Contains(node.OriginalFilePath) || (node.PatchPath is { } patch && paths.Contains(patch[(patch.IndexOf("://", StringComparison.Ordinal) + 3)..])))
            {
                return true;
            }

            for (var parent = System.IO.Path.GetDirectoryName(node.OriginalFilePath); parent is not null; parent = System.IO.Path.GetDirectoryName(parent))
            {
                if (paths.Contains(parent.Length == 0 ? "." : parent))
                {
                    return true;
                }
            }

            return false;
        });
    }

    private IEnumerable<string> Package(string value)
    {
        var package = value == "this" ? manifest.ProjectName : value;
        return Where(node => Text.FnMatch(node.PackageName, package));
    }

    private IEnumerable<string> Config(IReadOnlyList<string> path, object? selector)
    {
        var text = Val.Str(selector);
        var ignoreCase = path is ["severity"];
        bool Same(object? value) =>
            (value is string name ? string.Equals(name, text, ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal) : selector is not string && Val.Equals(selector, value))
            || (string.Equals(text, "true", StringComparison.OrdinalIgnoreCase) && value is true)
            || (string.Equals(text, "false", StringComparison.OrdinalIgnoreCase) && value is false);

        return Where(node =>
        {
            if (!IsInNodes(node) && node.ResourceType != DbtResourceType.Source)
            {
                return false;
            }

            object? value = node.Config;
            foreach (var key in path)
            {
                if (value is not DbtMap map || !map.TryGetValue(key, out value))
                {
                    return false;
                }
            }

            return value switch
            {
                List<object?> list => list.Exists(Same),
                DbtMap map => map.ContainsKey(text),
                _ => Same(value),
            };
        });
    }

    private IEnumerable<string> TestType(string value) => value switch
    {
        "generic" or "schema" => Where(node => node.Test is not null),
        "data" => Where(node => node.ResourceType == DbtResourceType.Test),
        "singular" => Where(node => node.ResourceType == DbtResourceType.Test && node.Test is null),
        "unit" => Where(node => node.ResourceType == DbtResourceType.UnitTest),
        _ => throw Invalid($"Invalid test type selector {value}: expected \"generic\", \"singular\", \"unit\", or \"data\"", value, "generic, singular, unit or data"),
    };

    private IEnumerable<string> ResourceType(string value)
    {
        if (ResourceTypes.Parse(value) is not { } type)
        {
            return value is "function" or "fixture" or "rpc"
                ? []
                : throw Invalid($"Invalid resource_type selector \"{value}\"", value, "a resource type such as model, test, seed, snapshot, source");
        }

        return Where(node => node.ResourceType == type);
    }

    private IEnumerable<string> Version(string value) => value switch
    {
        "latest" => Where(node => node.IsLatestVersion),
        "prerelease" => Where(node => node.IsVersioned && VersionOrder.Compare(node.Version, node.LatestVersion) > 0),
        "old" => Where(node => node.IsVersioned && VersionOrder.Compare(node.Version, node.LatestVersion) < 0),
        "none" => Where(node => node.ResourceType == DbtResourceType.Model && node.Version is null),
        _ => throw Invalid($"Invalid version type selector {value}: expected one of: \"latest\", \"prerelease\", \"old\", or \"none\"", value, "latest, prerelease, old or none"),
    };

    private IEnumerable<string> Result(string value)
    {
        if (state?.Results is not { } results)
        {
            throw new DbtException("DBT5006", DbtErrorKind.Internal, "No comparison run_results") { Hint = "give --state a folder with run_results.json" };
        }

        return Where(node => results.TryGetValue(node.UniqueId, out var status) && status == value);
    }

    private IEnumerable<string> State(string value)
    {
        if (state?.Manifest is not { } previous)
        {
            throw new DbtException("DBT5005", DbtErrorKind.Runtime, "Got a state selector method, but no comparison manifest") { Hint = "give --state a folder with manifest.json" };
        }

        comparison ??= new StateComparison(previous, manifest);
        var check = comparison.Check(value);
        return Where(check);
    }

    private IEnumerable<string> SourceStatus(string value)
    {
        if (state?.Sources is not { } before)
        {
            throw new DbtException("DBT5007", DbtErrorKind.Internal, "No previous state comparison freshness results in sources.json") { Hint = "give --state a folder with sources.json" };
        }

        if (state.CurrentSources is not { } now)
        {
            throw new DbtException("DBT5007", DbtErrorKind.Internal, "No current state comparison freshness results in sources.json") { Hint = "run 'dbt source freshness' first" };
        }

        return value != "fresher"
            ? []
            : Where(node => now.TryGetValue(node.UniqueId, out var current) && current is not null && (!before.TryGetValue(node.UniqueId, out var old) || (old is not null && current > old)));
    }

    private static DbtException Invalid(string message, string found, string expected) =>
        new("DBT5008", DbtErrorKind.Runtime, message) { Found = found, Expected = expected };
}
