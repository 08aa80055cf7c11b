using System.CommandLine;
using System.Text.Json;
using FhirAspire.AppHost.Hosting;
using FhirAspire.DbtRunner;
using FhirAspire.Generator;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;
using Microsoft.Extensions.Options;
using Spectre.Console;

namespace FhirAspire.AppHost.Commands;

/// <summary>Takes a finite input through every stage and the tests.</summary>
internal static class OnceCommand
{
    public static Command Create()
    {
        var source = new Option<DirectoryInfo>("--source") { Description = "Folder of FHIR files: .json, .json.gz, .ndjson, .ndjson.gz (default: the bundled sample)", HelpName = "DIR" }.AcceptExistingOnly();
        var patients = new Option<int?>("--patients") { Description = "Simulates so many patients; with --source, takes at most so many of its files", HelpName = "N" };
        patients.AcceptOnly(1, int.MaxValue, "--patients takes a number from 1.");
        var json = new Option<FileInfo>("--json") { Description = "Also writes the summary to a file", HelpName = "FILE" };
        var command = new Command("once", Examples.Add(
            "Takes a finite input through generator, upload, load, dbt run and dbt test, and prints a summary.",
            "once", "once --source ~/synthea/output/fhir", "once --patients 100 --data ./trial --json summary.json")) { source, patients, json };
        command.SetAction((parsed, stop) => RunAsync(parsed, parsed.GetValue(source), parsed.GetValue(patients), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, DirectoryInfo? source, int? patients, FileInfo? json, CancellationToken cancellationToken)
    {
        var data = SharedOptions.DataOf(parsed);
        using var held = HostLock.Take(data);
        var state = Path.Combine(Path.GetTempPath(), $"fhiraspire-once-{Guid.NewGuid():N}.json");
        List<KeyValuePair<string, string?>> settings =
        [
            .. SharedOptions.SettingsOf(parsed),
            new("Jobs:Scheduled", "false"), new("LocalS3:Port", "0"),
            new("Generator:Replay:Loop", "false"),
            new("Generator:Replay:StateFile", state),
            new("Generator:PatientsPerRun", (patients ?? int.MaxValue).ToString()),
        ];
        if (source is not null)
        {
            settings.Add(new("Generator:Replay:Source", source.FullName));
        }

        // Without a number of patients only a replay comes to an end.
        var defaults = new List<KeyValuePair<string, string?>> { new("Logging:LogLevel:Default", "Warning"), new("Dashboard:Port", "0"), new("Spool:Durable", "false") };
        defaults.AddRange(EmbeddedDefaults.WithoutTimeouts);
        if (source is not null || patients is null)
        {
            defaults.Add(new("Generator:Mode", "Replay"));
        }

        try
        {
            await using var app = EmbeddedHost.Build(data, settings, defaults);
            await app.StartAsync(cancellationToken);
            var report = await RunStagesAsync(app, cancellationToken);
            await app.StopAsync(CancellationToken.None);
            report.Write(AnsiConsole.Console);
            if (json is not null)
            {
                await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(report, ReportJson.Options), CancellationToken.None);
            }

            cancellationToken.ThrowIfCancellationRequested();
            return report.Succeeded ? 0 : Root.Failed;
        }
        finally
        {
            File.Delete(state);
        }
    }

    private static async Task<OnceReport> RunStagesAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var time = app.Services.GetRequiredService<TimeProvider>();
        var started = time.GetTimestamp();
        var report = new OnceReport();
        var scheduler = app.Services.GetRequiredService<JobScheduler>();
        await app.Services.GetRequiredService<IRunStore>().PrepareAsync(cancellationToken);

        var source = app.Services.GetRequiredService<IOptions<GeneratorOptions>>().Value.Mode == GeneratorMode.Replay ? "replay" : "generate";
        foreach (var (name, job) in new[] { (source, JobNames.Generator), ("upload", JobNames.Uploader), ("load", JobNames.Loader), ("dbt", JobNames.Dbt) })
        {
            var runner = scheduler.Jobs[job];
            var before = time.GetTimestamp();
            // A finite command has a person waiting: an error is told now, not after retries.
            var run = await StageProgress.ShowAsync(name, runner, time, () => runner.TriggerAsync(RunTrigger.Manual, cancellationToken))
                ?? throw new CommandException($"{job} is running in another process", "wait for it, or use another --data folder");
            Add(report, name, run, time.GetElapsedTime(before).TotalSeconds);
            if (run.Status != RunStatus.Succeeded)
            {
                report.Errors.Add($"{name}: {run.Error}");
                if (run.Status == RunStatus.Cancelled)
                {
                    return report;
                }
            }
        }

        await CountRowsAsync(app.Services.GetRequiredService<IWarehouse>(), report, cancellationToken);
        report.Seconds = time.GetElapsedTime(started).TotalSeconds;
        report.Succeeded = report.Errors.Count == 0;
        return report;
    }

    private static void Add(OnceReport report, string name, JobRun run, double seconds)
    {
        long? Count(string counter) => run.Counts.TryGetValue(counter, out var value) ? value : null;
        switch (name)
        {
            case "dbt":
                // Each part of the dbt run is a stage of its own; its rate is that of the raw bytes it went through.
                var loaded = report.Stages[^1].Bytes;
                foreach (var layer in DbtLayers.All)
                {
                    if (Count(DbtLayers.MillisecondsOf(layer)) is { } milliseconds)
                    {
                        report.Stages.Add(new StageReport($"dbt {layer}", milliseconds / 1e3) { Bytes = loaded });
                    }
                }

                foreach (var (counter, value) in run.Counts.Where(count => count.Key.StartsWith(DbtLayers.TestPrefix, StringComparison.Ordinal)))
                {
                    report.Tests[counter[DbtLayers.TestPrefix.Length..]] = value;
                }

                report.Stages.Add(new StageReport("dbt in all", seconds) { Bytes = loaded, Status = run.Status.ToString() });
                break;
            default:
                report.Stages.Add(new StageReport(name, seconds)
                {
                    Files = Count("files"), Bytes = Count("bytes"), Resources = Count("resources"), Rows = Count("rows"), Status = run.Status.ToString(),
                });
                report.Patients += Count("patients") ?? 0;
                report.Quarantined += Count("errors") ?? 0;
                break;
        }
    }

    private static async Task CountRowsAsync(IWarehouse warehouse, OnceReport report, CancellationToken cancellationToken)
    {
        await using var session = await warehouse.OpenAsync(cancellationToken);
        var tables = await session.QueryAsync("""
            select table_schema, table_name from information_schema.tables
            where table_schema in ('raw', 'staging', 'intermediate', 'marts') order by 1, 2
            """, null, cancellationToken);
        foreach (var table in tables.Rows)
        {
            var name = new TableName((string)table[0]!, (string)table[1]!);
            report.Rows[name.ToString()] = Convert.ToInt64((await session.QueryAsync($"select count(*) from {warehouse.Dialect.Quote(name)}", null, cancellationToken)).Scalar);
        }
    }
}
