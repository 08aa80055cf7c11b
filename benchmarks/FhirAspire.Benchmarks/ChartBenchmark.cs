using System.Diagnostics;
using System.Globalization;
using DuckDB.NET.Data;
using FhirAspire.Dashboard;
using FhirAspire.Dashboard.Analytics;
using FhirAspire.Dashboard.Marts;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Benchmarks;

/// <summary>
/// The time of each chart of the dashboard on the marts of many patients: published marts, their rows multiplied in SQL under new ids, read as the dashboard reads them.
/// CPU time stands beside the time on the clock, which other work of the machine makes longer.
/// </summary>
internal static class ChartBenchmark
{
    private const int Rounds = 5;
    private const double Limit = 300;

    /// <summary><c>charts MARTS [PATIENTS]</c>: MARTS is the folder of one run (<c>data/marts/current</c>).</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        if (args is not [var source, .. var rest])
        {
            await Console.Error.WriteLineAsync("charts MARTS [PATIENTS]");
            return 2;
        }

        var wanted = rest is [var count] ? int.Parse(count, CultureInfo.InvariantCulture) : 10_000;
        var folder = Directory.CreateTempSubdirectory("fhiraspire-charts-").FullName;
        try
        {
            Multiply(Path.GetFullPath(source), Path.Combine(folder, "1"), wanted);
            File.CreateSymbolicLink(Path.Combine(folder, "current"), "1");
            return await MeasureAsync(folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Multiply(string source, string target, int wanted)
    {
        Directory.CreateDirectory(target);
        using var connection = new DuckDBConnection("Data Source=:memory:");
        connection.Open();
        var patients = Convert.ToInt64(Scalar($"select count(*) from '{source}/dim_patients.parquet'"), CultureInfo.InvariantCulture);
        var copies = (int)Math.Ceiling((double)wanted / patients);
        foreach (var file in Directory.EnumerateFiles(source, "*.parquet").Order(StringComparer.Ordinal))
        {
            var columns = Columns(file);
            var isOfPatients = columns.Contains("patient") || Path.GetFileName(file) == "dim_patients.parquet";
            // Ids of patients, of their encounters, and of the rows themselves; organizations and payers stay what they are.
            var ids = columns.Where(column => column is "id" or "patient" or "encounter" || column.EndsWith("_key", StringComparison.Ordinal)).ToList();
            var rows = isOfPatients
                ? $"select * exclude (copy) replace ({string.Join(", ", ids.Select(id => $"cast(\"{id}\" as varchar) || '-' || copy as \"{id}\""))}) from '{file}', range({copies}) as copies(copy)"
                : $"from '{file}'";
            Scalar($"copy ({rows}) to '{Path.Combine(target, Path.GetFileName(file))}' (format parquet)");
        }

        Console.WriteLine($"{patients} patients, {copies} times: {patients * copies}");

        object? Scalar(string sql)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            return command.ExecuteScalar();
        }

        List<string> Columns(string file)
        {
            using var command = connection.CreateCommand();
            command.CommandText = $"describe from '{file}'";
            using var reader = command.ExecuteReader();
            var found = new List<string>();
            while (reader.Read())
            {
                found.Add(reader.GetString(0));
            }

            return found;
        }
    }

    private static async Task<int> MeasureAsync(string folder)
    {
        var options = Options.Create(new DashboardOptions { MartsDir = folder });
        using var library = new MartsLibrary(options, new ConfigurationBuilder().Build(), NullLogger<MartsLibrary>.Instance);
        var charts = new ChartService(library, options);
        var open = Stopwatch.StartNew();
        var snapshot = library.Current ?? throw new InvalidOperationException("the marts could not be opened");
        Console.WriteLine($"{snapshot.Rows:N0} rows, {snapshot.Bytes / 1e6:N0} MB of Parquet, opened in {open.ElapsedMilliseconds} ms");
        Console.WriteLine($"{"chart",-24} {"ms",8} {"CPU ms",8} {"rows",6}");
        var slow = 0;
        foreach (var chart in ChartCatalog.All)
        {
            var filter = chart.View == "cohorts" ? AnalyticsFilter.Parse("?cond=59621000.!44054006") with { Other = AnalyticsFilter.Parse("?cond=44054006") } : new AnalyticsFilter();
            var sql = await charts.SqlAsync(chart, filter, 1);
            var rounds = new List<(double Clock, double Cpu)>();
            var rows = 0;
            for (var round = 0; round <= Rounds; round++)
            {
                var cpu = Process.GetCurrentProcess().TotalProcessorTime;
                var watch = Stopwatch.StartNew();
                rows = (await library.QueryAsync(1, sql, null, 20_000, TimeSpan.FromMinutes(2))).Rows.Count;
                rounds.Add((watch.Elapsed.TotalMilliseconds, (Process.GetCurrentProcess().TotalProcessorTime - cpu).TotalMilliseconds));
            }

            // The first reads the files into the system's memory.
            var (clock, used) = (Median(rounds.Skip(1).Select(pair => pair.Clock)), Median(rounds.Skip(1).Select(pair => pair.Cpu)));
            slow += clock > Limit ? 1 : 0;
            Console.WriteLine($"{chart.Id,-24} {clock,8:N0} {used,8:N0} {rows,6:N0}{(clock > Limit ? $"  over {Limit:N0} ms" : "")}");
        }

        return slow == 0 ? 0 : 1;
    }

    private static double Median(IEnumerable<double> values) => values.Order().ElementAt(Rounds / 2);
}
