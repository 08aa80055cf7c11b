namespace FhirAspire.Warehouse.DuckDb;

/// <summary>Writes DuckDB's log into its file.</summary>
public static class DuckDbCheckpoint
{
    /// <summary>
    /// Leaves as little as possible to a replay of the log: after a kill DuckDB 1.5 could not replay logs that held a dbt run's deletes. Nothing on other
    /// warehouses; where another transaction is in the way, the next call does it.
    /// </summary>
    public static async Task TryCheckpointAsync(this IWarehouseSession session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        if (session.Warehouse.Kind != WarehouseKind.DuckDb)
        {
            return;
        }

        try
        {
            await session.ExecuteAsync("checkpoint", null, cancellationToken).ConfigureAwait(false);
        }
        catch (WarehouseException)
        {
            // All is committed; the log keeps it until the next checkpoint.
        }
    }
}
