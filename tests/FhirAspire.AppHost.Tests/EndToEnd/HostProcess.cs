using System.Text;
using CliWrap;

namespace FhirAspire.AppHost.Tests.EndToEnd;

/// <summary>The product as a user runs it: a process of its own.</summary>
internal static class HostProcess
{
    private static readonly string Assembly = Path.Combine(AppContext.BaseDirectory, "FhirAspire.AppHost.dll");

    /// <summary>Runs a command to its end.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken = default) => RunAsync(arguments, (string?)null, cancellationToken);

    /// <summary>Runs a command to its end, with the token of a host that has a login.</summary>
    public static Task<(int ExitCode, string Output)> RunAsync(IEnumerable<string> arguments, string? token, CancellationToken cancellationToken = default) =>
        RunAsync(arguments, new Dictionary<string, string?> { ["FHIRASPIRE_TOKEN"] = token }, cancellationToken);

    /// <summary>Runs a command to its end, with settings from the environment.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(IEnumerable<string> arguments, IReadOnlyDictionary<string, string?> environment, CancellationToken cancellationToken = default)
    {
        var output = new StringBuilder();
        var target = PipeTarget.ToStringBuilder(output);
        var result = await Cli.Wrap("dotnet").WithArguments([Assembly, .. arguments]).WithValidation(CommandResultValidation.None)
            .WithEnvironmentVariables(environment)
            .WithStandardOutputPipe(target).WithStandardErrorPipe(target).ExecuteAsync(cancellationToken);
        return (result.ExitCode, output.ToString());
    }
}
