using FhirAspire.Dbt.Commands;
using FhirAspire.Dbt.Values;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt;

/// <summary>One run of the engine: a command with its options, as dbt's command line has them.</summary>
public sealed class DbtInvocation
{
    /// <summary>The command: <c>run</c>, <c>test</c>, <c>build</c>, <c>docs generate</c> and so on.</summary>
    public required string Command { get; init; }

    /// <summary>The project's folder, where <c>dbt_project.yml</c> is; by default the current folder.</summary>
    public string ProjectDirectory { get; init; } = Environment.CurrentDirectory;

    /// <summary>Environment variables that templates and options see; by default those of the process.</summary>
    public IReadOnlyDictionary<string, string>? EnvironmentVariables { get; init; }

    /// <summary>A warehouse that is open already; without it one is made from <c>profiles.yml</c>. It is not disposed.</summary>
    public IWarehouse? Warehouse { get; init; }

    /// <summary>
    /// Selections whose nodes run in one transaction each, such as <c>marts</c>: other sessions see all of a group or
    /// nothing, and a failure rolls all of it back. DuckDB and PostgreSQL only. The nodes of a group must not have nodes
    /// outside of it between them.
    /// </summary>
    public IReadOnlyList<string> AtomicGroups { get; init; } = [];

    /// <summary>Clock of artifacts and macros.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    internal DbtOptions Options { get; init; } = new();

    /// <summary>The id of the run that is under way; each run has its own.</summary>
    internal string RunId { get; set; } = Guid.NewGuid().ToString();

    /// <summary>Reads a command line as dbt does: <c>["run", "--select", "marts"]</c>.</summary>
    /// <param name="args">What follows <c>dbt</c>.</param>
    /// <param name="environment">Environment variables; by default those of the process.</param>
    /// <param name="warehouse">An open warehouse to use instead of one made from the profile.</param>
    /// <param name="atomicGroups">See <see cref="AtomicGroups"/>.</param>
    /// <param name="timeProvider">Clock of artifacts and macros.</param>
    /// <exception cref="DbtException">The command line is refused; <see cref="DbtErrorKind.Usage"/>.</exception>
    public static DbtInvocation Parse(IReadOnlyList<string> args, IReadOnlyDictionary<string, string>? environment = null, IWarehouse? warehouse = null, IReadOnlyList<string>? atomicGroups = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        var variables = environment ?? ProcessEnvironment();
        var options = CommandLineParser.Parse(args, variables);
        return new DbtInvocation
        {
            Command = options.Command,
            ProjectDirectory = options.ProjectDir ?? Environment.CurrentDirectory,
            EnvironmentVariables = variables,
            Warehouse = warehouse,
            AtomicGroups = atomicGroups ?? [],
            TimeProvider = timeProvider ?? TimeProvider.System,
            Options = options,
        };
    }

    internal static Dictionary<string, string> ProcessEnvironment()
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            variables[(string)entry.Key] = (string?)entry.Value ?? string.Empty;
        }

        return variables;
    }
}
