using FhirAspire.Dashboard.Analytics;

namespace FhirAspire.Dashboard.Marts;

/// <summary>The marts as a run of dbt left them: published files, or the warehouse's own tables.</summary>
public abstract class MartsSnapshot : IDisposable
{
    /// <summary>The dbt run that made it.</summary>
    public required long RunId { get; init; }

    /// <summary>Its tables.</summary>
    public required IReadOnlyList<string> Tables { get; init; }

    /// <summary>Rows of all tables; an estimate where the database keeps no count.</summary>
    public required long Rows { get; init; }

    /// <summary>Bytes of all tables.</summary>
    public required long Bytes { get; init; }

    /// <summary>When it was made, UTC.</summary>
    public required DateTime PublishedAt { get; init; }

    /// <summary>How its database wants queries.</summary>
    public abstract AnalyticsDialect Dialect { get; }

    /// <summary>The schema of the tables.</summary>
    public abstract string Schema { get; }

    /// <summary>Runs one query. The caller has checked it, or written it.</summary>
    /// <exception cref="MartsException"><c>DB1003</c>, <c>DB1004</c>.</exception>
    public abstract Task<ReaderResult> QueryAsync(string sql, IReadOnlyDictionary<string, object?>? parameters, int maxRows, TimeSpan timeout, CancellationToken cancellationToken = default);

    /// <summary>Keeps the snapshot open until the answer is disposed; null when it has been closed.</summary>
    internal abstract IDisposable? Use();

    /// <summary>Closes the snapshot when its last query has ended.</summary>
    public abstract void Dispose();
}
