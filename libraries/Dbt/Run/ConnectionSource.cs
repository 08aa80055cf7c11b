using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Run;

/// <summary>
/// Opens connections of the warehouse. As with dbt each use has one of its own, so that what a connection remembers, such as its schema or temporary tables,
/// ends with the node or the hooks that made it.
/// </summary>
internal sealed class ConnectionSource(IWarehouse warehouse, bool ownsWarehouse, IReadOnlyList<string> onOpen) : IAsyncDisposable
{
    public IWarehouse Warehouse => warehouse;

    public async Task<IWarehouseSession> OpenAsync(CancellationToken cancellationToken)
    {
        var session = await warehouse.OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var statement in onOpen)
            {
                await session.ExecuteAsync(statement, null, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return session;
    }

    public ValueTask DisposeAsync() => ownsWarehouse ? warehouse.DisposeAsync() : ValueTask.CompletedTask;
}
