using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Parse;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Commands;

/// <summary>Loads project, profile and packages, and parses them.</summary>
internal static class SessionLoader
{
    public static DbtSession Load(DbtInvocation invocation, EventLog log, CancellationToken cancellation)
    {
        var root = Path.GetFullPath(invocation.ProjectDirectory);
        var environment = invocation.EnvironmentVariables ?? DbtInvocation.ProcessEnvironment();
        var options = invocation.Options;
        var raw = ProjectLoader.ReadRaw(root);
        options.AddDefaults(raw.GetMap("flags") ?? []);
        var early = new TemplateEngine(invocation.TimeProvider, [], cancellation);
        var profileRenderer = new EarlyRenderer(early, options.Vars, environment, allowSecrets: true, null);
        var profile = LoadProfile(root, raw, options, environment, profileRenderer);
        var target = Target(profile);
        var templates = new TemplateEngine(invocation.TimeProvider, target, cancellation);
        var renderer = new EarlyRenderer(templates, options.Vars, environment, allowSecrets: false, target);
        var project = ProjectLoader.Load(root, raw, renderer);
        var packages = PackageLoader.Installed(project, renderer);
        if (options.Flag("version_check") != false)
        {
            foreach (var checkedProject in packages.Prepend(project))
            {
                RequiredVersion.Check(checkedProject, DbtSession.Version);
            }
        }

        var projects = new Dictionary<string, DbtProject>(StringComparer.Ordinal) { [project.Name] = project };
        foreach (var package in packages)
        {
            projects[package.Name] = package;
        }

        foreach (var name in InternalPackages.Names(profile.Type))
        {
            projects[name] = new DbtProject { Name = name, Root = root, Rendered = [], Unrendered = [] };
        }

        var targetPath = options.TargetPath ?? project.Rendered.GetString("target-path") ?? "target";
        var session = new DbtSession
        {
            Invocation = invocation,
            Root = project,
            Projects = projects,
            Profile = profile,
            Adapter = AdapterFactory.Create(profile.Type, project),
            EnvironmentVariables = environment,
            Templates = templates,
            Log = log,
            TargetFolder = Path.GetFullPath(targetPath, root),
            StartedAt = invocation.TimeProvider.GetUtcNow(),
        };
        session.Connections = AdapterFactory.Connect(invocation, profile, root);
        OptionDeprecations.Warn(session);
        session.Manifest = ManifestCache.Load(session);
        return session;
    }

    public static DbtProfile LoadProfile(string root, DbtMap raw, DbtOptions options, IReadOnlyDictionary<string, string> environment, ITemplateRenderer renderer)
    {
        var name = options.Profile ?? (raw.Get("profile") is { } configured ? Val.Str(configured is string text ? renderer.Render(text, ProjectLoader.FileName) : configured) : null)
            ?? throw new DbtException("DBT1015", DbtErrorKind.Runtime, "dbt cannot run because no profile was specified for this dbt project.\nTo specify a profile for this project, add a line like the this to your dbt_project.yml file:\n\nprofile: [profile name]\n\nHere, [profile name] should be replaced with a profile name defined in your profiles.yml file.")
            {
                File = ProjectLoader.FileName, Found = "no 'profile'", Expected = "profile: NAME",
            };
        var directory = ProfileLoader.Directory(options.ProfilesDir, root, environment);
        return ProfileLoader.Load(directory, name, options.Target, options.Threads, renderer);
    }

    private static JinjaDict Target(DbtProfile profile)
    {
        var target = new JinjaDict();
        foreach (var (key, value) in profile.Credentials)
        {
            var name = Val.Str(key);
            if (name is not ("password" or "pass" or "private_key" or "private_key_passphrase" or "token" or "secrets" or "oauth_client_secret"))
            {
                target[name] = Host.ToTemplate(value);
            }
        }

        target["type"] = profile.Type;
        target["threads"] = (long)profile.Threads;
        target["name"] = target["target_name"] = profile.TargetName;
        target["profile_name"] = profile.ProfileName;
        target["schema"] = profile.Schema;
        target["database"] = profile.Database;
        if (profile.Type == "postgres")
        {
            target["dbname"] = profile.Database;
        }

        return target;
    }
}
