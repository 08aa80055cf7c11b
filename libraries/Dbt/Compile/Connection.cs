using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Run;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Compile;

/// <summary>
/// The connection of one node: statements run in a transaction that the first one begins and <c>adapter.commit()</c> ends,
/// unless the connection belongs to an atomic group, which commits as a whole. Templates call it from their own thread, so it waits.
/// </summary>
internal sealed class Connection(DbtSession session, bool isGrouped, CancellationToken cancellationToken) : IAsyncDisposable
{
    private IWarehouseSession? open;

    public CancellationToken CancellationToken => cancellationToken;

    /// <summary>What is gone or there only once the transaction ends.</summary>
    public bool IsGrouped => isGrouped;

    /// <summary>Time spent in the database, in seconds.</summary>
    public double DatabaseSeconds { get; private set; }

    public IWarehouseSession Session
    {
        get
        {
            if (open is null)
            {
                var source = session.Connections ?? throw new DbtException("DBT9002", DbtErrorKind.Internal, $"The command '{session.Options.Command}' has no connection to the database");
                open = Wait(() => source.OpenAsync(cancellationToken));
                if (isGrouped)
                {
                    Wait(() => open.BeginAsync(cancellationToken));
                }
            }

            return open;
        }
    }

    /// <summary>Runs statements; with <paramref name="fetch"/> the last one's rows are read.</summary>
    public (AdapterResponse Response, AgateTable Table) Execute(string sql, bool autoBegin, bool fetch)
    {
        var warehouseSession = Session;
        switch (Bare(sql))
        {
            case "":
                return (new AdapterResponse("OK", null, null), new AgateTable([], []));
            case "begin" or "begin transaction" or "start transaction":
                Begin();
                return (new AdapterResponse("BEGIN", "BEGIN", null), new AgateTable([], []));
            case "commit":
                Commit();
                return (new AdapterResponse("COMMIT", "COMMIT", null), new AgateTable([], []));
            case "rollback":
                Wait(() => warehouseSession.RollbackAsync(cancellationToken));
                return (new AdapterResponse("ROLLBACK", "ROLLBACK", null), new AgateTable([], []));
        }

        if (autoBegin)
        {
            Begin();
        }

        if (!fetch)
        {
            var rows = Wait(() => warehouseSession.ExecuteAsync(sql, null, cancellationToken));
            return (session.Adapter.Response(sql, rows, isQuery: false), new AgateTable([], []));
        }

        var result = Wait(() => warehouseSession.QueryAsync(sql, null, cancellationToken));
        return (session.Adapter.Response(sql, result.Rows.Count, isQuery: true), ResultTable.Of(result, session.Adapter.Type == "duckdb"));
    }

    public QueryResult Query(string sql)
    {
        var warehouseSession = Session;
        return Wait(() => warehouseSession.QueryAsync(sql, null, cancellationToken));
    }

    public T With<T>(Func<IWarehouseSession, Task<T>> work)
    {
        var warehouseSession = Session;
        return Wait(() => work(warehouseSession));
    }

    public void Begin()
    {
        var warehouseSession = Session;
        if (!warehouseSession.InTransaction)
        {
            Wait(() => warehouseSession.BeginAsync(cancellationToken));
        }
    }

    /// <summary>Ends the node's transaction; inside a group that is left to the group.</summary>
    public void Commit()
    {
        if (open is { InTransaction: true } && !isGrouped)
        {
            Wait(() => open.CommitAsync(cancellationToken));
        }
    }

    public void CommitGroup()
    {
        if (open is { InTransaction: true })
        {
            Wait(() => open.CommitAsync(cancellationToken));
        }
    }

    public void Rollback()
    {
        if (open is { InTransaction: true })
        {
            try
            {
                open.RollbackAsync(CancellationToken.None).GetAwaiter().GetResult();
            }
            catch (WarehouseException)
            {
                // A broken connection's transaction is gone.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (open is not null)
        {
            await open.DisposeAsync().ConfigureAwait(false);
            open = null;
        }
    }

    private static string Bare(string sql)
    {
        // Comments matter to nobody but readers; long statements are none of the words that are looked for.
        var text = sql.AsSpan().Trim().TrimEnd(';').Trim();
        return text.Length > 40 ? "sql" : text.ToString().ToLowerInvariant();
    }

    private void Wait(Func<Task> work) => Wait(async () =>
    {
        await work().ConfigureAwait(false);
        return true;
    });

    private T Wait<T>(Func<Task<T>> work)
    {
        var started = session.Invocation.TimeProvider.GetTimestamp();
        try
        {
            return work().GetAwaiter().GetResult();
        }
        catch (WarehouseException exception)
        {
            throw DatabaseErrors.Translate(session.Adapter, exception);
        }
        finally
        {
            DatabaseSeconds += session.Invocation.TimeProvider.GetElapsedTime(started).TotalSeconds;
        }
    }
}
