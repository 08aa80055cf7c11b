using FhirAspire.Dbt.Commands;
using FhirAspire.Dbt.Run;

namespace FhirAspire.Dbt;

/// <summary>Runs dbt projects in this process.</summary>
public static class DbtEngine
{
    /// <summary>Carries out one command. Failures are in the result; only a cancelled observer or a fault of the caller throws.</summary>
    /// <param name="invocation">The command and its options; see <see cref="DbtInvocation.Parse"/>.</param>
    /// <param name="observer">Hears of nodes and lines while the command runs.</param>
    /// <param name="cancellationToken">Stops starting nodes, interrupts running statements; results are written as far as they are true.</param>
    public static async Task<DbtResult> RunAsync(DbtInvocation invocation, IDbtObserver? observer = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        observer ??= SilentObserver.Instance;
        invocation.RunId = Guid.NewGuid().ToString();
        var secrets = new Secrets(invocation.EnvironmentVariables ?? DbtInvocation.ProcessEnvironment());
        var log = new EventLog(invocation.Options, observer, secrets);
        var started = invocation.TimeProvider.GetTimestamp();
        DbtResult result;
        try
        {
            result = await CommandRunner.RunAsync(invocation, log, observer, cancellationToken).ConfigureAwait(false);
        }
        catch (DbtException raised)
        {
            var exception = secrets.Hide(raised);
            observer.OnLog(DbtLogLevel.Error, "Encountered an error:\n" + exception.ToConsoleText());
            result = new DbtResult { ExitCode = exception.ExitCode, Error = exception, Warnings = log.Warnings };
        }
        catch (OperationCanceledException)
        {
            result = new DbtResult { ExitCode = 130, Warnings = log.Warnings };
        }

        result = new DbtResult
        {
            ExitCode = cancellationToken.IsCancellationRequested ? 130 : result.ExitCode,
            Nodes = result.Nodes,
            Error = result.Error,
            Warnings = log.Warnings,
            List = result.List,
            InvocationId = result.InvocationId,
            Seconds = invocation.TimeProvider.GetElapsedTime(started).TotalSeconds,
        };
        observer.OnRunFinished(result);
        return result;
    }

    private sealed class SilentObserver : IDbtObserver
    {
        public static readonly SilentObserver Instance = new();
    }
}
