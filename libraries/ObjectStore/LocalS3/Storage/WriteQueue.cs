using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>
/// The one writer of the index. Changes that wait at the same time share a transaction, and so a flush to the disk; each sees those before it, and none is
/// answered before the commit.
/// </summary>
internal sealed class WriteQueue : IDisposable
{
    private const int BatchLimit = 256;
    private readonly WaitingQueue<Change> changes = new();
    private readonly Transaction transaction;
    private readonly Thread thread;

    public WriteQueue(Transaction transaction)
    {
        this.transaction = transaction;
        thread = new Thread(Loop) { IsBackground = true, Name = "LocalS3 index" };
        thread.Start();
    }

    /// <summary>Runs a change; it may run twice, when another of its batch failed, so it must change nothing but the transaction.</summary>
    /// <remarks>A change that refuses (throws <see cref="S3Exception"/>) must do so before it has written anything.</remarks>
    public Task<T> RunAsync<T>(Func<Transaction, T> change, bool alone = false)
    {
        var item = new Change<T>(change, alone);
        return changes.TryAdd(item) ? item.Task : throw S3Errors.ServiceUnavailable();
    }

    public void Dispose()
    {
        changes.Close();
        thread.Join();
    }

    private void Loop()
    {
        var batch = new List<Change>();
        Change? held = null;
        while (held is not null || changes.TryTake(out held))
        {
            batch.Clear();
            batch.Add(held);
            held = null;
            while (!batch[0].Alone && batch.Count < BatchLimit && changes.TryTake(out var next, wait: false))
            {
                if (next.Alone)
                {
                    held = next;
                    break;
                }

                batch.Add(next);
            }

            if (!TryCommit(batch) && batch.Count > 1)
            {
                // Find the one at fault.
                foreach (var change in batch)
                {
                    TryCommit([change]);
                }
            }
        }
    }

    private bool TryCommit(List<Change> batch)
    {
        try
        {
            transaction.Begin();
            foreach (var change in batch)
            {
                change.Run(transaction);
            }

            transaction.Commit();
        }
        catch (Exception e)
        {
            transaction.Rollback();
            if (batch.Count == 1)
            {
                batch[0].Fail(e);
            }

            return false;
        }

        transaction.Committed();
        foreach (var change in batch)
        {
            change.Complete();
        }

        return true;
    }

    private abstract class Change(bool alone)
    {
        public bool Alone { get; } = alone;

        public abstract void Run(Transaction transaction);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Change<T>(Func<Transaction, T> change, bool alone) : Change(alone)
    {
        private readonly TaskCompletionSource<T> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? result;
        private S3Exception? refusal;

        public Task<T> Task => completion.Task;

        public override void Run(Transaction transaction)
        {
            refusal = null;
            try
            {
                result = change(transaction);
            }
            catch (S3Exception e)
            {
                refusal = e;
            }
        }

        public override void Complete()
        {
            if (refusal is null)
            {
                completion.SetResult(result!);
            }
            else
            {
                completion.SetException(refusal);
            }
        }

        public override void Fail(Exception exception) => completion.SetException(exception);
    }
}
