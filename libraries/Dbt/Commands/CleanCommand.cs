using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary><c>clean</c>: removes the folders of <c>clean-targets</c>, and nothing that the project is made of.</summary>
internal static class CleanCommand
{
    public static DbtResult Run(DbtInvocation invocation, EventLog log, CancellationToken cancellation)
    {
        var root = Path.GetFullPath(invocation.ProjectDirectory);
        var environment = invocation.EnvironmentVariables ?? DbtInvocation.ProcessEnvironment();
        var raw = ProjectLoader.ReadRaw(root);
        var templates = new TemplateEngine(invocation.TimeProvider, [], cancellation);
        var project = ProjectLoader.Load(root, raw, new EarlyRenderer(templates, invocation.Options.Vars, environment, allowSecrets: false, []));
        var targets = project.CleanTargets ?? [invocation.Options.TargetPath ?? project.Rendered.GetString("target-path") ?? "target"];
        var kept = project.AllSourcePaths.Append(".").Select(path => Path.GetFullPath(path, root)).ToList();
        foreach (var target in targets)
        {
            var path = Path.GetFullPath(target, root);
            if (!path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal) && invocation.Options.CleanProjectFilesOnly)
            {
                throw new DbtException("DBT1401", DbtErrorKind.Runtime, $"dbt will not clean the following directories outside the project: ['{path}']") { Found = target, Expected = "a folder inside the project", Hint = "use --no-clean-project-files-only to remove it all the same" };
            }

            if (kept.Exists(folder => folder == path || folder.StartsWith(path + Path.DirectorySeparatorChar, StringComparison.Ordinal)))
            {
                throw new DbtException("DBT1402", DbtErrorKind.Runtime, $"dbt will not clean the following source paths: ['{path}']") { Found = target, Expected = "a folder that holds no source of the project", Hint = "change clean-targets in dbt_project.yml" };
            }

            if (Directory.Exists(path))
            {
                Remove(path);
            }

            log.Info($"Cleaned {target}/*");
        }

        log.Info("Finished cleaning all paths.");
        return new DbtResult { ExitCode = 0 };
    }

    // What a link points to is not the project's to remove.
    private static void Remove(string path)
    {
        foreach (var folder in Directory.GetDirectories(path))
        {
            if (new DirectoryInfo(folder).LinkTarget is not null)
            {
                Directory.Delete(folder);
            }
            else
            {
                Remove(folder);
            }
        }

        foreach (var file in Directory.GetFiles(path))
        {
            File.Delete(file);
        }

        Directory.Delete(path);
    }
}
