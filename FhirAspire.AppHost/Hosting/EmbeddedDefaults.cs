using System.Globalization;
using FhirAspire.Pipeline.Jobs;
using Microsoft.Extensions.Configuration.Memory;

namespace FhirAspire.AppHost.Hosting;

/// <summary>The configuration of the embedded host: these defaults, then appsettings.json, then the environment, then the command line.</summary>
internal static class EmbeddedDefaults
{
    /// <summary>For a command on a finite input, which takes as long as it takes: the jobs' limits are for the runs of a schedule.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> WithoutTimeouts =>
        new[] { JobNames.Generator, JobNames.Uploader, JobNames.Loader, JobNames.Dbt }.Select(job => KeyValuePair.Create($"Jobs:{job}:Timeout", (string?)"1.00:00:00"));

    // A pass through staging sorts what it takes in, and has two bundles of the largest kind (90 MB of text, tenfold when parsed) apart at the same time.
    private const int EntriesPerMegabyte = 60;

    // From here on, in MB, a bundle of any size that is met goes through.
    private const int LeastMemory = 2000;

    public static void Apply(ConfigurationManager configuration, DataDirectory data, IEnumerable<KeyValuePair<string, string?>> settings, IEnumerable<KeyValuePair<string, string?>> commandDefaults)
    {
        var memory = WarehouseMemory(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        var defaults = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Logging:LogLevel:Default"] = "Information",
            ["Logging:LogLevel:Microsoft"] = "Warning",
            ["Logging:LogLevel:System"] = "Warning",
            ["Logging:LogLevel:Polly"] = "Warning",
            // Commands speak less on the console; what their runs log is kept all the same.
            ["Logging:RunHistory:LogLevel:Default"] = "Information",
            ["Logging:RunHistory:LogLevel:Microsoft"] = "Warning",
            ["Logging:RunHistory:LogLevel:System"] = "Warning",
            ["Logging:RunHistory:LogLevel:Polly"] = "Warning",
            ["Spool:Path"] = data.Spool,
            ["Generator:Mode"] = "Simulate",
            ["Generator:PositionFile"] = data.GeneratorPosition,
            ["Generator:Replay:Source"] = ProductPaths.Sample,
            ["Generator:Replay:StateFile"] = data.ReplayState,
            ["LocalS3:Root"] = data.S3,
            ["Warehouse:DuckDb:Path"] = data.Warehouse,
            ["Warehouse:DuckDb:MemoryLimit"] = $"{memory}MB",
            ["Warehouse:DuckDb:StorageVersion"] = "v1.2.0",
            ["Warehouse:DuckDb:SetAsideUnreadableLog"] = "true",
            ["Warehouse:DuckDb:RowGroupSize"] = "2048",
            // Checkpoints would put the row groups together again by vacuuming.
            ["Warehouse:DuckDb:Settings:max_vacuum_tasks"] = "0",
            // FSST builds a table of symbols for every row group: dear for small ones, and zstd packs long texts better.
            ["Warehouse:DuckDb:Settings:disabled_compression_methods"] = "fsst",
            ["History:ConnectionString"] = data.History,
            ["Dbt:ProjectDir"] = ProductPaths.DbtProject,
            ["Dbt:TargetDir"] = data.DbtTarget,
            ["Dbt:MartsDir"] = data.Marts,
            ["Backup:Dir"] = data.Backups,
            ["Dashboard:Port"] = "5080",
            ["Dashboard:LogsDir"] = data.Logs,
        };
        foreach (var (key, value) in commandDefaults)
        {
            defaults[key] = value;
        }

        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = defaults });
        // Given twice, the last one counts; what a command itself needs comes behind what the user has set.
        configuration.AddInMemoryCollection(settings.GroupBy(setting => setting.Key, setting => setting.Value, StringComparer.OrdinalIgnoreCase).ToDictionary(key => key.Key, key => key.Last()));
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = WithinMemory(Megabytes(configuration["Warehouse:DuckDb:MemoryLimit"]) ?? memory) });

        // The bundled sample is small, so it goes on under new ids; a folder of one's own ends.
        var isSample = Path.GetFullPath(configuration["Generator:Replay:Source"] ?? "") == ProductPaths.Sample;
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new("Generator:Replay:Loop", isSample ? "true" : "false")] });
    }

    // What is loaded between two checkpoints is a row group of its own: small enough that a query over whole bundles, which takes a row group's worth at a time and
    // needs about ten times that for each thread, stays within the memory limit.
    private static IEnumerable<KeyValuePair<string, string?>> WithinMemory(int megabytes) =>
    [
        new("Loader:BatchBytes", $"{Math.Clamp((24L << 20) * megabytes / LeastMemory, 1 << 20, 24 << 20)}"),
        new("Warehouse:DuckDb:Settings:checkpoint_threshold", $"{Math.Min(16_000L * megabytes / LeastMemory, 16_000)}KB"),
        new("Dbt:MaxNewEntries", $"{Math.Min((long)EntriesPerMegabyte * megabytes, int.MaxValue)}"),
    ];

    /// <summary>A size such as <c>2GB</c> in MB; null where it is none.</summary>
    /// <param name="size">The size, as DuckDB takes it.</param>
    internal static int? Megabytes(string? size)
    {
        var unit = size?.TrimStart("0123456789.".ToCharArray()).Trim().ToUpperInvariant();
        var bytes = unit switch { "KB" => 1e3, "MB" => 1e6, "GB" => 1e9, "KIB" => 1 << 10, "MIB" => 1 << 20, "GIB" => 1 << 30, _ => 0d };
        return bytes > 0 && double.TryParse(size!.Trim().AsSpan()[..^unit!.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0
            ? (int)Math.Clamp(number * bytes / 1e6, 1, int.MaxValue)
            : null;
    }

    /// <summary>DuckDB's share of a machine's memory, in MB: a sixth, 2 GB at least and 4 GB at most.</summary>
    /// <param name="bytes">The memory of the machine, or of its container.</param>
    internal static int WarehouseMemory(long bytes) => (int)Math.Clamp((bytes >> 20) / 6, LeastMemory, 4000);
}
