using DuckDB.NET.Data;

namespace FhirAspire.Warehouse.DuckDb;

/// <summary>
/// DuckDB in this process. DuckDB lets one process write a file, so the first session opens the database and it stays
/// open until <see cref="ReleaseAsync"/> or disposal; sessions are connections to that one instance.
/// </summary>
public sealed class DuckDbWarehouse : IWarehouse
{
    private readonly DuckDbOptions options;
    private readonly SemaphoreSlim gate = new(1, 1);
    private DuckDBConnection? root;

    /// <summary>Creates the warehouse; nothing is opened yet.</summary>
    public DuckDbWarehouse(DuckDbOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        this.options = options;
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
            root ??= OpenRoot();
            // Connections with one connection string share one instance of the database; only in memory they must be duplicated.
            return new DuckDbSession(this, options.Path == ":memory:" ? root.Duplicate() : new DuckDBConnection(root.ConnectionString));
        }
        catch (DuckDBException exception)
        {
            throw DuckDbErrors.Translate(exception, options.Path);
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

    private DuckDBConnection OpenRoot()
    {
        var isFile = options.Path != ":memory:";
        if (isFile)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(options.Path))!);
        }

        var connection = new DuckDBConnection($"Data Source={options.Path}");
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            var settings = new Dictionary<string, string>(options.Settings, StringComparer.OrdinalIgnoreCase)
            {
                ["memory_limit"] = options.MemoryLimit,
                ["TimeZone"] = "UTC",
                // Order comes from ORDER BY alone; keeping insertion order costs memory in every large insert.
                ["preserve_insertion_order"] = "false",
                ["enable_progress_bar"] = "false",
                ["autoinstall_known_extensions"] = "false",
            };
            if (options.Threads > 0)
            {
                settings["threads"] = options.Threads.ToString();
            }

            if (isFile)
            {
                settings["temp_directory"] = options.TempDirectory ?? options.Path + ".tmp";
            }

            foreach (var (name, value) in settings)
            {
                command.CommandText = $"SET {name} = '{value.Replace("'", "''", StringComparison.Ordinal)}'";
                command.ExecuteNonQuery();
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
