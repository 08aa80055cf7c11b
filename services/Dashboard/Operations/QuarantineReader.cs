using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Dashboard.Operations;

/// <summary>What could not be loaded.</summary>
public sealed class QuarantineReader(IServiceProvider services)
{
    /// <summary>The open errors, newest first; empty where the warehouse is not reached from here.</summary>
    public async Task<IReadOnlyList<LoadError>> OpenAsync(int limit, CancellationToken cancellationToken = default)
    {
        if (services.GetService<IWarehouse>() is not { } warehouse)
        {
            return [];
        }

        await using var session = await warehouse.OpenAsync(cancellationToken);
        await RawLayer.EnsureAsync(session, cancellationToken);
        var result = await RawLayer.OpenErrorsAsync(session, Math.Clamp(limit, 1, 10_000), cancellationToken);
        return [.. result.Rows.Select(row => new LoadError((string)row[0]!, (string)row[1]!, (string)row[2]!, (string)row[3]!, (DateTime)row[4]!, Convert.ToInt64(row[5])))];
    }
}

/// <summary>An object, or a line of one, that could not be loaded. The <c>errors list</c> command reads the same form.</summary>
public sealed record LoadError(string FileKey, string Code, string Place, string Reason, DateTime OccurredAt, long RunId);
