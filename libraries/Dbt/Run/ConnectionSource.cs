using System.Collections.Concurrent;
using FhirAspire.Dbt.Load;
using FhirAspire.Dbt.Values;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Run;

/// <summary>Lends connections of the warehouse, and takes them back to lend them again.</summary>
internal sealed class ConnectionSource(IWarehouse warehouse, bool ownsWarehouse, IReadOnlyList<string> onOpen) : IAsyncDisposable
{
    private readonly ConcurrentBag<IWarehouseSession> idle = [];

    public IWarehouse Warehouse => warehouse;

    public async Task<IWarehouseSession> RentAsync(CancellationToken cancellationToken)
    {
        if (idle.TryTake(out var session))
        {
            return session;
        }

        session = await warehouse.OpenAsync(cancellationToken).ConfigureAwait(false);
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

    public async Task ReturnAsync(IWarehouseSession session, bool isBroken)
    {
        if (isBroken)
        {
            await session.DisposeAsync().ConfigureAwait(false);
            return;
        }

        await session.RollbackAsync().ConfigureAwait(false);
        idle.Add(session);
    }

    public async ValueTask DisposeAsync()
    {
        while (idle.TryTake(out var session))
        {
            await session.DisposeAsync().ConfigureAwait(false);
        }

        if (ownsWarehouse)
        {
            await warehouse.DisposeAsync().ConfigureAwait(false);
        }
    }
}
