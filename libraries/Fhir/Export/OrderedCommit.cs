namespace FhirAspire.Fhir.Export;

/// <summary>
/// Takes finished items from many threads and commits them one by one in the order of their numbers. A thread that is ahead leaves its item and goes
/// on, until it is a whole window ahead: then it waits, which bounds memory.
/// </summary>
internal sealed class OrderedCommit<T>(long first, int window, Action<long, T> commit)
{
    private readonly object gate = new();
    private readonly Dictionary<long, T> parked = [];
    private long next = first;
    private bool busy;
    private bool failed;

    /// <summary>Gives an item; every number from the first one must come exactly once.</summary>
    /// <returns>False when the commit of some item has failed, and nothing more is wanted.</returns>
    public bool Post(long number, T item)
    {
        lock (gate)
        {
            while (number - next >= window && !failed)
            {
                Monitor.Wait(gate);
            }

            if (failed)
            {
                return false;
            }

            parked.Add(number, item);
            if (busy)
            {
                return true;
            }

            busy = true;
        }

        try
        {
            CommitInOrder();
        }
        catch
        {
            Fail();
            throw;
        }

        return true;
    }

    /// <summary>Lets waiting threads go.</summary>
    public void Fail()
    {
        lock (gate)
        {
            failed = true;
            Monitor.PulseAll(gate);
        }
    }

    private void CommitInOrder()
    {
        while (true)
        {
            T? item;
            lock (gate)
            {
                if (failed || !parked.Remove(next, out item))
                {
                    busy = false;
                    return;
                }
            }

            commit(next, item);
            lock (gate)
            {
                next++;
                Monitor.PulseAll(gate);
            }
        }
    }
}
