using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Run;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Commands;

/// <summary><c>debug</c>: checks project, profile and connection, and says what is wrong.</summary>
internal static class DebugCommand
{
    public static async Task<DbtResult> RunAsync(DbtInvocation invocation, EventLog log, CancellationToken cancellation)
    {
        var root = Path.GetFullPath(invocation.ProjectDirectory);
        var environment = invocation.EnvironmentVariables ?? DbtInvocation.ProcessEnvironment();
        var problems = new List<DbtException>();
        log.Info($"dbt version: {DbtSession.Version}");
        log.Info($"Using profiles dir at {ProfileLoader.Directory(invocation.Options.ProfilesDir, root, environment)}");
        log.Info($"Using dbt_project.yml file at {Path.Combine(root, ProjectLoader.FileName)}");
        try
        {
            var raw = ProjectLoader.ReadRaw(root);
            var templates = new TemplateEngine(invocation.TimeProvider, [], cancellation);
            var profile = SessionLoader.LoadProfile(root, raw, invocation.Options, environment, new EarlyRenderer(templates, invocation.Options.Vars, environment, allowSecrets: true, null));
            log.Info($"Configuration:\n  profiles.yml file [OK found and valid]\n  adapter type: {profile.Type}");
            var project = ProjectLoader.Load(root, raw, new EarlyRenderer(templates, invocation.Options.Vars, environment, allowSecrets: false, []));
            log.Info($"  dbt_project.yml file [OK found and valid]: {project.Name}");
            var connections = AdapterFactory.Connect(invocation, profile, root);
            await using (connections.ConfigureAwait(false))
            {
                var session = await connections.OpenAsync(cancellation).ConfigureAwait(false);
                await using (session.ConfigureAwait(false))
                {
                    await session.QueryAsync("select 1 as id", null, cancellation).ConfigureAwait(false);
                }

                log.Info($"  Connection test: [OK connection ok] {connections.Warehouse.Location}");
            }
        }
        catch (DbtException exception)
        {
            problems.Add(exception);
        }
        catch (WarehouseException exception)
        {
            problems.Add(new DbtException("DBT4010", DbtErrorKind.Runtime, $"Connection test failed: {exception.DatabaseMessage}", exception) { Hint = exception.Hint, IsTransient = exception.IsTransient });
        }

        foreach (var problem in problems)
        {
            log.Error(problem.ToConsoleText());
        }

        log.Info(problems.Count == 0 ? "All checks passed!" : $"{problems.Count} check failed.");
        return new DbtResult { ExitCode = problems.Count == 0 ? 0 : 1, Error = problems.FirstOrDefault() };
    }
}
