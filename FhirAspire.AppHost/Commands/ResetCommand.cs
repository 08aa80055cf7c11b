using System.CommandLine;
using FhirAspire.AppHost.Hosting;
using Spectre.Console;

namespace FhirAspire.AppHost.Commands;

/// <summary>Removes local data.</summary>
internal static class ResetCommand
{
    public static Command Create()
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var command = new Command("reset", Examples.Add("Removes the local data: spool, S3 objects, warehouse, history, marts, logs. Other files in the folder stay.", "reset", "reset --data ./trial --yes")) { yes };
        command.SetAction((parsed, _) => Task.FromResult(Run(SharedOptions.DataOf(parsed), parsed.GetValue(yes))));
        return command;
    }

    private static int Run(DataDirectory data, bool yes)
    {
        if (!Directory.Exists(data.Root))
        {
            Console.WriteLine($"{data.Root} is not there: nothing to remove.");
            return 0;
        }

        using (HostLock.Take(data))
        {
            if (!yes)
            {
                if (Console.IsInputRedirected)
                {
                    throw new CommandException($"this removes all data in {data.Root}", "say --yes", Root.WrongUse);
                }

                if (!AnsiConsole.Confirm($"Remove all data in {Markup.Escape(data.Root)}?", defaultValue: false))
                {
                    return Root.Cancelled;
                }
            }

            foreach (var path in data.Contents.Where(path => path != data.Lock))
            {
                if (Directory.Exists(path))
                {
                    Directory.Delete(path, recursive: true);
                }
                else
                {
                    File.Delete(path);
                }
            }
        }

        File.Delete(data.Lock);
        if (!Directory.EnumerateFileSystemEntries(data.Root).Any())
        {
            Directory.Delete(data.Root);
        }

        Console.WriteLine($"Removed the data in {data.Root}.");
        return 0;
    }
}
