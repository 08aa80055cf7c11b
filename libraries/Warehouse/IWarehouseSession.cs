namespace FhirAspire.Warehouse;

/// <summary>
/// One connection to a warehouse. Statements run in autocommit until <see cref="BeginAsync"/>; a session that is
/// disposed inside a transaction rolls it back. Every failure is a <see cref="WarehouseException"/>, a cancelled
/// statement is interrupted in the database and throws <see cref="OperationCanceledException"/>.
/// </summary>
public interface IWarehouseSession : IAsyncDisposable
{
    /// <summary>The warehouse of this session.</summary>
    IWarehouse Warehouse { get; }

    /// <summary>Whether a transaction is open.</summary>
    bool InTransaction { get; }

    /// <summary>Begins a transaction.</summary>
    Task BeginAsync(CancellationToken cancellationToken = default);

    /// <summary>Commits the open transaction.</summary>
    Task CommitAsync(CancellationToken cancellationToken = default);

    /// <summary>Rolls the open transaction back; does nothing without one.</summary>
    Task RollbackAsync(CancellationToken cancellationToken = default);

    /// <summary>Runs one or more statements.</summary>
    /// <param name="sql">Statements, with the dialect's positional parameters (<see cref="SqlDialect.Parameter"/>).</param>
    /// <param name="parameters">Values of the parameters, in order; null is SQL NULL.</param>
    /// <param name="cancellationToken">Interrupts the statement.</param>
    /// <returns>Rows affected by the last statement, or -1 where the database does not say.</returns>
    Task<long> ExecuteAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>Runs one query and buffers its result; of several statements all are run and the last one's result is returned.</summary>
    Task<QueryResult> QueryAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>Runs one query and streams its rows.</summary>
    IAsyncEnumerable<object?[]> StreamAsync(string sql, IReadOnlyList<object?>? parameters = null, CancellationToken cancellationToken = default);

    /// <summary>Adds rows by the database's fastest way (appender, binary COPY), inside the open transaction if there is one.</summary>
    /// <param name="table">Where to.</param>
    /// <param name="columns">Every column of the table, in its order, with its type.</param>
    /// <param name="rows">Values in the order of the columns.</param>
    /// <param name="cancellationToken">Stops between rows; without a transaction what was added may stay.</param>
    /// <returns>Rows added.</returns>
    Task<long> BulkLoadAsync(TableName table, IReadOnlyList<BulkColumn> columns, IAsyncEnumerable<object?[]> rows, CancellationToken cancellationToken = default);
}
