using System.CommandLine;
using FhirAspire.AppHost.Hosting;
using FhirAspire.Dashboard.Access;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;
using Spectre.Console;

namespace FhirAspire.AppHost.Commands;

/// <summary>Makes every table anew from what is in S3.</summary>
internal static class RebuildCommand
{
    private static readonly string[] Schemas = ["marts", "intermediate", "staging", "raw"];

    public static Command Create()
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask before the schemas of a warehouse on a server are dropped" };
        var command = new Command("rebuild", Examples.Add(
            "Makes the warehouse anew from the objects in S3 alone: loads everything, runs dbt and its tests. A DuckDB file is replaced when that has succeeded; until then it is kept beside.",
            "rebuild", "rebuild --data ./trial")) { yes };
        command.SetAction((parsed, stop) => RunAsync(parsed, parsed.GetValue(yes), stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, bool yes, CancellationToken cancellationToken)
    {
        var data = SharedOptions.DataOf(parsed);
        using var held = HostLock.Take(data);
        var kept = new KeptFile(data.Warehouse);
        kept.MoveAway();
        var done = false;
        try
        {
            done = await BuildAsync(parsed, data, yes, cancellationToken);
        }
        finally
        {
            if (done)
            {
                kept.Forget();
            }
            else
            {
                kept.PutBack();
            }
        }

        await BackupCommands.AuditOf(data).WriteAsync(Roles.CommandLine(Environment.UserName), "rebuild", data.Root, done ? "done" : "failed; the warehouse is as it was");
        return done ? 0 : Root.Failed;
    }

    private static async Task<bool> BuildAsync(ParseResult parsed, DataDirectory data, bool yes, CancellationToken cancellationToken)
    {
        await using var app = EmbeddedHost.Build(
            data, [.. SharedOptions.SettingsOf(parsed), new("Jobs:Scheduled", "false"), new("LocalS3:Port", "0")],
            [new("Logging:LogLevel:Default", "Warning"), new("Dashboard:Port", "0"), .. EmbeddedDefaults.WithoutTimeouts]);
        await app.StartAsync(cancellationToken);
        await app.Services.GetRequiredService<IRunStore>().PrepareAsync(cancellationToken);
        var warehouse = app.Services.GetRequiredService<IWarehouse>();
        if (await NameArchivedAsync(app.Services.GetRequiredService<ObjectBucket>(), cancellationToken) is var archived and > 0)
        {
            throw new CommandException($"{archived} objects are archived and can't be read; the warehouse stays as it is", "restore them in S3, then run 'rebuild' again");
        }

        if (warehouse.Kind != WarehouseKind.DuckDb)
        {
            await DropAsync(warehouse, yes, cancellationToken);
        }

        var time = app.Services.GetRequiredService<TimeProvider>();
        var scheduler = app.Services.GetRequiredService<JobScheduler>();
        foreach (var (name, job) in new[] { ("load", JobNames.Loader), ("dbt", JobNames.Dbt) })
        {
            var runner = scheduler.Jobs[job];
            var run = await StageProgress.ShowAsync(name, runner, time, () => runner.TriggerAsync(RunTrigger.Manual, cancellationToken))
                ?? throw new CommandException($"{job} is running in another process", "wait for it");
            Console.WriteLine($"{name}: {run.Summary ?? run.Error}");
            if (run.Status != RunStatus.Succeeded)
            {
                await Console.Error.WriteLineAsync($"{name}: {run.Error}");
                await app.StopAsync(CancellationToken.None);
                return false;
            }
        }

        await app.StopAsync(CancellationToken.None);
        return true;
    }

    // An archived object cannot be read; to have it back takes hours and costs money, so a person decides.
    private static async Task<int> NameArchivedAsync(ObjectBucket bucket, CancellationToken cancellationToken)
    {
        await bucket.EnsureBucketAsync(cancellationToken);
        var archived = 0;
        await foreach (var item in bucket.ListAsync(ObjectKeys.Patients, null, cancellationToken))
        {
            if (!await bucket.IsReadableAsync(item, cancellationToken))
            {
                archived++;
                Console.WriteLine($"archived ({item.StorageClass}): {item.Key}");
            }
        }

        return archived;
    }

    private static async Task DropAsync(IWarehouse warehouse, bool yes, CancellationToken cancellationToken)
    {
        if (!yes)
        {
            if (Console.IsInputRedirected)
            {
                throw new CommandException($"this drops the schemas {string.Join(", ", Schemas)} of {warehouse.Location}", "say --yes", Root.WrongUse);
            }

            if (!AnsiConsole.Confirm($"Drop the schemas {string.Join(", ", Schemas)} of {Markup.Escape(warehouse.Location)}?", defaultValue: false))
            {
                throw new CommandException("nothing was changed", null, Root.Cancelled);
            }
        }

        await using var session = await warehouse.OpenAsync(cancellationToken);
        foreach (var schema in Schemas)
        {
            await session.ExecuteAsync($"drop schema if exists {schema} cascade", null, cancellationToken);
        }
    }

    /// <summary>A file that is moved away, and comes back unless what replaces it is complete; also after this process was killed in between.</summary>
    private sealed class KeptFile(string path)
    {
        private readonly string aside = path + ".before-rebuild";

        public void MoveAway()
        {
            if (File.Exists(aside))
            {
                // An earlier rebuild was killed: what is here now is its half-made file.
                Delete(path);
            }
            else if (File.Exists(path))
            {
                Move(path, aside);
            }
        }

        public void Forget() => Delete(aside);

        public void PutBack()
        {
            if (File.Exists(aside))
            {
                Delete(path);
                Move(aside, path);
            }
        }

        private static void Move(string from, string to)
        {
            // The log first: without it the file alone would look complete.
            if (File.Exists(from + ".wal"))
            {
                File.Move(from + ".wal", to + ".wal", overwrite: true);
            }

            File.Move(from, to, overwrite: true);
        }

        private static void Delete(string file)
        {
            File.Delete(file);
            File.Delete(file + ".wal");
        }
    }
}
