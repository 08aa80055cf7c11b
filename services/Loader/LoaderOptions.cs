using System.ComponentModel.DataAnnotations;

namespace FhirAspire.Loader;

/// <summary>How objects are loaded. Section <c>Loader</c>.</summary>
public sealed class LoaderOptions
{
    /// <summary>Bytes in the bucket after which a transaction is committed; it bounds the memory of a load.</summary>
    [Range(1 << 20, 4L << 30)]
    public long BatchBytes { get; set; } = 48L << 20;

    /// <summary>Objects after which a transaction is committed.</summary>
    [Range(1, 100_000)]
    public int BatchObjects { get; set; } = 1000;

    /// <summary>Objects read and checked at the same time.</summary>
    [Range(1, 64)]
    public int Parallelism { get; set; } = Math.Clamp(Environment.ProcessorCount, 1, 8);

    /// <summary>Days, today included, whose prefixes every run lists.</summary>
    [Range(1, 366)]
    public int RecentDays { get; set; } = 2;

    /// <summary>Time between two listings of everything, which find late and foreign objects.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan SweepInterval { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The largest document, unpacked; a larger one is quarantined. A document is held in memory whole.</summary>
    [Range(1 << 10, 1L << 30)]
    public long MaxDocumentBytes { get; set; } = 256L << 20;
}
