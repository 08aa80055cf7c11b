using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>
/// A node's configuration from all levels, least specific first: defaults, the package's <c>dbt_project.yml</c> from the
/// root of its tree to the node, the properties file, <c>config()</c> in the file, and over all of them the root project's
/// <c>dbt_project.yml</c> where the node belongs to another package.
/// </summary>
internal sealed class ConfigBuilder(DbtProject root, IReadOnlyDictionary<string, DbtProject> projects)
{
    /// <summary>The configuration as it counts.</summary>
    public DbtMap Build(DbtResourceType type, IReadOnlyList<string> fqn, string package, DbtMap? properties, DbtMap call)
    {
        var result = ConfigDefaults.Create(type);
        foreach (var level in Levels(projects[package], type, fqn, rendered: true))
        {
            ConfigMerge.Merge(result, level);
        }

        if (properties is not null)
        {
            ConfigMerge.Merge(result, properties);
        }

        ConfigMerge.Merge(result, call);
        if (package != root.Name)
        {
            foreach (var level in Levels(root, type, fqn, rendered: true))
            {
                ConfigMerge.Merge(result, level);
            }
        }

        return result;
    }

    /// <summary>A group's configuration: dbt looks for it among that of models, and takes all that stands there.</summary>
    public DbtMap BuildGroup(IReadOnlyList<string> fqn, string package, DbtMap properties)
    {
        var result = new DbtMap { ["meta"] = new DbtMap() };
        var levels = Levels(projects[package], DbtResourceType.Model, fqn, rendered: true).Append(properties);
        foreach (var level in package == root.Name ? levels : levels.Concat(Levels(root, DbtResourceType.Model, fqn, rendered: true)))
        {
            foreach (var (key, value) in level.DeepCopy())
            {
                if (Val.Str(key) == "meta" && value is DbtMap meta)
                {
                    result.GetMap("meta")!.Update(meta);
                }
                else
                {
                    result[key] = value;
                }
            }
        }

        return result;
    }

    /// <summary>What was said, without defaults and before templates are rendered; for comparing states.</summary>
    public DbtMap BuildUnrendered(DbtResourceType type, IReadOnlyList<string> fqn, string package, DbtMap? properties, DbtMap call)
    {
        var result = new DbtMap();
        foreach (var level in Levels(projects[package], type, fqn, rendered: false))
        {
            result.Update(level);
        }

        if (properties is not null)
        {
            result.Update(properties);
        }

        result.Update(call);
        if (package != root.Name)
        {
            foreach (var level in Levels(root, type, fqn, rendered: false))
            {
                result.Update(level);
            }
        }

        return result.DeepCopy();
    }

    private static IEnumerable<DbtMap> Levels(DbtProject project, DbtResourceType type, IReadOnlyList<string> fqn, bool rendered)
    {
        var tree = project.Configs(type, rendered);
        yield return Own(tree);
        foreach (var part in fqn)
        {
            if (tree.Get(part) is not DbtMap below)
            {
                yield break;
            }

            tree = below;
            yield return Own(tree);
        }
    }

    // A key with a plus, or one that is no folder.
    private static DbtMap Own(DbtMap tree)
    {
        var own = new DbtMap();
        foreach (var (key, value) in tree)
        {
            var name = Val.Str(key);
            if (name.StartsWith('+'))
            {
                own[name[1..].Trim()] = value;
            }
            else if (value is not DbtMap)
            {
                own[name] = value;
            }
        }

        return own;
    }
}
