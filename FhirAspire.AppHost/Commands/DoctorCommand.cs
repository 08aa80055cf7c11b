using System.CommandLine;
using System.Text.Json;
using FhirAspire.AppHost.Hosting;
using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;
using Microsoft.Extensions.Options;

namespace FhirAspire.AppHost.Commands;

/// <summary>Checks everything that the pipeline needs, and says how to mend what is wrong.</summary>
internal static class DoctorCommand
{
    private const long EnoughDisk = 5L << 30;

    public static Command Create()
    {
        var json = new Option<FileInfo>("--json") { Description = "Also writes the checks to a file", HelpName = "FILE" };
        var command = new Command("doctor", Examples.Add("Checks configuration, folders, S3, warehouse, history and dbt project, and says how to mend what is wrong.", "doctor", "doctor --data ./trial --json doctor.json")) { json };
        command.SetAction((parsed, stop) => RunAsync(parsed, parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, FileInfo? json, CancellationToken cancellationToken)
    {
        var data = SharedOptions.DataOf(parsed);
        var checks = new List<DoctorCheck>();
        if (HostLock.Running(data) is { } host)
        {
            checks.Add(new DoctorCheck("host", true, $"process {host.ProcessId} works on {data.Root}{(host.Url is { } url ? $", {url}" : "")}; its parts are checked by it"));
        }
        else
        {
            using var held = HostLock.Take(data);
            await CheckAllAsync(parsed, data, checks, cancellationToken);
        }

        foreach (var check in checks)
        {
            Console.WriteLine($"{(check.Ok ? "ok  " : "FAIL")} {check.Name,-14} {check.Detail}");
            if (check.Mend is { } mend)
            {
                Console.WriteLine($"     {"",-14} to mend it: {mend}");
            }
        }

        if (json is not null)
        {
            await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(checks, ReportJson.Options), cancellationToken);
        }

        return checks.TrueForAll(check => check.Ok) ? 0 : Root.Failed;
    }

    private static async Task CheckAllAsync(ParseResult parsed, DataDirectory data, List<DoctorCheck> checks, CancellationToken cancellationToken)
    {
        var free = new DriveInfo(data.Root).AvailableFreeSpace;
        checks.Add(new DoctorCheck("data", free > EnoughDisk, $"{data.Root}, {free / 1e9:N1} GB free",
            free > EnoughDisk ? null : "make room, or put the data elsewhere with --data DIR; a million resources take about 1 GB"));

        await using var app = EmbeddedHost.Build(data, [.. SharedOptions.SettingsOf(parsed), new("Jobs:Scheduled", "false"), new("LocalS3:Port", "0"), new("Dashboard:Port", "0")], [new("Logging:LogLevel:Default", "Error")]);
        // The options of every part are validated here, all faults at once.
        await app.StartAsync(cancellationToken);
        checks.Add(new DoctorCheck("configuration", true, "every section is valid"));

        var store = app.Services.GetRequiredService<IOptions<ObjectStoreOptions>>().Value;
        await CheckAsync(checks, "s3", "check S3:ServiceUrl, the keys and the network", async () =>
        {
            var bucket = app.Services.GetRequiredService<ObjectBucket>();
            await bucket.EnsureBucketAsync(cancellationToken);
            return $"{store.ServiceUrl ?? "AWS"}, bucket {bucket.Bucket}";
        });
        await CheckAsync(checks, "warehouse", "check the section Warehouse", async () =>
        {
            var warehouse = app.Services.GetRequiredService<IWarehouse>();
            await using var session = await warehouse.OpenAsync(cancellationToken);
            await RawLayer.EnsureAsync(session, cancellationToken);
            var rows = (await session.QueryAsync("select count(*) from raw.fhir_bundles", null, cancellationToken)).Scalar;
            return $"{warehouse.Kind} {warehouse.Location}, {rows} rows in raw.fhir_bundles";
        });
        await CheckAsync(checks, "history", "check the section History", async () =>
        {
            var history = app.Services.GetRequiredService<IRunStore>();
            await history.PrepareAsync(cancellationToken);
            var last = await history.QueryAsync(new RunFilter { Limit = 1 }, cancellationToken);
            return last is [var run] ? $"last run: {run.Job} {run.Status}, {run.StartedAt:u}" : "no run yet";
        });
        await CheckAsync(checks, "dbt project", "mend what the message names, or check Dbt:ProjectDir", async () =>
        {
            var warehouse = app.Services.GetRequiredService<IWarehouse>();
            var options = app.Services.GetRequiredService<IOptions<DbtRunner.DbtOptions>>().Value;
            var invocation = Dbt.DbtInvocation.Parse(["parse", "--project-dir", options.ProjectDir, "--profiles-dir", options.ProjectDir, "--target-path", options.TargetDir], DbtRunner.DbtEnvironment.For(warehouse), warehouse);
            var result = await Dbt.DbtEngine.RunAsync(invocation, new SilentObserver(), cancellationToken);
            return result.ExitCode == 0 ? $"{options.ProjectDir} parses" : throw new CommandException(result.Error?.ToConsoleText() ?? "it does not parse");
        });
        await app.StopAsync(CancellationToken.None);
    }

    private static async Task CheckAsync(List<DoctorCheck> checks, string name, string mend, Func<Task<string>> check)
    {
        try
        {
            checks.Add(new DoctorCheck(name, true, await check()));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            checks.Add(new DoctorCheck(name, false, exception.Message, (exception as WarehouseException)?.Hint ?? mend));
        }
    }

    private sealed class SilentObserver : Dbt.IDbtObserver;
}

/// <summary>One check of <c>doctor</c>.</summary>
internal sealed record DoctorCheck(string Name, bool Ok, string Detail, string? Mend = null);
