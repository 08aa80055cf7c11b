namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>A few threads for calls that wait for the disk (fsync, unlink), so that the thread pool, small on small machines, serves requests meanwhile.</summary>
internal sealed class DiskThreads : IDisposable
{
    private readonly WaitingQueue<Action> work = new();
    private readonly Thread[] threads;

    public DiskThreads(int count)
    {
        threads = new Thread[count];
        for (var i = 0; i < count; i++)
        {
            threads[i] = new Thread(Loop) { IsBackground = true, Name = "LocalS3 disk" };
            threads[i].Start();
        }
    }

    public Task RunAsync(Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var added = work.TryAdd(() =>
        {
            try
            {
                action();
                done.SetResult();
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return added ? done.Task : throw new ObjectDisposedException(nameof(DiskThreads));
    }

    public void Dispose()
    {
        work.Close();
        foreach (var thread in threads)
        {
            thread.Join();
        }
    }

    private void Loop()
    {
        while (work.TryTake(out var action))
        {
            action();
        }
    }
}
