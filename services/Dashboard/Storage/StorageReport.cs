using FhirAspire.Dashboard.Costs;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Pipeline.Telemetry;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Snowflake;

namespace FhirAspire.Dashboard.Storage;

/// <summary>What the samples and the runs say of storage, processes and cost; pages and API show the same.</summary>
public sealed class StorageReport(StorageHistory history, IRunStore store, OperationsStore operations, IEnumerable<IWarehouse> warehouses, IConfiguration configuration, TimeProvider time, ILogger<StorageReport> logger)
{
    private const int RunsRead = 10_000;
    private const int FewPatients = 3;

    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMinutes(30);

    // Asking wakes a warehouse, which costs a minute of it.
    private static readonly TimeSpan AccountAge = TimeSpan.FromHours(1);

    private readonly SemaphoreSlim gate = new(1, 1);
    private DateTime? accountReadAt;
    private SnowflakeUsage? account;

    /// <summary>Reads what is known since an instant.</summary>
    public async Task<StorageView> ReadAsync(DateTime from, CancellationToken cancellationToken = default)
    {
        var samples = history.Since(from);
        var traffic = await TrafficAsync(cancellationToken);
        return new StorageView
        {
            Samples = samples,
            Uses = Uses([.. samples.Select(sample => (sample.At, sample.Process))]),
            Processes = Processes(await operations.ProcessSamplesAsync(from, cancellationToken)),
            Traffic = traffic,
            Estimate = await EstimateAsync(traffic, cancellationToken),
            Account = await AccountAsync(cancellationToken),
            IsKept = history.IsKept,
        };
    }

    /// <summary>Processor share and transfer between neighbouring samples of one process.</summary>
    internal static IReadOnlyList<UseBetween> Uses(IReadOnlyList<(DateTime At, ProcessUse Process)> samples) =>
    [
        .. samples.Zip(samples.Skip(1)).Where(pair => IsSameProcess(pair.First.Process, pair.Second.Process) && pair.Second.At > pair.First.At).Select(pair =>
        {
            var (a, b, seconds) = (pair.First.Process, pair.Second.Process, (pair.Second.At - pair.First.At).TotalSeconds);
            return new UseBetween(pair.Second.At, Math.Max(0, b.CpuSeconds - a.CpuSeconds) / seconds, b.Memory, Math.Max(0, b.Received - a.Received) / seconds, Math.Max(0, b.Sent - a.Sent) / seconds);
        }),
    ];

    /// <summary>What each process of the pipeline used, by what itself has told: those that still tell first.</summary>
    internal static IReadOnlyList<ProcessView> Processes(IReadOnlyList<ProcessSample> samples) =>
    [
        .. samples.GroupBy(sample => sample.Process, StringComparer.Ordinal)
            .Select(group => new ProcessView(group.Key, group.Last().Service, group.Last().At, group.Last().Use.Memory, Uses([.. group.Select(sample => (sample.At, sample.Use))])))
            .OrderByDescending(process => process.At >= samples[^1].At - (2 * ProcessMeter.Interval)).ThenBy(process => process.Service, StringComparer.Ordinal).ThenByDescending(process => process.At),
    ];

    // The clock of a process's start is told in steps.
    private static bool IsSameProcess(ProcessUse a, ProcessUse b) => (a.StartedAt - b.StartedAt).Duration() < TimeSpan.FromSeconds(2);

    private async Task<Traffic> TrafficAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var runs = await store.QueryAsync(new RunFilter { From = now.AddDays(-1), Limit = RunsRead }, cancellationToken);
        var first = runs.Count == 0 ? now : runs.Min(run => run.StartedAt);
        return new Traffic(
            now - first < ShortestWindow ? ShortestWindow : now - first,
            Sum(JobNames.Generator, "patients"), Sum(JobNames.Generator, "bytes"), Sum(JobNames.Generator, "files"), Sum(JobNames.Uploader, "bytes"), Sum(JobNames.Loader, "bytes"));

        long Sum(string job, string count) => runs.Where(run => run.Job == job).Sum(run => run.Counts.GetValueOrDefault(count));
    }

    // What cannot be read (the role may not, the account does not answer) is asked for again later, and the page goes without.
    private async Task<SnowflakeUsage?> AccountAsync(CancellationToken cancellationToken)
    {
        if (warehouses.OfType<SnowflakeWarehouse>().FirstOrDefault() is not { } warehouse)
        {
            return null;
        }

        await gate.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow().UtcDateTime;
            if (accountReadAt is null || now - accountReadAt >= AccountAge)
            {
                accountReadAt = now;
                await using var session = await warehouse.OpenAsync(cancellationToken);
                account = await SnowflakeUsage.ReadAsync(session, cancellationToken: cancellationToken);
            }
        }
        catch (WarehouseException exception)
        {
            DashboardLog.AccountUnread(logger, exception);
        }
        finally
        {
            gate.Release();
        }

        return account;
    }

    private async Task<CostEstimate?> EstimateAsync(Traffic day, CancellationToken cancellationToken)
    {
        var (patients, bytes, files) = (day.Patients, day.GeneratedBytes, day.Files);
        if (patients < FewPatients)
        {
            var older = await store.QueryAsync(new RunFilter { Job = JobNames.Generator, Limit = RunsRead }, cancellationToken);
            (patients, bytes, files) = (Sum("patients"), Sum("bytes"), Sum("files"));

            long Sum(string count) => older.Sum(run => run.Counts.GetValueOrDefault(count));
        }

        var (prices, sizes) = (new CostPrices(), new CostSizes());
        configuration.GetSection("Cost:Prices").Bind(prices);
        configuration.GetSection("Cost:Sizes").Bind(sizes);
        var isMeasured = patients >= FewPatients && bytes > 0;
        if (isMeasured)
        {
            sizes.BytesPerPatient = (double)bytes / patients;
            sizes.FilesPerPatient = (double)files / patients;
        }

        if (day.Patients == 0)
        {
            return null;
        }

        var now = new CostPhase("today's rate", day.Patients / day.Window.TotalDays, configuration.GetValue("Uploader:Gzip", false), Pack: false);
        return new CostEstimate(now, CostModel.Month(now, prices, sizes), [.. CostModel.Phases.Select(phase => (phase, CostModel.Month(phase, prices, sizes)))], prices, sizes, isMeasured);
    }
}

/// <summary>What the page and the API show.</summary>
public sealed record StorageView
{
    /// <summary>The samples, oldest first.</summary>
    public IReadOnlyList<StorageSample> Samples { get; init; } = [];

    /// <summary>What the process used between them.</summary>
    public IReadOnlyList<UseBetween> Uses { get; init; } = [];

    /// <summary>The processes of the pipeline, this one among them.</summary>
    public IReadOnlyList<ProcessView> Processes { get; init; } = [];

    /// <summary>What was moved in the last day.</summary>
    public required Traffic Traffic { get; init; }

    /// <summary>What the deployed pipeline would cost; null while no patient has come in a day.</summary>
    public CostEstimate? Estimate { get; init; }

    /// <summary>What the Snowflake account has counted in the last week; null on other databases.</summary>
    public SnowflakeUsage? Account { get; init; }

    /// <summary>Whether the samples outlive the process.</summary>
    public bool IsKept { get; init; }

    /// <summary>The newest size of a place.</summary>
    public PlaceSize? Now(string place) => Samples.Count == 0 ? null : Samples[^1].Places.GetValueOrDefault(place);

    /// <summary>Bytes a day that a place grew by over the samples; null where they span too short a time.</summary>
    public double? GrowthPerDay(string place)
    {
        var known = Samples.Where(sample => sample.Places.GetValueOrDefault(place)?.Bytes is not null).ToList();
        return known.Count < 2 || known[^1].At - known[0].At < TimeSpan.FromMinutes(5) ? null
            : (known[^1].Places[place].Bytes - known[0].Places[place].Bytes) / (known[^1].At - known[0].At).TotalDays;
    }
}

/// <summary>A process of the pipeline.</summary>
/// <param name="Process">Machine, number and start.</param>
/// <param name="Service">What runs in it.</param>
/// <param name="At">When it told last, UTC.</param>
/// <param name="Memory">Bytes that it held then.</param>
/// <param name="Uses">What it used between what it told, oldest first.</param>
public sealed record ProcessView(string Process, string Service, DateTime At, long Memory, IReadOnlyList<UseBetween> Uses);

/// <summary>What a process used in the time before an instant.</summary>
/// <param name="At">The end of the time, UTC.</param>
/// <param name="Cores">Processors that were busy, on average.</param>
/// <param name="Memory">Bytes at the end.</param>
/// <param name="Received">Bytes a second through its sockets.</param>
/// <param name="Sent">Bytes a second.</param>
public sealed record UseBetween(DateTime At, double Cores, long Memory, double Received, double Sent);

/// <summary>What the jobs moved within a time.</summary>
/// <param name="Window">The time: a day, or what there is of it.</param>
/// <param name="Patients">Patients generated.</param>
/// <param name="GeneratedBytes">Bytes of their files.</param>
/// <param name="Files">Files.</param>
/// <param name="Uploaded">Bytes to S3.</param>
/// <param name="Downloaded">Bytes from S3.</param>
public sealed record Traffic(TimeSpan Window, long Patients, long GeneratedBytes, long Files, long Uploaded, long Downloaded);

/// <summary>A month of the deployed pipeline.</summary>
/// <param name="Now">At the rate of the last day.</param>
/// <param name="Items">Its items.</param>
/// <param name="Phases">The mission's phases, for comparison.</param>
/// <param name="Prices">The prices it is made of.</param>
/// <param name="Sizes">The sizes and speeds.</param>
/// <param name="IsMeasured">Whether sizes of a patient come from this history.</param>
public sealed record CostEstimate(CostPhase Now, IReadOnlyList<CostItem> Items, IReadOnlyList<(CostPhase Phase, IReadOnlyList<CostItem> Items)> Phases, CostPrices Prices, CostSizes Sizes, bool IsMeasured)
{
    /// <summary>USD of the month.</summary>
    public double Usd => Items.Sum(item => item.Usd);
}
