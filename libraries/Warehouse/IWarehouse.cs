namespace FhirAspire.Warehouse;

/// <summary>A database that holds the layers <c>raw</c>, <c>staging</c>, <c>intermediate</c> and <c>marts</c>. Safe for use by several threads.</summary>
public interface IWarehouse : IAsyncDisposable
{
    /// <summary>Which database this is.</summary>
    WarehouseKind Kind { get; }

    /// <summary>Where it is, for people and logs: a path or host and database, never a secret.</summary>
    string Location { get; }

    /// <summary>What its SQL looks like where the databases differ.</summary>
    SqlDialect Dialect { get; }

    /// <summary>Opens a session: one connection, used by one caller at a time.</summary>
    /// <exception cref="WarehouseException">The database cannot be reached.</exception>
    Task<IWarehouseSession> OpenAsync(CancellationToken cancellationToken = default);

    /// <summary>Asks the database for a row, and tells that it answers, for a health check.</summary>
    /// <exception cref="WarehouseException">The database cannot be reached.</exception>
    async Task<string> CheckAsync(CancellationToken cancellationToken = default)
    {
        await using var session = await OpenAsync(cancellationToken).ConfigureAwait(false);
        await session.QueryAsync("select 1", null, cancellationToken).ConfigureAwait(false);
        return $"{Kind} answers";
    }
}
