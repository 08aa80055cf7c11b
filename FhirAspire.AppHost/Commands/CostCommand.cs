using System.CommandLine;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using FhirAspire.AppHost.Hosting;
using FhirAspire.Dashboard.Costs;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using Spectre.Console;

namespace FhirAspire.AppHost.Commands;

/// <summary>Estimates what the deployed pipeline costs.</summary>
internal static class CostCommand
{
    public static Command Create()
    {
        var prices = new Option<string[]>("--price") { Description = $"Another price in USD or size: {string.Join(", ", Names(typeof(CostPrices)).Concat(Names(typeof(CostSizes))))}", HelpName = "NAME=VALUE" };
        var patients = new Option<int?>("--patients") { Description = "Another number of patients a day, instead of the three phases", HelpName = "N" };
        patients.AcceptOnly(1, int.MaxValue, "--patients takes a number from 1.");
        var pack = new Option<bool>("--pack") { Description = "With --patients: small files packed by the uploader" };
        var json = new Option<FileInfo>("--json") { Description = "Also writes the table to a file", HelpName = "FILE" };
        var command = new Command("cost", Examples.Add(
            "Estimates a month's cost of the deployed pipeline from stated prices and the sizes that this data directory has seen.",
            "cost", "cost --price SnowflakeCredit=3.00", "cost --patients 20000 --json cost.json")) { prices, patients, pack, json };
        command.SetAction((parsed, stop) => RunAsync(SharedOptions.DataOf(parsed), parsed.GetValue(prices) ?? [], parsed.GetValue(patients), parsed.GetValue(pack), parsed.GetValue(json), stop));
        return command;
    }

    private static async Task<int> RunAsync(DataDirectory data, string[] changes, int? patients, bool pack, FileInfo? json, CancellationToken cancellationToken)
    {
        var (prices, sizes) = (new CostPrices(), new CostSizes());
        var source = await MeasureAsync(data, sizes, cancellationToken);
        foreach (var change in changes)
        {
            Change(change, prices, sizes);
        }

        CostPhase[] phases = patients is { } number ? [new CostPhase("chosen", number, Gzip: true, pack)] : CostModel.Phases;
        var months = phases.Select(phase => CostModel.Month(phase, prices, sizes)).ToList();
        Write(phases, months, source);
        if (json is not null)
        {
            var report = phases.Zip(months, (phase, items) => new { phase.Name, phase.PatientsPerDay, phase.Gzip, phase.Pack, Usd = items.Sum(item => item.Usd), Items = items });
            await File.WriteAllTextAsync(json.FullName, JsonSerializer.Serialize(new { Prices = prices, Sizes = sizes, SizesFrom = source, Phases = report }, ReportJson.Options), cancellationToken);
        }

        return 0;
    }

    // What went through the uploader of this data directory, if enough did to speak for others.
    private static async Task<string> MeasureAsync(DataDirectory data, CostSizes sizes, CancellationToken cancellationToken)
    {
        if (File.Exists(data.History))
        {
            var store = new RunStore(new RunStoreOptions { ConnectionString = data.History }, TimeProvider.System);
            var made = await store.QueryAsync(new RunFilter { Job = JobNames.Generator, Limit = 10_000 }, cancellationToken);
            var (patients, bytes, files) = (Sum(made, "patients"), Sum(made, "bytes"), Sum(made, "files"));
            if (patients >= 3 && bytes > 0)
            {
                sizes.BytesPerPatient = (double)bytes / patients;
                sizes.FilesPerPatient = (double)files / patients;
                return $"{patients:N0} patients in {data.Root}";
            }
        }

        return "docs/performance.md (this data directory has no history yet)";
    }

    private static long Sum(IEnumerable<JobRun> runs, string counter) => runs.Sum(run => run.Counts.GetValueOrDefault(counter));

    private static void Change(string change, params object[] targets)
    {
        var parts = change.Split('=', 2);
        var found = targets.Select(target => (Target: target, Property: target.GetType().GetProperty(parts[0], BindingFlags.Public | BindingFlags.Instance | BindingFlags.IgnoreCase))).FirstOrDefault(pair => pair.Property?.PropertyType == typeof(double));
        if (found.Property is null || parts.Length < 2 || !double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !(value >= 0) || !double.IsFinite(value))
        {
            throw new CommandException($"--price {change}", $"give NAME=VALUE with a number from 0 and one of {string.Join(", ", targets.SelectMany(target => Names(target.GetType())))}", Root.WrongUse);
        }

        found.Property.SetValue(found.Target, value);
    }

    private static IEnumerable<string> Names(Type type) => type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.PropertyType == typeof(double)).Select(property => property.Name);

    private static void Write(CostPhase[] phases, List<IReadOnlyList<CostItem>> months, string source)
    {
        var table = new Table().AddColumn("USD a month");
        foreach (var phase in phases)
        {
            table.AddColumn(new TableColumn($"{phase.Name}\n{phase.PatientsPerDay.ToString("N0", CultureInfo.InvariantCulture)} a day{(phase.Pack ? ", packed" : "")}").RightAligned());
        }

        for (var i = 0; i < months[0].Count; i++)
        {
            table.AddRow([months[0][i].Name, .. months.Select(items => $"{Usd(items[i].Usd)}\n{items[i].Amount.EscapeMarkup()}")]);
        }

        table.AddRow(["In all", .. months.Select(items => Usd(items.Sum(item => item.Usd)))]);
        table.AddRow(["A thousand patients", .. months.Zip(phases, (items, phase) => (items.Sum(item => item.Usd) / phase.PatientsPerDay / 30 * 1000).ToString("N2", CultureInfo.InvariantCulture))]);
        AnsiConsole.Write(table);
        AnsiConsole.WriteLine($"Sizes: {source}. Prices are list prices stated in the program; Snowflake's speeds are assumptions (CopyFilesPerSecond, CopyGbPerSecond, Dbt*).");
    }

    private static string Usd(double amount) => amount.ToString("N0", CultureInfo.InvariantCulture);
}
