namespace FhirAspire.Dashboard.Costs;

/// <summary>What a month of 30 days costs at a number of patients a day, item by item. Prices and sizes are stated; nothing is asked of an account.</summary>
public static class CostModel
{
    private const double Days = 30;
    private const double BytesOfGb = 1e9;

    /// <summary>The phases of the mission: patients a day, and what is turned from one to the next.</summary>
    public static readonly CostPhase[] Phases =
    [
        new("Phase 1", 8_000, Gzip: true, Pack: false),
        new("Phase 2", 100_000, Gzip: true, Pack: false),
        new("Phase 3", 1_000_000, Gzip: true, Pack: true),
    ];

    /// <summary>The items of a month in USD.</summary>
    public static IReadOnlyList<CostItem> Month(CostPhase phase, CostPrices prices, CostSizes sizes)
    {
        ArgumentNullException.ThrowIfNull(phase);
        ArgumentNullException.ThrowIfNull(prices);
        ArgumentNullException.ThrowIfNull(sizes);
        var patients = phase.PatientsPerDay * Days;
        var stored = patients * sizes.BytesPerPatient * (phase.Gzip ? sizes.GzipRatio : 1) / BytesOfGb;
        var objects = phase.Pack ? stored * BytesOfGb / sizes.PackBytes : patients * sizes.FilesPerPatient;
        var (load, size) = LoadHours(phase, sizes, stored / Days, objects / Days);
        var (transform, transformSize) = TransformHours(phase, sizes);
        var replicas = Math.Max(1, Math.Ceiling(phase.PatientsPerDay / 86_400 / sizes.PatientsPerSecondAndReplica));
        return
        [
            new("S3 storage, first 30 days", stored * prices.S3GbMonth, $"{stored:N0} GB"),
            new("S3 Glacier, 11 months more", stored * 11 * prices.GlacierGbMonth, $"{stored * 11:N0} GB after a year"),
            new("S3 requests", (objects * prices.S3PutPerThousand / 1000) + (objects * prices.S3GetPerThousand / 1000), $"{objects:N0} objects"),
            new("Snowflake load", load * Days * Credits(size) * prices.SnowflakeCredit, $"{size}, {load:N1} h a day"),
            new("Snowflake dbt", transform * Days * Credits(transformSize) * prices.SnowflakeCredit, $"{transformSize}, {transform:N1} h a day"),
            new("Snowflake storage, after a year", patients * 12 * sizes.WarehouseBytesPerPatient / BytesOfGb / 1000 * prices.SnowflakeTbMonth, $"{patients * 12 * sizes.WarehouseBytesPerPatient / BytesOfGb:N0} GB"),
            new("Containers", (replicas * 2 + 3) * Days * 86_400 * (prices.VcpuSecond + (2 * prices.GibSecond)), $"generator and uploader x{replicas:N0}, loader x{replicas:N0}, dbt-runner, dashboard"),
            new("PostgreSQL for the history", prices.PostgresMonth, "1 small server"),
            new("Traffic out of the containers' cloud", stored * prices.EgressGb, $"{stored:N0} GB"),
        ];
    }

    /// <summary>Credits an hour by warehouse size: each size doubles.</summary>
    private static double Credits(string size) => size switch { "X-Small" => 1, "Small" => 2, "Medium" => 4, "Large" => 8, "X-Large" => 16, _ => throw new ArgumentException($"no size {size}", nameof(size)) };

    // The smallest warehouse that is done within the five minutes between two loads; a warehouse that wakes is paid for a minute at least.
    private static (double Hours, string Size) LoadHours(CostPhase phase, CostSizes sizes, double gbPerDay, double objectsPerDay)
    {
        const double runs = 288;
        foreach (var (size, factor) in Sizes())
        {
            var seconds = ((objectsPerDay / runs / sizes.CopyFilesPerSecond) + (gbPerDay / runs / sizes.CopyGbPerSecond)) / factor;
            if (seconds <= 300 || size == "X-Large")
            {
                return (runs * Math.Max(60, seconds) / 3600, size);
            }
        }

        throw new InvalidOperationException(phase.Name);
    }

    private static (double Hours, string Size) TransformHours(CostPhase phase, CostSizes sizes)
    {
        const double runs = 144;
        foreach (var (size, factor) in Sizes())
        {
            var seconds = sizes.DbtSecondsPerRun + (phase.PatientsPerDay / runs * sizes.DbtSecondsPerPatient / factor);
            if (seconds <= 600 || size == "X-Large")
            {
                return (Math.Min(24, runs * Math.Max(60, seconds) / 3600), size);
            }
        }

        throw new InvalidOperationException(phase.Name);
    }

    private static (string Size, double Factor)[] Sizes() => [("X-Small", 1), ("Small", 2), ("Medium", 4), ("Large", 8), ("X-Large", 16)];
}

/// <summary>A phase: patients a day, and the uploader's two knobs.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="PatientsPerDay">New patients a day.</param>
/// <param name="Gzip">Whether objects are compressed.</param>
/// <param name="Pack">Whether small files are packed into large objects.</param>
public sealed record CostPhase(string Name, double PatientsPerDay, bool Gzip, bool Pack);

/// <summary>An item of a month.</summary>
/// <param name="Name">What is paid for.</param>
/// <param name="Usd">How much.</param>
/// <param name="Amount">How much of it.</param>
public sealed record CostItem(string Name, double Usd, string Amount);
