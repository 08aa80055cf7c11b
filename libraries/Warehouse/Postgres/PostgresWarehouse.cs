using Npgsql;

namespace FhirAspire.Warehouse.Postgres;

/// <summary>A PostgreSQL server, 15 or newer. Sessions are connections of one pool.</summary>
public sealed class PostgresWarehouse : IWarehouse
{
    private const int OldestVersion = 15;

    private readonly NpgsqlDataSource source;
    private readonly string cancelling;

    /// <summary>Creates the warehouse; nothing is opened yet.</summary>
    /// <exception cref="ArgumentException">The connection string can't be read; <see cref="PostgresOptions.Validate"/> says why.</exception>
    public PostgresWarehouse(PostgresOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var connection = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Timezone = "UTC",
            // A statement ends by cancellation, not by a clock of the driver.
            CommandTimeout = 0,
            // Milliseconds that the server has to end a cancelled statement before the connection is given up; 2 s is too short on a busy machine.
            CancellationTimeout = 30_000,
            PersistSecurityInfo = false,
            // Details quote values of rows: patients' data does not belong in logs.
            IncludeErrorDetail = false,
        };
        connection.ApplicationName ??= "FhirAspire";
        if (connection.KeepAlive == 0)
        {
            // Seconds: long statements must not be cut off by what stands between.
            connection.TcpKeepAlive = true;
        }

        Database = connection.Database!;
        Location = $"{connection.Host}:{connection.Port}/{connection.Database}";
        // As options of the start they outlive the reset of a pooled connection.
        connection.Options = string.Join(' ', options.Settings.Select(setting => $"-c {setting.Key}={Escape(setting.Value)}").Prepend(connection.Options).Where(part => !string.IsNullOrEmpty(part)));
        source = NpgsqlDataSource.Create(connection);
        cancelling = new NpgsqlConnectionStringBuilder(connection.ConnectionString) { Pooling = false }.ConnectionString;
    }

    /// <inheritdoc/>
    public WarehouseKind Kind => WarehouseKind.Postgres;

    /// <inheritdoc/>
    public string Location { get; }

    /// <summary>The database's name.</summary>
    public string Database { get; }

    /// <inheritdoc/>
    public SqlDialect Dialect => PostgresDialect.Instance;

    /// <inheritdoc/>
    public async Task<IWarehouseSession> OpenAsync(CancellationToken cancellationToken = default)
    {
        NpgsqlConnection? connection = null;
        try
        {
            connection = await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            if (connection.PostgreSqlVersion.Major < OldestVersion)
            {
                throw new WarehouseException("WH1003", $"{Location} is PostgreSQL {connection.PostgreSqlVersion}; expected {OldestVersion} or newer", isTransient: false, "upgrade the server, or use another");
            }

            return new PostgresSession(this, connection);
        }
        catch (NpgsqlException exception)
        {
            throw PostgresErrors.Translate(exception, Location);
        }
        catch (WarehouseException)
        {
            await connection!.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => source.DisposeAsync();

    /// <summary>A connection of the pool, for what sessions don't do.</summary>
    internal ValueTask<NpgsqlConnection> OpenConnectionAsync(CancellationToken cancellationToken) => source.OpenConnectionAsync(cancellationToken);

    /// <summary>Asks the server to end the statement that a backend runs. Where the server can't be reached, nothing is done: its own connection fails then, too.</summary>
    /// <param name="processId">The backend's process.</param>
    internal async Task CancelAsync(int processId)
    {
        try
        {
            // Not of the pool: all of its connections may be at work.
            var connection = new NpgsqlConnection(cancelling);
            await using (connection.ConfigureAwait(false))
            {
                await connection.OpenAsync().ConfigureAwait(false);
                var command = new NpgsqlCommand("select pg_cancel_backend($1)", connection) { Parameters = { new() { Value = processId } } };
                await using (command.ConfigureAwait(false))
                {
                    await command.ExecuteScalarAsync().ConfigureAwait(false);
                }
            }
        }
        catch (NpgsqlException)
        {
            // Asked again while the statement runs.
        }
    }

    // Options are split at blanks that no backslash stands before.
    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(" ", "\\ ", StringComparison.Ordinal);
}
