using System.CommandLine;
using FhirAspire.AppHost.Hosting;
using FhirAspire.Dbt;
using FhirAspire.Dbt.Commands;
using FhirAspire.DbtRunner;
using FhirAspire.Warehouse;

namespace FhirAspire.AppHost.Commands;

/// <summary>The built-in dbt engine, with dbt's own command line.</summary>
internal static class DbtCommand
{
    /// <summary>For the help alone: the arguments are dbt's, and <see cref="RunAsync"/> takes them as they are.</summary>
    public static Command Create() => new("dbt", Examples.Add(
        "Runs the built-in dbt engine on dbt/ and the local warehouse or, with --project-dir, on a project of your own and its profile. All arguments are dbt's.",
        "dbt build", "dbt test --select marts", "dbt run --project-dir ~/jaffle_shop --profiles-dir ~/jaffle_shop", "dbt --help"));

    public static async Task<int> RunAsync(string[] args, CancellationToken cancellationToken)
    {
        var (data, rest) = TakeData(args);
        if (rest.Any(argument => argument == "--project-dir" || argument.StartsWith("--project-dir=", StringComparison.Ordinal)) || rest.Length == 0 || rest.Contains("--help") || rest.Contains("-h"))
        {
            return await DbtCommandLine.RunAsync(rest, Console.Out, Console.Error, cancellationToken: cancellationToken);
        }

        using var held = HostLock.Take(data);
        await using var app = EmbeddedHost.Build(data, [new("Jobs:Scheduled", "false"), new("LocalS3:Port", "0")]);
        var warehouse = app.Services.GetRequiredService<IWarehouse>();
        string[] own = ["--project-dir", ProductPaths.DbtProject, "--profiles-dir", ProductPaths.DbtProject, "--target-path", data.DbtTarget];
        return await DbtCommandLine.RunAsync([.. rest, .. own], Console.Out, Console.Error, environment: DbtEnvironment.For(warehouse), warehouse: warehouse, cancellationToken: cancellationToken);
    }

    // --data is the only argument that is ours.
    private static (DataDirectory Data, string[] Others) TakeData(string[] args)
    {
        var index = Array.FindIndex(args, argument => argument == "--data" || argument.StartsWith("--data=", StringComparison.Ordinal));
        if (index < 0)
        {
            return (new DataDirectory(Environment.GetEnvironmentVariable("FHIRASPIRE_DATA") ?? ProductPaths.DefaultData), args);
        }

        var inline = args[index].Length > "--data".Length;
        if (!inline && index + 1 == args.Length)
        {
            throw new CommandException("--data takes a folder", null, Root.WrongUse);
        }

        var folder = inline ? args[index]["--data=".Length..] : args[index + 1];
        return (new DataDirectory(folder), [.. args[..index], .. args[(index + (inline ? 1 : 2))..]]);
    }
}
