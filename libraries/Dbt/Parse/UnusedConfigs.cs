using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>Warns of paths in <c>dbt_project.yml</c> that lead to no node.</summary>
internal static class UnusedConfigs
{
    public static void Warn(DbtSession session, Manifest manifest)
    {
        var all = manifest.AllNodes.Concat(manifest.Disabled.Values.SelectMany(list => list)).ToList();
        var unused = new List<string>();
        foreach (var (key, type) in new[] { ("models", DbtResourceType.Model), ("seeds", DbtResourceType.Seed), ("snapshots", DbtResourceType.Snapshot), ("sources", DbtResourceType.Source), ("data_tests", DbtResourceType.Test), ("exposures", DbtResourceType.Exposure) })
        {
            var fqns = all.Where(node => node.ResourceType == type).Select(node => node.Fqn).ToList();
            foreach (var path in Leaves(session.Root.Configs(type), []))
            {
                if (path.Count > 0 && !fqns.Exists(fqn => fqn.Count >= path.Count && fqn.Take(path.Count).SequenceEqual(path, StringComparer.Ordinal)))
                {
                    unused.Add($"{key}.{string.Join('.', path)}");
                }
            }
        }

        if (unused.Count > 0)
        {
            session.Log.Warn("UnusedResourceConfigPath", $"Configuration paths exist in your dbt_project.yml file which do not apply to any resources.\nThere are {unused.Count} unused configuration paths:\n{string.Join('\n', unused.Select(path => $"- {path}"))}", "dbt_project.yml");
        }
    }

    // Paths at whose end something is configured.
    private static IEnumerable<List<string>> Leaves(DbtMap tree, List<string> path)
    {
        var hasOwn = false;
        foreach (var (key, value) in tree)
        {
            var name = Val.Str(key);
            if (name.StartsWith('+') || value is not DbtMap below)
            {
                hasOwn = true;
                continue;
            }

            foreach (var leaf in Leaves(below, [.. path, name]))
            {
                yield return leaf;
            }
        }

        if (hasOwn)
        {
            yield return path;
        }
    }
}
