using FhirAspire.Dbt.Load;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary><c>adapter.config</c>: the project's settings and the target of the profile. Secrets are left out, as in <c>target</c>.</summary>
internal sealed class RuntimeConfigObject(DbtSession session, DbtProject? of = null) : JinjaObject
{
    public override string TypeName => "RuntimeConfig";

    public override bool TryGetAttribute(string name, out object? value)
    {
        var project = of ?? session.Root;
        switch (name)
        {
            case "quoting":
                var policy = session.Adapter.ProjectQuote;
                value = new JinjaDict { ["database"] = policy.Database, ["schema"] = policy.Schema, ["identifier"] = policy.Identifier };
                return true;
            case "credentials":
                value = session.Templates.Target;
                return true;
            case "project_name":
                value = project.Name;
                return true;
            case "project_root":
                value = project.Root;
                return true;
            case "version":
                value = project.Version;
                return true;
            case "profile_name":
                value = session.Profile.ProfileName;
                return true;
            case "target_name":
                value = session.Profile.TargetName;
                return true;
            case "threads":
                value = (long)session.Profile.Threads;
                return true;
            case "target_path":
                value = Path.GetFileName(session.TargetFolder);
                return true;
            case "packages_install_path":
                value = project.PackagesInstallPath;
                return true;
            case "model_paths":
                value = new JinjaList(project.ModelPaths);
                return true;
            case "seed_paths":
                value = new JinjaList(project.SeedPaths);
                return true;
            case "macro_paths":
                value = new JinjaList(project.MacroPaths);
                return true;
            case "test_paths":
                value = new JinjaList(project.TestPaths);
                return true;
            case "snapshot_paths":
                value = new JinjaList(project.SnapshotPaths);
                return true;
            case "dependencies":
                // Every project by name, the root among them; dbt's own packages are none.
                var own = Adapters.InternalPackages.Names(session.Adapter.Type);
                value = new JinjaDict(session.Projects.Values.Where(item => !own.Contains(item.Name, StringComparer.Ordinal)).Select(item => KeyValuePair.Create(item.Name, (object?)new RuntimeConfigObject(session, item))));
                return true;
            case "vars":
                value = new VariablesObject((JinjaDict)Host.ToTemplate(session.VariablesOf(project.Name))!);
                return true;
            default:
                value = null;
                return false;
        }
    }
}

/// <summary><c>config.vars</c>: the variables of a project.</summary>
internal sealed class VariablesObject(JinjaDict variables) : DictView(variables)
{
    public override string TypeName => "VarProvider";

    public override bool TryGetAttribute(string name, out object? value)
    {
        if (name == "vars")
        {
            value = Dict;
            return true;
        }

        return base.TryGetAttribute(name, out value);
    }

    // What is changed in it changes no variable.
    protected override JinjaDict ToDict()
    {
        var copy = new JinjaDict();
        foreach (var (key, value) in Dict.Entries)
        {
            copy.Set(key, value);
        }

        return copy;
    }
}
