using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;

namespace FhirAspire.Dashboard.Operations;

/// <summary>How models and tests went in the last runs, read once a dbt run for all open pages; and the columns that a model's table has.</summary>
public sealed class ModelHistory(IRunStore store, IServiceProvider services, ILogger<ModelHistory> logger) : IDisposable
{
    /// <summary>Runs that are remembered.</summary>
    public const int Runs = 50;

    private readonly SemaphoreSlim gate = new(1, 1);
    private ModelRuns runs = new([]);
    private long? readFor = -1;

    /// <summary>What nodes did in the last runs.</summary>
    /// <param name="lastRun">The newest ended dbt run: what was read for it is read once.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ModelRuns> ReadAsync(long? lastRun, CancellationToken cancellationToken = default)
    {
        await gate.WaitAsync(cancellationToken);
        try
        {
            if (readFor != lastRun)
            {
                runs = new ModelRuns(await store.NodeHistoryAsync(new NodeFilter { Runs = Runs }, cancellationToken));
                readFor = lastRun;
            }

            return runs;
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>The columns of a table with their types, in order; empty where the table is not there or the warehouse is not reached.</summary>
    public async Task<IReadOnlyList<(string Name, string Type)>> ColumnsAsync(string schema, string table, CancellationToken cancellationToken = default)
    {
        if (services.GetService<IWarehouse>() is not { } warehouse)
        {
            return [];
        }

        try
        {
            await using var session = await warehouse.OpenAsync(cancellationToken);
            var sql = $"select lower(column_name), lower(data_type) from information_schema.columns where lower(table_schema) = {warehouse.Dialect.Parameter(1)} and lower(table_name) = {warehouse.Dialect.Parameter(2)} order by ordinal_position";
            var result = await session.QueryAsync(sql, [schema.ToLowerInvariant(), table.ToLowerInvariant()], cancellationToken);
            return [.. result.Rows.Select(row => ((string)row[0]!, (string)row[1]!))];
        }
        catch (WarehouseException exception)
        {
            DashboardLog.QueryFailed(logger, exception, "columns of a model");
            return [];
        }
    }

    /// <inheritdoc/>
    public void Dispose() => gate.Dispose();
}

/// <summary>What nodes did in the last runs.</summary>
public sealed class ModelRuns
{
    private readonly ILookup<string, NodeRun> byNode;

    /// <summary>Sorts what nodes did.</summary>
    public ModelRuns(IReadOnlyList<NodeRun> nodes)
    {
        byNode = nodes.OrderBy(node => node.RunId).ToLookup(node => node.UniqueId, StringComparer.Ordinal);
        Newest = byNode.ToDictionary(group => group.Key, group => group.Last(), StringComparer.Ordinal);
    }

    /// <summary>The newest result of each node.</summary>
    public IReadOnlyDictionary<string, NodeRun> Newest { get; }

    /// <summary>The newest result of a node; null where it has none.</summary>
    public NodeRun? Last(string uniqueId) => Newest.GetValueOrDefault(uniqueId);

    /// <summary>What a node did, oldest run first.</summary>
    public IReadOnlyList<NodeRun> Of(string uniqueId) => [.. byNode[uniqueId]];
}
