using FhirAspire.Dbt.Compile;
using FhirAspire.Dbt.Run;

namespace FhirAspire.Dbt.Commands;

/// <summary>Finds the code of a command.</summary>
internal static class CommandRunner
{
    public static async Task<DbtResult> RunAsync(DbtInvocation invocation, EventLog log, IDbtObserver observer, CancellationToken cancellation)
    {
        switch (invocation.Options.Command)
        {
            case "clean":
                return CleanCommand.Run(invocation, log, cancellation);
            case "deps":
                return await DepsCommand.RunAsync(invocation, log, cancellation).ConfigureAwait(false);
            case "debug":
                return await DebugCommand.RunAsync(invocation, log, cancellation).ConfigureAwait(false);
            case "retry":
                return await RetryCommand.RunAsync(invocation, log, observer, cancellation).ConfigureAwait(false);
        }

        var session = SessionLoader.Load(invocation, log, cancellation);
        await using var connections = session.Connections!.ConfigureAwait(false);
        return await RunAsync(session, observer, cancellation).ConfigureAwait(false);
    }

    /// <summary>Carries out a command on a project that is loaded.</summary>
    public static async Task<DbtResult> RunAsync(DbtSession session, IDbtObserver observer, CancellationToken cancellation)
    {
        try
        {
            return await RunLoadedAsync(session, observer, cancellation).ConfigureAwait(false);
        }
        catch (DbtException) when (session.Options.WriteJson && session.Options.Command is not ("docs generate" or "docs serve"))
        {
            // The project was read, whatever came after: dbt leaves its manifest then too, as it was before anything was compiled.
            foreach (var node in session.Manifest.Nodes.Values)
            {
                (node.IsCompiled, node.CompiledCode, node.CompiledPath, node.BuildPath) = (false, null, null, null);
            }

            Artifacts.ManifestWriter.Write(session);
            throw;
        }
    }

    private static async Task<DbtResult> RunLoadedAsync(DbtSession session, IDbtObserver observer, CancellationToken cancellation)
    {
        switch (session.Options.Command)
        {
            case "parse":
                if (session.Options.WriteJson)
                {
                    Artifacts.ManifestWriter.Write(session);
                }

                return new DbtResult { ExitCode = 0, InvocationId = session.InvocationId };
            case "list":
                return ListCommand.Run(session);
            case "show":
                return await ShowCommand.RunAsync(session, observer, cancellation).ConfigureAwait(false);
            case "compile" when session.Options.Inline is not null:
                return await ShowCommand.RunAsync(session, observer, cancellation).ConfigureAwait(false);
            case "docs generate":
                return await DocsCommand.RunAsync(session, observer, cancellation).ConfigureAwait(false);
            case "docs serve":
                throw new DbtException("DBT0010", DbtErrorKind.Runtime, "'docs serve' is not part of this engine") { Hint = "the dashboard shows what 'docs generate' writes; any static web server shows target/" };
            case "source freshness":
                return await FreshnessCommand.RunAsync(session, observer, cancellation).ConfigureAwait(false);
            case "run-operation":
                return await OperationCommand.RunAsync(session, cancellation).ConfigureAwait(false);
            default:
                return await NodeCommand.RunAsync(session, observer, cancellation).ConfigureAwait(false);
        }
    }
}
