using FhirAspire.Warehouse;

namespace FhirAspire.Dbt;

/// <summary>The engine as a command: dbt's options, lines on the console, dbt's exit codes.</summary>
public static class DbtCommandLine
{
    /// <summary>Carries out a command line and writes what happens.</summary>
    /// <param name="args">What follows <c>dbt</c>.</param>
    /// <param name="output">Where lines go.</param>
    /// <param name="errors">Where errors go.</param>
    /// <param name="observer">Hears of nodes as well.</param>
    /// <param name="environment">Environment variables; by default those of the process.</param>
    /// <param name="warehouse">An open warehouse to use instead of one made from the profile.</param>
    /// <param name="projectDirectory">The project's folder where the options name none.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="cancellationToken">Ctrl+C.</param>
    /// <returns>dbt's exit code: 0, 1, 2; 130 when cancelled.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args,
        TextWriter output,
        TextWriter errors,
        IDbtObserver? observer = null,
        IReadOnlyDictionary<string, string>? environment = null,
        IWarehouse? warehouse = null,
        string? projectDirectory = null,
        TimeProvider? timeProvider = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(errors);
        if (args.Count == 0 || args[0] is "--help" or "-h" or "help")
        {
            await output.WriteLineAsync(Commands.HelpText.Text).ConfigureAwait(false);
            return args.Count == 0 ? 2 : 0;
        }

        if (args.Contains("--help", StringComparer.Ordinal) || args.Contains("-h", StringComparer.Ordinal))
        {
            return await HelpAsync(args, output, errors).ConfigureAwait(false);
        }

        if (args[0] is "--version" or "-V")
        {
            await output.WriteLineAsync($"dbt engine for .NET, compatible with dbt-core {Compile.DbtSession.Version}").ConfigureAwait(false);
            return 0;
        }

        DbtInvocation invocation;
        try
        {
            var parsed = DbtInvocation.Parse(args, environment, warehouse, null, timeProvider);
            invocation = parsed.Options.ProjectDir is null && projectDirectory is not null
                ? new DbtInvocation { Command = parsed.Command, ProjectDirectory = projectDirectory, EnvironmentVariables = parsed.EnvironmentVariables, Warehouse = warehouse, TimeProvider = parsed.TimeProvider, Options = parsed.Options }
                : parsed;
        }
        catch (DbtException exception)
        {
            await errors.WriteLineAsync(exception.ToConsoleText()).ConfigureAwait(false);
            return 2;
        }

        var console = new Commands.ConsoleObserver(invocation.Options, output, errors, observer, invocation.TimeProvider, () => invocation.RunId);
        var result = await DbtEngine.RunAsync(invocation, console, cancellationToken).ConfigureAwait(false);
        return result.ExitCode;
    }

    private static async Task<int> HelpAsync(IReadOnlyList<string> args, TextWriter output, TextWriter errors)
    {
        try
        {
            // "docs" and "source" are no commands by themselves.
            await output.WriteLineAsync(args[0] is "docs" or "source" && args[1].StartsWith('-') ? Commands.HelpText.Text : Commands.HelpText.Of(Commands.CommandLineParser.CommandOf(args))).ConfigureAwait(false);
            return 0;
        }
        catch (DbtException exception)
        {
            await errors.WriteLineAsync(exception.ToConsoleText()).ConfigureAwait(false);
            return 2;
        }
    }
}
