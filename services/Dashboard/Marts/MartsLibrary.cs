using System.Data.Common;
using FhirAspire.Dashboard.Analytics;
using FhirAspire.Warehouse.Snowflake;
using Microsoft.Extensions.Options;
using Npgsql;

namespace FhirAspire.Dashboard.Marts;

/// <summary>
/// The published marts: the newest, and for a while those that open pages still read. A set appears by a switched link and is never changed, so a page
/// that is pinned to a run sees the same numbers until it asks for newer ones. Where the dashboard is told to read the warehouse's own tables
/// (<see cref="DashboardOptions.ReadFrom"/>), there is one set, the newest run's.
/// </summary>
public sealed class MartsLibrary(IOptions<DashboardOptions> options, IConfiguration configuration, ILogger<MartsLibrary> logger) : IDisposable
{
    private const int OpenAtMost = 3;
    private const int QueriesAtMost = 4;

    private readonly Lock gate = new();
    private readonly LinkedList<MartsSnapshot> open = new();
    private readonly SemaphoreSlim queries = new(QueriesAtMost, QueriesAtMost);
    private long failedRun = -1;
    private ConnectedMarts? connected;

    /// <summary>The folder of the published sets; null where none is configured.</summary>
    public string? Folder => options.Value.MartsDir ?? configuration["Dbt:MartsDir"];

    /// <summary>The newest set; null while none is published.</summary>
    public MartsSnapshot? Current => IsConnected ? connected : NewestRun() is { } run ? Find(run) : null;

    /// <summary>Whether the tables of a warehouse are read, and no files.</summary>
    public bool IsConnected => TablesDialect is not null;

    /// <summary>How queries are written.</summary>
    public AnalyticsDialect Dialect => TablesDialect ?? AnalyticsDialect.DuckDb;

    /// <summary>Takes the warehouse's tables for those of a run. What cannot be reached is told in the log, once a run.</summary>
    /// <param name="runId">The newest good run of dbt.</param>
    /// <param name="at">When it ended, UTC.</param>
    /// <param name="cancellationToken">Ends the look.</param>
    public async Task FollowAsync(long runId, DateTime at, CancellationToken cancellationToken = default)
    {
        if (TablesDialect is not { } dialect || connected?.RunId == runId || failedRun == runId)
        {
            return;
        }

        try
        {
            connected = await ConnectedMarts.OpenAsync(Connect, dialect, options.Value.ReadSchema, runId, at, cancellationToken);
        }
        catch (MartsException exception)
        {
            failedRun = runId;
            DashboardLog.MartsFailed(logger, exception);
        }
    }

    /// <summary>The set of a run, or the newest; null while none is published or where it is gone.</summary>
    public MartsSnapshot? Find(long? runId)
    {
        if (runId is null)
        {
            return Current;
        }

        if (IsConnected)
        {
            return connected?.RunId == runId ? connected : null;
        }

        lock (gate)
        {
            for (var node = open.First; node is not null; node = node.Next)
            {
                if (node.Value.RunId == runId)
                {
                    open.Remove(node);
                    open.AddFirst(node);
                    return node.Value;
                }
            }

            var folder = Folder is { } root ? Path.Combine(root, runId.Value.ToString(System.Globalization.CultureInfo.InvariantCulture)) : null;
            if (folder is null || !Directory.Exists(folder) || failedRun == runId)
            {
                return null;
            }

            try
            {
                open.AddFirst(ParquetMarts.Open(folder, runId.Value, options.Value.ReaderMemory, options.Value.ReaderThreads));
            }
            catch (Exception exception)
            {
                failedRun = runId.Value;
                DashboardLog.MartsFailed(logger, exception);
                return null;
            }

            while (open.Count > OpenAtMost)
            {
                var oldest = open.Last!.Value;
                open.RemoveLast();
                oldest.Dispose();
            }

            return open.First!.Value;
        }
    }

    /// <summary>Runs a query on the set of a run, or on the newest; few at a time, so that reading never slows the pipeline.</summary>
    /// <exception cref="MartsException">There is no such set; the query failed, was too slow, or too many wait.</exception>
    public async Task<ReaderResult> QueryAsync(long? runId, string sql, IReadOnlyDictionary<string, object?>? parameters, int maxRows, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        if (!await queries.WaitAsync(TimeSpan.FromSeconds(20), cancellationToken))
        {
            throw new MartsException("DB1005", "too many queries wait; try again in a moment");
        }

        try
        {
            var snapshot = Find(runId) ?? throw new MartsException("DB1001", runId is null ? "no marts are published yet; they come with the first good dbt run" : $"the marts of run {runId} are gone; read the newest");
            using var lease = snapshot.Use() ?? throw new MartsException("DB1001", "the marts have just been replaced; try again");
            return await snapshot.QueryAsync(sql, parameters, maxRows, timeout, cancellationToken);
        }
        finally
        {
            queries.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (gate)
        {
            foreach (var snapshot in open)
            {
                snapshot.Dispose();
            }

            open.Clear();
        }

        queries.Dispose();
    }

    private ConnectedDialect? TablesDialect => options.Value.ReadFrom switch { MartsSource.Postgres => AnalyticsDialect.Postgres, MartsSource.Snowflake => AnalyticsDialect.Snowflake, _ => null };

    private DbConnection Connect()
    {
        if (options.Value.ReadFrom == MartsSource.Postgres)
        {
            return new NpgsqlConnection(new NpgsqlConnectionStringBuilder(options.Value.ReadConnectionString) { ApplicationName = "fhiraspire-dashboard", MaxPoolSize = QueriesAtMost + 2 }.ConnectionString);
        }

        var connection = SnowflakeDriver.Factory?.CreateConnection() ?? throw new MartsException("DB1001", "this build has no driver of Snowflake; build with Snowflake=true");
        connection.ConnectionString = options.Value.ReadConnectionString;
        return connection;
    }

    private long? NewestRun()
    {
        if (Folder is not { } folder)
        {
            return null;
        }

        var link = new DirectoryInfo(Path.Combine(folder, "current"));
        return link is { Exists: true, LinkTarget: { } target } && long.TryParse(Path.GetFileName(target), out var run) ? run : null;
    }
}
