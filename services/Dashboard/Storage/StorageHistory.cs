using System.Text.Json;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.Options;

namespace FhirAspire.Dashboard.Storage;

/// <summary>
/// The samples, a JSON document a line: all of the last two days, before that the first of each hour, for a year. Without a file (a history on PostgreSQL and no
/// <c>Dashboard:StorageFile</c>) they live as long as the process.
/// </summary>
public sealed class StorageHistory(IOptions<DashboardOptions> options, IOptions<RunStoreOptions> history, TimeProvider time, ILogger<StorageHistory> logger)
{
    private const int LinesBeforeThinning = 2000;

    private static readonly TimeSpan KeptInFull = TimeSpan.FromDays(2);
    private static readonly TimeSpan KeptAtAll = TimeSpan.FromDays(366);

    private readonly Lock gate = new();
    private List<StorageSample>? samples;
    private int addedSinceThinning;

    /// <summary>Whether samples outlive the process.</summary>
    public bool IsKept => FilePath is not null;

    private string? FilePath => options.Value.StorageFile ?? (history.Value is { Provider: RunStoreProvider.Sqlite, ConnectionString: { Length: > 0 } db }
        ? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(db))!, "storage.jsonl")
        : null);

    /// <summary>The samples since an instant, oldest first.</summary>
    public IReadOnlyList<StorageSample> Since(DateTime from)
    {
        lock (gate)
        {
            return [.. Samples().Where(sample => sample.At >= from)];
        }
    }

    /// <summary>The newest sample; null before the first.</summary>
    public StorageSample? Newest
    {
        get
        {
            lock (gate)
            {
                return Samples().LastOrDefault();
            }
        }
    }

    /// <summary>Adds a sample. One that cannot be written is told in the log, and is kept in memory.</summary>
    public void Add(StorageSample sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        lock (gate)
        {
            var all = Samples();
            all.Add(sample);
            try
            {
                if (all.Count > LinesBeforeThinning && ++addedSinceThinning > LinesBeforeThinning / 10)
                {
                    addedSinceThinning = 0;
                    samples = Thin(all, time.GetUtcNow().UtcDateTime);
                    Rewrite(samples);
                }
                else if (FilePath is { } path)
                {
                    Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                    File.AppendAllText(path, Line(sample));
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                DashboardLog.NotSampled(logger, exception);
            }
        }
    }

    /// <summary>The samples that are kept.</summary>
    internal static List<StorageSample> Thin(IReadOnlyList<StorageSample> samples, DateTime now)
    {
        var kept = new List<StorageSample>();
        long? hour = null;
        foreach (var sample in samples.Where(sample => sample.At > now - KeptAtAll))
        {
            var own = sample.At.Ticks / TimeSpan.TicksPerHour;
            if (sample.At > now - KeptInFull || own != hour)
            {
                kept.Add(sample);
            }

            hour = own;
        }

        return kept;
    }

    private void Rewrite(List<StorageSample> kept)
    {
        if (FilePath is { } path)
        {
            File.WriteAllLines(path + ".new", kept.Select(sample => Line(sample).TrimEnd()));
            File.Move(path + ".new", path, overwrite: true);
        }
    }

    private List<StorageSample> Samples()
    {
        if (samples is not null)
        {
            return samples;
        }

        samples = [];
        if (FilePath is { } path && File.Exists(path))
        {
            samples.AddRange(File.ReadLines(path).Select(Parse).OfType<StorageSample>());
        }

        return samples;
    }

    private static string Line(StorageSample sample) => JsonSerializer.Serialize(sample, JsonSerializerOptions.Web) + "\n";

    // The end of a line may be missing where a process was killed.
    private static StorageSample? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<StorageSample>(line, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
