using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Commands;

/// <summary><c>retry</c>: runs again what failed or was skipped the last time, with the same options.</summary>
internal static class RetryCommand
{
    private static readonly string[] Repeatable = ["build", "compile", "clone", "generate", "seed", "snapshot", "test", "run", "run-operation"];

    public static async Task<DbtResult> RunAsync(DbtInvocation invocation, EventLog log, IDbtObserver observer, CancellationToken cancellation)
    {
        var root = Path.GetFullPath(invocation.ProjectDirectory);
        var folder = Path.GetFullPath(invocation.Options.State ?? invocation.Options.TargetPath ?? "target", root);
        var path = Path.Combine(folder, "run_results.json");
        if (!File.Exists(path))
        {
            throw new DbtException("DBT6004", DbtErrorKind.Runtime, $"Could not find previous run in '{invocation.Options.State ?? "target"}' target directory") { Found = "no run_results.json", Expected = "the results of an earlier run", Hint = "run the command first that is to be retried" };
        }

        var previous = StateReader.ReadMap(path);
        var args = previous.GetMap("args") ?? [];
        var which = args.GetString("which") ?? string.Empty;
        if (!Repeatable.Contains(which, StringComparer.Ordinal))
        {
            throw new DbtException("DBT6005", DbtErrorKind.Runtime, $"Cannot retry a '{which}' command") { File = path, Found = which, Expected = string.Join(", ", Repeatable), Hint = "run_results.json holds the results of the last command: run the command again that is to be retried" };
        }

        var failed = (previous.GetList("results") ?? []).OfType<DbtMap>()
            .Where(result => result.GetString("status") is "error" or "fail" or "skipped" or "runtime error" or "partial success" && !Val.Str(result.Get("unique_id")).StartsWith("operation.", StringComparison.Ordinal))
            .Select(result => Val.Str(result.Get("unique_id"))).ToHashSet(StringComparer.Ordinal);
        var options = Merge(invocation.Options, args, which);
        var again = new DbtInvocation
        {
            Command = options.Command,
            ProjectDirectory = invocation.ProjectDirectory,
            EnvironmentVariables = invocation.EnvironmentVariables,
            Warehouse = invocation.Warehouse,
            AtomicGroups = invocation.AtomicGroups,
            TimeProvider = invocation.TimeProvider,
            Options = options,
        };
        options.RetryIds = failed;
        var session = SessionLoader.Load(again, log, cancellation);
        await using var connections = session.Connections!.ConfigureAwait(false);
        return await CommandRunner.RunAsync(session, observer, cancellation).ConfigureAwait(false);
    }

    private static DbtOptions Merge(DbtOptions own, DbtMap args, string which)
    {
        var options = new DbtOptions { Command = which == "generate" ? "docs generate" : which, Macro = args.GetString("macro"), CommandLine = own.CommandLine, RetriedArgs = args };
        foreach (var (key, value) in args)
        {
            var name = Val.Str(key);
            if (name is "which" or "project_dir" or "profiles_dir" or "invocation_command" or "select" or "exclude" or "selector" or "resource_types" or "exclude_resource_types" or "state" or "warn_error" or "defer_state" or "target_path" or "log_path" or "sqlparse" or "warn_error_options" || value is null)
            {
                continue;
            }

            options.Given[name] = value switch
            {
                long number => (int)number,
                List<object?> list => list.ConvertAll(Val.Str),
                _ => value,
            };
        }

        foreach (var (name, value) in own.Given)
        {
            options.Given[name] = value;
        }

        // --state of retry is where the results are; the run that is repeated keeps its own.
        options.Given.Remove("state");
        if (args.GetString("state") is { } state)
        {
            options.Given["state"] = state;
        }

        return options;
    }
}
