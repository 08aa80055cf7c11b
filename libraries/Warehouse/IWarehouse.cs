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
}
