using System.CommandLine;
using FhirAspire.AppHost.Hosting;
using FhirAspire.ServiceDefaults;
using FhirAspire.Warehouse;
using Spectre.Console;

namespace FhirAspire.AppHost.Commands;

/// <summary>The command line. Exit codes: 0 done, 1 failed, 2 wrong use or configuration, 130 cancelled.</summary>
internal static class Root
{
    public const int Failed = 1;

    public const int WrongUse = ConfigurationFaults.ExitCode;

    public const int Cancelled = 130;

    public static RootCommand Create()
    {
        var root = new RootCommand(Examples.Add("""
            FhirAspire: patients' FHIR bundles from the source through S3 and the warehouse to a star schema, in one process.
            Without a command the pipeline runs for good, on its schedules.
            """, "", "once", "once --patients 100", "once --source ~/synthea/output/fhir --json summary.json", "generate --patients 1000 --out patients", "dbt build --select marts"));
        SharedOptions.AddTo(root);
        root.SetAction(RunCommand.RunAsync);
        root.Subcommands.Add(OnceCommand.Create());
        root.Subcommands.Add(GenerateCommand.Create());
        root.Subcommands.Add(ModulesCommand.Create());
        root.Subcommands.Add(DbtCommand.Create());
        root.Subcommands.Add(ErrorsCommand.Create());
        root.Subcommands.Add(S3Command.Create());
        root.Subcommands.Add(CostCommand.Create());
        root.Subcommands.Add(BackupCommands.CreateBackup());
        root.Subcommands.Add(BackupCommands.CreateRestore());
        root.Subcommands.Add(RebuildCommand.Create());
        root.Subcommands.Add(DoctorCommand.Create());
        root.Subcommands.Add(ResetCommand.Create());
        return root;
    }

    public static async Task<int> InvokeAsync(string[] args)
    {
        // dbt's own arguments are dbt's to read: none of them is looked at here.
        if (args is ["dbt", ..])
        {
            return await GuardAsync(stop => DbtCommand.RunAsync(args[1..], stop));
        }

        var parsed = Create().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var error in parsed.Errors)
            {
                await Console.Error.WriteLineAsync(error.Message);
            }

            await Console.Error.WriteLineAsync($"Try '{string.Join(' ', CommandPath(parsed))} --help'.");
            return WrongUse;
        }

        return await GuardAsync(stop => parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null }, stop));
    }

    private static IEnumerable<string> CommandPath(ParseResult parsed)
    {
        var names = new List<string>();
        for (var current = parsed.CommandResult; current is not null; current = current.Parent as System.CommandLine.Parsing.CommandResult)
        {
            names.Insert(0, current.Command is RootCommand ? "dotnet run --project FhirAspire.AppHost --" : current.Command.Name);
        }

        return names;
    }

    private static async Task<int> GuardAsync(Func<CancellationToken, Task<int>> run)
    {
        using var stop = new CancellationTokenSource();
        var presses = 0;
        ConsoleCancelEventHandler onCancel = (_, e) =>
        {
            // The first Ctrl+C ends cleanly, the second at once.
            e.Cancel = Interlocked.Increment(ref presses) == 1;
            stop.Cancel();
        };
        Console.CancelKeyPress += onCancel;
        using var terminate = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            stop.Cancel();
        });
        try
        {
            return await run(stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Cancelled.");
            return Cancelled;
        }
        catch (CommandException exception)
        {
            await Console.Error.WriteLineAsync($"Error: {exception.Message}");
            if (exception.Hint is { } hint)
            {
                await Console.Error.WriteLineAsync($"To mend it: {hint}");
            }

            return exception.ExitCode;
        }
        catch (WarehouseException exception)
        {
            await Console.Error.WriteLineAsync($"Error: {exception.DatabaseMessage} [{exception.Code}]");
            if (exception.Hint is { } hint)
            {
                await Console.Error.WriteLineAsync($"To mend it: {hint}");
            }

            return Failed;
        }
        catch (Exception exception) when (ConfigurationFaults.Of(exception) is { Count: > 0 } faults)
        {
            await ConfigurationFaults.WriteAsync(faults);
            return WrongUse;
        }
        finally
        {
            Console.CancelKeyPress -= onCancel;
        }
    }
}
