using System.Collections.Concurrent;

namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>A few threads for calls that wait for the disk (fsync, unlink), so that the thread pool, small on small machines, serves requests meanwhile.</summary>
internal sealed class DiskThreads : IDisposable
{
    private readonly BlockingCollection<Action> work = [];
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
        work.Add(() =>
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
        return done.Task;
    }

    public void Dispose()
    {
        work.CompleteAdding();
        foreach (var thread in threads)
        {
            thread.Join();
        }

        work.Dispose();
    }

    private void Loop()
    {
        foreach (var action in work.GetConsumingEnumerable())
        {
            action();
        }
    }
}
