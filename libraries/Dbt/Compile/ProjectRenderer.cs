using FhirAspire.Dbt.Load;
using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>Renders properties files: no macros, but variables, environment and target.</summary>
internal sealed class ProjectRenderer(DbtSession session, string package) : ITemplateRenderer
{
    private readonly Dictionary<string, object?> variables = Make(session, package);

    public object? Render(string text, string file) => session.Templates.RenderNative(text, file, variables);

    private static Dictionary<string, object?> Make(DbtSession session, string package)
    {
        var scope = new NodeScope(session, ScopeMode.Names, null, package);
        var made = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var name in new[]
        {
            "var", "env_var", "target", "project_name", "dbt_version", "modules", "flags", "log", "print", "tojson", "fromjson", "toyaml", "fromyaml", "set", "zip", "set_strict", "zip_strict", "local_md5", "run_started_at",
            "invocation_id", "return", "diff_of_two_dicts", "thread_id", "dbt_metadata_envs", "invocation_args_dict", "builtins",
        })
        {
            if (scope.Functions.TryMake(name, out var value))
            {
                made[name] = value;
            }
        }

        // A list of macros is named in test arguments only; those wait until the project is read.
        return made;
    }
}

/// <summary>Renders <c>dbt_project.yml</c>, <c>profiles.yml</c> and <c>packages.yml</c>, before there is a project.</summary>
internal sealed class EarlyRenderer : ITemplateRenderer
{
    private readonly TemplateEngine templates;
    private readonly Dictionary<string, object?> made;

    public EarlyRenderer(TemplateEngine templates, Values.DbtMap vars, IReadOnlyDictionary<string, string> environment, bool allowSecrets, JinjaDict? target)
    {
        this.templates = templates;
        made = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["env_var"] = Host.Function("env_var", call =>
            {
                var name = Host.Text(call.Get(0, "var"));
                return name.StartsWith("DBT_ENV_SECRET", StringComparison.Ordinal) && !allowSecrets
                    ? throw new DbtException("DBT1020", DbtErrorKind.Parsing, $"Secret env vars are allowed only in profiles.yml or packages.yml. Found '{name}' referenced elsewhere.") { Found = name }
                    : LibraryFunctions.EnvVar(environment, name, call.Get(1, "default"));
            }),
            ["var"] = Host.Function("var", call =>
            {
                var name = Host.Text(call.Get(0, "var_name"));
                return vars.TryGetValue(name, out var value) ? Host.ToTemplate(value)
                    : call.TryGet(1, "default", out var otherwise) ? otherwise
                    : throw new DbtException("DBT2107", DbtErrorKind.Compilation, $"Required var '{name}' not found in config:\nVars supplied to <Configuration> = {Artifacts.PythonJson.Write(vars)}") { Found = $"no variable '{name}'", Expected = "a value by --vars" };
            }),
            ["modules"] = templates.Modules,
            ["dbt_version"] = DbtSession.Version,
        };
        if (target is not null)
        {
            made["target"] = target;
        }
    }

    public object? Render(string text, string file)
    {
        try
        {
            return templates.RenderNative(text, file, made);
        }
        catch (DbtException exception)
        {
            throw exception.With(file: file);
        }
    }
}
