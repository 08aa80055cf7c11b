using DuckDB.NET.Data;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace FhirAspire.Warehouse.DuckDb;

/// <summary>
/// DuckDB in this process. DuckDB lets one process write a file, so the first session opens the database and it stays
/// open until <see cref="ReleaseAsync"/> or disposal; sessions are connections to that one instance.
/// </summary>
public sealed class DuckDbWarehouse : IWarehouse
{
    private readonly DuckDbOptions options;
    private readonly ILogger<DuckDbWarehouse> logger;
    private readonly SemaphoreSlim gate = new(1, 1);
    private DuckDBConnection? root;
    private volatile bool isLost;

    /// <summary>Creates the warehouse; nothing is opened yet.</summary>
    /// <param name="options">The file and how it is opened.</param>
    /// <param name="logger">Hears of a log that was set aside.</param>
    public DuckDbWarehouse(DuckDbOptions options, ILogger<DuckDbWarehouse>? logger = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
        this.logger = logger ?? NullLogger<DuckDbWarehouse>.Instance;
    }

    /// <inheritdoc/>
    public WarehouseKind Kind => WarehouseKind.DuckDb;

    /// <inheritdoc/>
    public string Location => options.Path;

    /// <inheritdoc/>
    public SqlDialect Dialect => DuckDbDialect.Instance;

    /// <inheritdoc/>
    public async Task<IWarehouseSession> OpenAsync(CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (isLost)
            {
                root?.Dispose();
                root = null;
                isLost = false;
            }

            root ??= OpenAndRecover();
            return new DuckDbSession(this, root.Duplicate(), UseFile);
        }
        catch (DuckDBException exception)
        {
            throw Translate(exception);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Closes the file, so that another process may open it. Open sessions keep it open until they are disposed.</summary>
    public async Task ReleaseAsync()
    {
        await gate.WaitAsync().ConfigureAwait(false);
        try
        {
            root?.Dispose();
            root = null;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await ReleaseAsync().ConfigureAwait(false);
        gate.Dispose();
    }

    internal WarehouseException Translate(DuckDBException exception, string? sql = null)
    {
        isLost |= DuckDbErrors.IsFatal(exception);
        return DuckDbErrors.Translate(exception, options.Path, sql);
    }

    private bool IsFile => options.Path != ":memory:";

    private string Alias => DuckDbDialect.Instance.Quote(Path.GetFileNameWithoutExtension(options.Path));

    // The choice of a database belongs to the connection, so each makes it anew.
    private string? UseFile => IsFile ? $"USE {Alias}" : null;

    private DuckDBConnection OpenAndRecover()
    {
        try
        {
            return OpenRoot();
        }
        catch (DuckDBException exception) when (IsFile && options.SetAsideUnreadableLog && DuckDbErrors.IsUnreadableLog(exception))
        {
            foreach (var log in LogFiles())
            {
                var aside = NameAside(log);
                File.Move(log, aside);
                WarehouseLog.SetAside(logger, exception, log, aside);
            }

            return OpenRoot();
        }
    }

    // Beside the log itself there may be that of a checkpoint that was going on, and one that a recovery has begun.
    private List<string> LogFiles() =>
        [.. new[] { ".wal", ".wal.checkpoint", ".wal.recovery" }.Select(ending => options.Path + ending).Where(File.Exists)];

    private static string NameAside(string log) =>
        Enumerable.Range(1, int.MaxValue).Select(number => $"{log}.set-aside-{number}").First(name => !File.Exists(name));

    // The file is attached to an instance in memory, since only ATTACH takes a storage version and the size of row groups.
    private DuckDBConnection OpenRoot()
    {
        if (IsFile)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
        }

        var connection = new DuckDBConnection("Data Source=:memory:");
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            foreach (var (name, value) in Settings())
            {
                command.CommandText = $"SET {name} = {SqlDialect.Literal(value)}";
                command.ExecuteNonQuery();
            }

            if (IsFile)
            {
                var hasLog = File.Exists(options.Path + ".wal");
                command.CommandText = $"{options.AttachStatement(options.Path, Alias)}; {UseFile}";
                command.ExecuteNonQuery();
                if (hasLog)
                {
                    // What was replayed goes into the file at once: a log that several killed processes have added to is the one that can't be replayed.
                    command.CommandText = $"CHECKPOINT {Alias}";
                    command.ExecuteNonQuery();
                }
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["memory_limit"] = options.MemoryLimit,
            ["TimeZone"] = "UTC",
            // Order comes from ORDER BY alone; keeping insertion order costs memory in every large insert.
            ["preserve_insertion_order"] = "false",
            ["enable_progress_bar"] = "false",
            ["autoinstall_known_extensions"] = "false",
        };
        foreach (var (name, value) in options.Settings)
        {
            settings[name] = value;
        }

        if (options.Threads > 0)
        {
            settings["threads"] = options.Threads.ToString();
        }

        if (IsFile)
        {
            settings["temp_directory"] = options.TempDirectory ?? options.Path + ".tmp";
        }

        return settings;
    }
}
