using FhirAspire.Pipeline.Jobs;
using Microsoft.Extensions.Configuration.Memory;

namespace FhirAspire.AppHost.Hosting;

/// <summary>The configuration of the embedded host: these defaults, then appsettings.json, then the environment, then the command line.</summary>
internal static class EmbeddedDefaults
{
    /// <summary>For a command on a finite input, which takes as long as it takes: the jobs' limits are for the runs of a schedule.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> WithoutTimeouts =>
        new[] { JobNames.Generator, JobNames.Uploader, JobNames.Loader, JobNames.Dbt }.Select(job => KeyValuePair.Create($"Jobs:{job}:Timeout", (string?)"1.00:00:00"));

    public static void Apply(ConfigurationManager configuration, DataDirectory data, IEnumerable<KeyValuePair<string, string?>> settings, IEnumerable<KeyValuePair<string, string?>> commandDefaults)
    {
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
            ["Warehouse:DuckDb:StorageVersion"] = "v1.2.0",
            ["Warehouse:DuckDb:SetAsideUnreadableLog"] = "true",
            ["Warehouse:DuckDb:RowGroupSize"] = "2048",
            // What is loaded between two checkpoints is a row group of its own: small enough that a query over whole bundles, which takes a row group's worth
            // at a time, stays within the memory limit. Checkpoints would put the row groups together again by vacuuming.
            ["Warehouse:DuckDb:Settings:checkpoint_threshold"] = "96MB",
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
        configuration.AddInMemoryCollection(settings);

        // The bundled sample is small, so it goes on under new ids; a folder of one's own ends.
        var isSample = Path.GetFullPath(configuration["Generator:Replay:Source"] ?? "") == ProductPaths.Sample;
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = [new("Generator:Replay:Loop", isSample ? "true" : "false")] });
    }
}
