using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Loader;

/// <summary>The objects of one transaction; bounded, and each key once, whatever a listing says.</summary>
internal sealed class ObjectBatch(LoaderOptions options)
{
    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private readonly List<NewObject> items = [];
    private long bytes;

    public IReadOnlyList<NewObject> Items => items;

    /// <summary>Whether an object still goes into this transaction.</summary>
    public bool Fits(NewObject item) => items.Count == 0 || (bytes + item.Object.Size <= options.BatchBytes && items.Count < options.BatchObjects);

    /// <summary>Adds an object; a key that is there already is not taken twice: the next run sees its newest state.</summary>
    public void Add(NewObject item)
    {
        if (keys.Add(item.Object.Key))
        {
            items.Add(item);
            bytes += item.Object.Size;
        }
    }
}

/// <summary>An object that is not loaded in its present state.</summary>
/// <param name="Object">The object as it was listed.</param>
/// <param name="IsKnown">Whether an earlier state of it was loaded or quarantined.</param>
internal sealed record NewObject(RawObject Object, bool IsKnown);
