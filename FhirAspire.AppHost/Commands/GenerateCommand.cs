using System.CommandLine;
using System.Text.Json;
using FhirAspire.Fhir.Bundles;
using FhirAspire.Fhir.Export;
using FhirAspire.Generator;
using FhirAspire.Generator.Simulate;
using FhirAspire.Simulation;
using Spectre.Console;

namespace FhirAspire.AppHost.Commands;

/// <summary>Bulk generation into a folder.</summary>
internal static class GenerateCommand
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromSeconds(5);

    private static readonly Option<long> Patients = new("--patients", "-p") { Description = "Living patients; those who die on the way come on top", HelpName = "N", Required = true };

    private static readonly Option<DirectoryInfo> Out = new("--out", "-o") { Description = "New or empty folder, or that of an interrupted run with the same options", HelpName = "DIR", Required = true };

    private static readonly Option<ulong> Seed = new("--seed", "-s") { Description = "The same seed and options give the same bytes", DefaultValueFactory = _ => 1 };

    private static readonly Option<string> State = new("--state") { Description = "State of the United States, such as Texas or TX; the own data has seven, an unknown one is answered with their list; all with --synthea-data", DefaultValueFactory = _ => "Massachusetts" };

    private static readonly Option<string?> City = new("--city") { Description = "City of the state (default: all, by population)" };

    private static readonly Option<string?> Sex = new("--sex") { Description = "F or M (default: both)" };

    private static readonly Option<string?> Age = new("--age") { Description = "Ages at the end, as 40-60", HelpName = "FROM-TO" };

    private static readonly Option<string[]> Modules = new("--modules")
    {
        Description = "Modules in place of the product's own: folder, zip or Synthea jar; may be repeated, 'own' stands for the product's", HelpName = "PATH", Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string?> SyntheaData = new("--synthea-data") { Description = "Synthea's own data in place of the product's: zip, jar or folder", HelpName = "PATH" };

    private static readonly Option<DateOnly?> AsOf = new("--as-of") { Description = "The day on which the simulation ends (default: today)", HelpName = "YYYY-MM-DD" };

    private static readonly Option<int> Years = new("--years-of-history") { Description = "Years of records before the end; 0 for whole lives", DefaultValueFactory = _ => 10 };

    private static readonly Option<ExportFormat> Format = new("--format") { Description = "fhir: a bundle a patient; ndjson: Bulk Data; csv: Synthea's 18 tables", DefaultValueFactory = _ => ExportFormat.Fhir };

    private static readonly Option<bool> Gzip = new("--gzip") { Description = "Gzips the files" };

    private static readonly Option<bool> Pretty = new("--pretty") { Description = "Bundles with lines and indents" };

    private static readonly Option<bool> Collection = new("--collection") { Description = "Collection bundles instead of transactions" };

    private static readonly Option<bool> SelfContained = new("--self-contained") { Description = "Bundles that hold their organizations and practitioners, with plain references" };

    private static readonly Option<bool> NoUsCore = new("--no-us-core") { Description = "Base FHIR R4 without the profiles of US Core" };

    private static readonly Option<int> Threads = new("--threads") { Description = "Threads (default: one a core)", HelpName = "N" };

    private static readonly Option<FileInfo?> Json = new("--json") { Description = "Also writes the summary to a file", HelpName = "FILE" };

    public static Command Create()
    {
        Patients.AcceptOnly(1, long.MaxValue, "--patients takes a number from 1.");
        Threads.AcceptOnly(1, 10_000, "--threads takes a number from 1 to 10000.");
        Years.AcceptOnly(0, 150, "--years-of-history takes 0 to 150.");
        Sex.AcceptOnlyFromAmong("F", "M");
        var command = new Command("generate", Examples.Add(
            "Simulates many patients into a folder, on all cores. Interrupted, the same command goes on where it stood.",
            "generate --patients 1000 --seed 42 --state Massachusetts --out patients",
            "generate --patients 100 --age 40-60 --sex F --format csv --out tables",
            "generate --patients 100 --modules synthea.jar --synthea-data synthea.jar --format ndjson --gzip --out bulk"))
        {
            Patients, Out, Seed, State, City, Sex, Age, Modules, SyntheaData, AsOf, Years, Format, Gzip, Pretty, Collection, SelfContained, NoUsCore, Threads, Json,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = parsed.GetValue(Out)!.FullName;
        try
        {
            var population = new PopulationOptions
            {
                Seed = parsed.GetValue(Seed),
                State = parsed.GetValue(State)!,
                City = parsed.GetValue(City),
                Sex = parsed.GetValue(Sex),
                Age = parsed.GetValue(Age),
                YearsOfHistory = parsed.GetValue(Years),
                Modules = parsed.GetValue(Modules) is { Length: > 0 } paths ? string.Join(';', paths) : null,
                SyntheaData = parsed.GetValue(SyntheaData),
                AsOf = AsOfOf(parsed, folder),
            };
            if (population.Faults().FirstOrDefault() is { } fault)
            {
                throw new CommandException(fault.ErrorMessage!, exitCode: Root.WrongUse);
            }

            return await ExportAsync(parsed, population, folder, cancellationToken);
        }
        catch (FhirWriteException e)
        {
            throw new CommandException(e.Message);
        }
        catch (SimulationException e)
        {
            // A module that fails while it runs is not the fault of the command line.
            throw new CommandException(e.Message, exitCode: e is FhirAspire.Simulation.Modules.ModuleException { Issues.Count: 0 } ? Root.Failed : Root.WrongUse);
        }
    }

    private static DateTimeOffset AsOfOf(ParseResult parsed, string folder)
        => parsed.GetValue(AsOf) is { } day ? new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero) : BulkExport.AsOfIn(folder) ?? new DateTimeOffset(DateTimeOffset.UtcNow.Date, TimeSpan.Zero);

    private static async Task<int> ExportAsync(ParseResult parsed, PopulationOptions options, string folder, CancellationToken cancellationToken)
    {
        var population = new Population(options);
        var generator = await Task.Run(() => population.GeneratorAt(options.AsOf!.Value), cancellationToken);
        var export = new ExportOptions
        {
            Patients = parsed.GetValue(Patients),
            Output = folder,
            Format = parsed.GetValue(Format),
            Gzip = parsed.GetValue(Gzip),
            Threads = parsed.GetValue(Threads),
            Sources = population.Sources,
            Bundles = new BundleOptions
            {
                Kind = parsed.GetValue(Collection) ? BundleKind.Collection : BundleKind.Transaction,
                References = parsed.GetValue(SelfContained) ? ReferenceStyle.Contained : ReferenceStyle.Conditional,
                UsCore = !parsed.GetValue(NoUsCore),
                Indented = parsed.GetValue(Pretty),
            },
        };
        var started = TimeProvider.System.GetTimestamp();
        var done = await ShowAsync(export, progress => Task.Run(() => BulkExport.Run(generator, export, progress, cancellationToken), CancellationToken.None));
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        var unit = export.Format == ExportFormat.Csv ? "rows" : "resources";
        Console.WriteLine(done.Resources == 0
            ? $"{folder} holds all of it already: {done.Patients:N0} patients, {done.Slots:N0} of them living on {options.AsOf:yyyy-MM-dd}."
            : $"{done.Patients:N0} patients, {done.Slots:N0} of them living on {options.AsOf:yyyy-MM-dd}, in {folder}. "
                + $"In {seconds:N1} s: {done.Resources:N0} {unit}, {done.Bytes / 1e6:N0} MB before compression, {done.Resources / seconds:N0} {unit}/s.");
        if (parsed.GetValue(Json) is { } json)
        {
            var summary = new GenerateSummary(done.Patients, done.Slots, done.Resources, done.Bytes, seconds, options.AsOf!.Value, folder);
            await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(summary, ReportJson.Options), CancellationToken.None);
        }

        return 0;
    }

    private static async Task<ExportProgress> ShowAsync(ExportOptions export, Func<IProgress<ExportProgress>, Task<ExportProgress>> run)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            var last = TimeProvider.System.GetTimestamp();
            return await run(new Told(progress =>
            {
                if (TimeProvider.System.GetElapsedTime(last) >= LineInterval)
                {
                    last = TimeProvider.System.GetTimestamp();
                    Console.WriteLine($"{progress.Slots:N0} of {export.Patients:N0} patients, {progress.Bytes / 1e6:N0} MB");
                }
            }));
        }

        return await AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn(), new SpinnerColumn())
            .StartAsync(context =>
            {
                var task = context.AddTask("generate", maxValue: export.Patients);
                return run(new Told(progress =>
                {
                    task.Value = progress.Slots;
                    task.Description = $"{progress.Slots:N0} of {export.Patients:N0} patients, {progress.Bytes / 1e6:N0} MB";
                }));
            });
    }

    /// <summary>Tells at once, on the thread that reports; the order of reports is theirs.</summary>
    private sealed class Told(Action<ExportProgress> tell) : IProgress<ExportProgress>
    {
        public void Report(ExportProgress value) => tell(value);
    }
}

/// <summary>The summary of <c>generate --json</c>.</summary>
/// <param name="Patients">Patients, dead ones included.</param>
/// <param name="Living">Living patients.</param>
/// <param name="Resources">Resources (rows for CSV) that this call has written.</param>
/// <param name="Bytes">Bytes that this call has written, before compression.</param>
/// <param name="Seconds">What it took.</param>
/// <param name="AsOf">End of the simulation.</param>
/// <param name="Folder">Where they are.</param>
internal sealed record GenerateSummary(long Patients, long Living, long Resources, long Bytes, double Seconds, DateTimeOffset AsOf, string Folder);
