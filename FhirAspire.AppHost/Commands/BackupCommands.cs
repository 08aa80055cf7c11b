using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using FhirAspire.AppHost.Hosting;
using FhirAspire.Dashboard;
using FhirAspire.Dashboard.Access;
using FhirAspire.Dashboard.Operations;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FhirAspire.AppHost.Commands;

/// <summary><c>backup</c> and <c>restore</c>: consistent copies of warehouse and history, the embedded answer to Time Travel.</summary>
internal static class BackupCommands
{
    private const string BackupPath = "/api/v1/backup";

    public static Command CreateBackup()
    {
        var json = new Option<FileInfo>("--json") { Description = "Also writes what was copied to a file", HelpName = "FILE" };
        var command = new Command("backup", Examples.Add("Copies warehouse and history, also while the host works. The oldest copies beyond Backup:Keep are removed.", "backup", "backup --set Backup:Keep=30")) { json };
        command.SetAction((parsed, stop) => BackupAsync(parsed, parsed.GetValue(json), stop));
        return command;
    }

    public static Command CreateRestore()
    {
        var at = new Option<string>("--at") { Description = "The newest copy of this instant or before, in UTC (default: the newest)", HelpName = "TIME" };
        var to = new Option<DirectoryInfo>("--to") { Description = "Puts the copy into another data folder, to look at it; this one stays as it is", HelpName = "DIR" };
        var list = new Option<bool>("--list") { Description = "Only lists the copies" };
        var history = new Option<bool>("--history") { Description = "Also puts the run history back; what ran since is forgotten" };
        var command = new Command("restore", Examples.Add(
            "Puts the warehouse back as it was. The present one is kept beside it. What came to S3 since then is loaded by the next run.",
            "restore --list", "restore --at 2026-01-31T12:00", "restore --at 2026-01-31T12:00 --to ./look")) { at, to, list, history };
        command.SetAction((parsed, stop) => RestoreAsync(parsed, parsed.GetValue(at), parsed.GetValue(to), parsed.GetValue(list), parsed.GetValue(history), stop));
        return command;
    }

    private static async Task<int> BackupAsync(ParseResult parsed, FileInfo? json, CancellationToken cancellationToken)
    {
        var data = SharedOptions.DataOf(parsed);
        BackupReport report;
        if (HostLock.Running(data) is { } host)
        {
            using var api = HostApi.Of(host);
            report = await api.PostAsync<BackupReport>(BackupPath, new { }, cancellationToken);
        }
        else
        {
            using var held = HostLock.Take(data);
            await using var app = EmbeddedHost.Build(data, [.. SharedOptions.SettingsOf(parsed), new("Jobs:Scheduled", "false"), new("LocalS3:Port", "0")], [new("Logging:LogLevel:Default", "Error")]);
            await app.Services.GetRequiredService<IRunStore>().PrepareAsync(cancellationToken);
            report = await app.Services.GetRequiredService<BackupService>().BackupAsync(Roles.CommandLine(Environment.UserName), cancellationToken);
        }

        if (json is not null)
        {
            await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(report, ReportJson.Options), cancellationToken);
        }

        Console.WriteLine(report.Message);
        return report.Ok ? 0 : Root.Failed;
    }

    private static async Task<int> RestoreAsync(ParseResult parsed, string? at, DirectoryInfo? to, bool list, bool withHistory, CancellationToken cancellationToken)
    {
        var data = SharedOptions.DataOf(parsed);
        var sets = BackupSet.In(DirOf(parsed, data));
        if (list)
        {
            foreach (var one in sets)
            {
                Console.WriteLine($"{one.Manifest.At:yyyy-MM-ddTHH:mm:ss.fff}Z  {one.Manifest.Rows.Values.Sum(),12:N0} rows  {one.Manifest.Files.Values.Sum(file => file.Bytes) / 1e6,10:N1} MB  {one.Folder}");
            }

            Console.WriteLine(sets.Count == 0 ? "There is no copy." : $"{sets.Count} copies.");
            return 0;
        }

        var set = Choose(sets, at);
        if (await set.FindFaultAsync(cancellationToken) is { } fault)
        {
            throw new CommandException($"this copy is damaged: {fault}", "choose an earlier one with --at (restore --list shows them)");
        }

        var target = to is null ? data : new DataDirectory(to.FullName);
        using var held = HostLock.Take(target);
        if (to is not null && File.Exists(target.Warehouse))
        {
            throw new CommandException($"{target.Warehouse} is there already", "give --to an empty folder");
        }

        await PutAsync(set, BackupSet.Warehouse, target.Warehouse, [".wal"], cancellationToken);
        if (withHistory || to is not null)
        {
            await PutAsync(set, BackupSet.History, target.History, ["-wal", "-shm"], cancellationToken);
        }

        await AuditOf(target).WriteAsync(Roles.CommandLine(Environment.UserName), "restore", target.Root, $"the copy of {set.Manifest.At:O}");
        Console.WriteLine($"{target.Warehouse} is as of {set.Manifest.At:yyyy-MM-dd HH:mm:ss} UTC: {set.Manifest.Rows.Values.Sum():N0} rows.");
        return 0;
    }

    private static BackupSet Choose(IReadOnlyList<BackupSet> sets, string? at)
    {
        if (sets.Count == 0)
        {
            throw new CommandException("there is no copy", "'backup' makes one; Backup:Dir says where they are");
        }

        if (at is null)
        {
            return sets[^1];
        }

        if (!DateTime.TryParse(at, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var instant))
        {
            throw new CommandException($"--at is '{at}', which is no time", "write it as 2026-01-31T12:00, in UTC", Root.WrongUse);
        }

        return sets.LastOrDefault(set => set.Manifest.At <= instant)
            ?? throw new CommandException($"the oldest copy is of {sets[0].Manifest.At:yyyy-MM-ddTHH:mm:ss.fff}Z, after {instant:yyyy-MM-ddTHH:mm:ss}Z", "'restore --list' shows all; 'rebuild' makes the tables anew from S3");
    }

    // The copy is complete beside the present file before that is moved away: a command that is killed leaves one or the other.
    private static async Task PutAsync(BackupSet set, string name, string path, string[] companions, CancellationToken cancellationToken)
    {
        var coming = path + ".restoring";
        await using (var source = File.OpenRead(Path.Combine(set.Folder, name)))
        await using (var file = new FileStream(coming, FileMode.Create, FileAccess.Write))
        {
            await source.CopyToAsync(file, cancellationToken);
            file.Flush(flushToDisk: true);
        }

        foreach (var companion in companions.Prepend(""))
        {
            if (File.Exists(path + companion))
            {
                File.Move(path + companion, $"{path}.before-restore{companion}", overwrite: true);
            }
        }

        File.Move(coming, path);
    }

    private static string DirOf(ParseResult parsed, DataDirectory data) =>
        SharedOptions.SettingsOf(parsed).LastOrDefault(setting => setting.Key.Equals("Backup:Dir", StringComparison.OrdinalIgnoreCase)).Value
        ?? Environment.GetEnvironmentVariable("Backup__Dir") ?? data.Backups;

    internal static AuditLog AuditOf(DataDirectory data) =>
        new(Options.Create(new DashboardOptions()), Options.Create(new RunStoreOptions { ConnectionString = data.History }), TimeProvider.System, NullLogger<AuditLog>.Instance);
}
