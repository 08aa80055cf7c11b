using System.Collections;

namespace FhirAspire.Simulation.Record;

/// <summary>A list without an object of its own: most lists of most encounters are empty, and an empty one costs nothing.</summary>
/// <typeparam name="T">What is listed.</typeparam>
public struct EntryList<T> : IReadOnlyList<T>
{
    private T[]? items;
    private int count;

    /// <inheritdoc/>
    public readonly int Count => count;

    /// <inheritdoc/>
    public readonly T this[int index] => Span[index];

    /// <summary>The items.</summary>
    public readonly ReadOnlySpan<T> Span => new(items, 0, count);

    internal void Add(T item)
    {
        if (items is null)
        {
            items = new T[4];
        }
        else if (count == items.Length)
        {
            Array.Resize(ref items, count * 2);
        }

        items[count++] = item;
    }

    internal void RemoveAll(Predicate<T> unwanted)
    {
        var kept = 0;
        for (var i = 0; i < count; i++)
        {
            if (!unwanted(items![i]))
            {
                items[kept++] = items[i];
            }
        }

        Shrink(kept);
    }

    internal void RemoveRange(int start)
    {
        Shrink(start);
    }

    /// <summary>Goes through the items.</summary>
    public readonly ReadOnlySpan<T>.Enumerator GetEnumerator() => Span.GetEnumerator();

    readonly IEnumerator<T> IEnumerable<T>.GetEnumerator()
    {
        for (var i = 0; i < count; i++)
        {
            yield return items![i];
        }
    }

    readonly IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable<T>)this).GetEnumerator();

    private void Shrink(int newCount)
    {
        if (items is not null)
        {
            Array.Clear(items, newCount, count - newCount);
        }

        count = newCount;
    }
}
