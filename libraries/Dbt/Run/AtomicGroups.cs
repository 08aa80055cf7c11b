using FhirAspire.Dbt.Compile;

namespace FhirAspire.Dbt.Run;

/// <summary>Nodes that run in one transaction on one connection.</summary>
internal sealed class AtomicGroup(IReadOnlySet<string> ids) : IAsyncDisposable
{
    private Connection? connection;

    public IReadOnlySet<string> Ids => ids;

    public bool IsBroken { get; private set; }

    public Connection Connection(DbtSession session, CancellationToken cancellation) => connection ??= new Connection(session, isGrouped: true, cancellation);

    public void Note(DbtNodeResult result) => IsBroken |= result.Status is DbtStatus.Error or DbtStatus.Fail or DbtStatus.PartialSuccess or DbtStatus.Skipped;

    public void Break() => IsBroken = true;

    /// <summary>Commits what the group has done, or takes it back.</summary>
    /// <returns>Whether it was committed.</returns>
    public bool End()
    {
        if (connection is null)
        {
            return !IsBroken;
        }

        if (IsBroken)
        {
            connection.Rollback();
            return false;
        }

        connection.CommitGroup();
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        if (connection is not null)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            connection = null;
        }
    }
}

/// <summary>The atomic groups of a run.</summary>
internal sealed class AtomicGroups(IReadOnlyList<AtomicGroup> groups)
{
    public static readonly AtomicGroups None = new([]);

    public IEnumerable<IReadOnlySet<string>> Sets => groups.Select(group => group.Ids);

    public bool TryEnter(string id, out AtomicGroup group)
    {
        group = groups.FirstOrDefault(item => item.Ids.Contains(id))!;
        return group is not null;
    }

    public bool IsBroken(string id) => groups.Any(group => group.IsBroken && group.Ids.Contains(id));

    /// <summary>Ends every group; nodes of one that is rolled back are reported so.</summary>
    public async Task FinishAsync(DbtSession session, List<DbtNodeResult> results, IDbtObserver observer)
    {
        foreach (var group in groups)
        {
            if (results.Exists(result => group.Ids.Contains(result.UniqueId) && result.Status is DbtStatus.Skipped or DbtStatus.Error or DbtStatus.Fail && group.Ids.Contains(result.UniqueId)))
            {
                group.Break();
            }

            bool committed;
            DbtException? error = null;
            try
            {
                committed = group.End();
            }
            catch (DbtException exception)
            {
                (committed, error) = (false, exception);
            }

            await group.DisposeAsync().ConfigureAwait(false);
            if (committed)
            {
                continue;
            }

            // What the cache says of the group's relations is no longer true.
            session.Relations.Clear();
            for (var i = 0; i < results.Count; i++)
            {
                var result = results[i];
                if (!group.Ids.Contains(result.UniqueId) || result.Status is not (DbtStatus.Success or DbtStatus.Pass or DbtStatus.Warn))
                {
                    continue;
                }

                results[i] = new DbtNodeResult
                {
                    UniqueId = result.UniqueId,
                    Name = result.Name,
                    ResourceType = result.ResourceType,
                    Status = DbtStatus.RolledBack,
                    Message = error is null ? "rolled back with its atomic group" : $"rolled back: the group could not be committed: {error.Message}",
                    Error = error,
                    Seconds = result.Seconds,
                    StartedAt = result.StartedAt,
                    CompiledAt = result.CompiledAt,
                    FinishedAt = result.FinishedAt,
                    RelationName = result.RelationName,
                    CompiledSql = result.CompiledSql,
                    Thread = result.Thread,
                };
                observer.OnNodeFinished(results[i]);
            }
        }
    }
}
