namespace FhirAspire.ObjectStore.LocalS3.Storage;

/// <summary>
/// A queue whose takers sleep when it is empty. <see cref="System.Collections.Concurrent.BlockingCollection{T}"/> yields the processor a hundred times before it
/// sleeps, which, on few cores and with a flush of a millisecond between two items, took as much time as the work.
/// </summary>
internal sealed class WaitingQueue<T>
{
    private readonly Queue<T> items = new();
    private bool closed;

    /// <summary>Adds an item; false when the queue is closed.</summary>
    public bool TryAdd(T item)
    {
        lock (items)
        {
            if (closed)
            {
                return false;
            }

            items.Enqueue(item);
            Monitor.Pulse(items);
            return true;
        }
    }

    /// <summary>Takes an item, waiting for one if need be; false when the queue is closed and empty.</summary>
    public bool TryTake([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T item, bool wait = true)
    {
        lock (items)
        {
            while (wait && items.Count == 0 && !closed)
            {
                Monitor.Wait(items);
            }

            return items.TryDequeue(out item);
        }
    }

    /// <summary>Takes no more items; those that are there are still given out.</summary>
    public void Close()
    {
        lock (items)
        {
            closed = true;
            Monitor.PulseAll(items);
        }
    }
}
