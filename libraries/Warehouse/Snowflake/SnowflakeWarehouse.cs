using System.Data.Common;

namespace FhirAspire.Warehouse.Snowflake;

/// <summary>A Snowflake account, through whatever driver the factory makes connections of.</summary>
public sealed class SnowflakeWarehouse : IWarehouse
{
    private readonly DbProviderFactory factory;

    /// <summary>Creates the warehouse; nothing is opened yet.</summary>
    /// <param name="options">How it is reached.</param>
    /// <param name="factory">The driver, such as <c>SnowflakeDbFactory.Instance</c>.</param>
    public SnowflakeWarehouse(SnowflakeOptions options, DbProviderFactory factory)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(factory);
        Options = options;
        this.factory = factory;
        var parts = new DbConnectionStringBuilder { ConnectionString = options.ConnectionString };
        string Part(string key) => parts.TryGetValue(key, out var value) ? (string)value : "";
        Database = Part("db");
        Location = $"{Part("account")}/{Database}";
    }

    /// <summary>How it is reached.</summary>
    public SnowflakeOptions Options { get; }

    /// <summary>The database's name.</summary>
    public string Database { get; }

    /// <inheritdoc/>
    public WarehouseKind Kind => WarehouseKind.Snowflake;

    /// <inheritdoc/>
    public string Location { get; }

    /// <inheritdoc/>
    public SqlDialect Dialect => SnowflakeDialect.Instance;

    /// <inheritdoc/>
    public async Task<IWarehouseSession> OpenAsync(CancellationToken cancellationToken = default)
    {
        var connection = factory.CreateConnection() ?? throw new WarehouseException("WH1003", $"{factory.GetType().Name} makes no connections", isTransient: false);
        try
        {
            connection.ConnectionString = Options.ConnectionString;
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var session = new SnowflakeSession(this, connection);
            await session.ExecuteAsync(SessionSql(), null, cancellationToken).ConfigureAwait(false);
            return session;
        }
        catch (DbException exception)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw SnowflakeErrors.Translate(exception, Location);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    // One statement for all: each is a round trip.
    private string SessionSql()
    {
        var parameters = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["TIMEZONE"] = "'UTC'",
            ["QUERY_TAG"] = Literal(Options.QueryTag),
            ["STATEMENT_TIMEOUT_IN_SECONDS"] = Options.StatementTimeoutSeconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
            // What a lost session has begun is rolled back at once, not after four hours.
            ["ABORT_DETACHED_QUERY"] = "true",
            ["TRANSACTION_ABORT_ON_ERROR"] = "true",
        };
        foreach (var (name, value) in Options.SessionParameters)
        {
            parameters[name.ToUpperInvariant()] = long.TryParse(value, out _) || bool.TryParse(value, out _) ? value : Literal(value);
        }

        return "alter session set " + string.Join(' ', parameters.Select(parameter => $"{parameter.Key} = {parameter.Value}"));
    }

    internal static string Literal(string text) => $"'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'";
}
