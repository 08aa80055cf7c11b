using System.Collections;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's list.</summary>
public sealed class JinjaList : JinjaObject, IReadOnlyList<object?>
{
    /// <summary>Makes an empty list.</summary>
    public JinjaList() => Items = [];

    /// <summary>Makes a list of values of the value model.</summary>
    public JinjaList(IEnumerable<object?> items) => Items = [.. items];

    internal JinjaList(List<object?> items, bool own)
    {
        _ = own;
        Items = items;
    }

    internal List<object?> Items { get; }

    /// <inheritdoc />
    public override string TypeName => "list";

    /// <inheritdoc />
    public int Count => Items.Count;

    /// <inheritdoc />
    public override int? Length => Items.Count;

    /// <summary>The item at an index from 0.</summary>
    public object? this[int index]
    {
        get => Items[index];
        set => Items[index] = value;
    }

    /// <summary>Adds an item.</summary>
    public void Add(object? item) => Items.Add(item);

    /// <inheritdoc />
    public override bool TryGetItem(object? key, out object? value) => Sequences.TryIndex(Items, key, out value);

    /// <inheritdoc />
    public override IEnumerable<object?> Iterate()
    {
        // As in Python, a list may grow or shrink while it is gone through.
        for (var i = 0; i < Items.Count; i++)
        {
            yield return Items[i];
        }
    }

    /// <inheritdoc />
    public IEnumerator<object?> GetEnumerator() => Iterate().GetEnumerator();

    /// <inheritdoc />
    public override bool? Contains(object? value) => Sequences.IndexOf(Items, value) >= 0;

    /// <inheritdoc />
    public override string Repr() => Runtime.Repr.Sequence(this, Items, "[", "]");

    /// <inheritdoc />
    public override bool ValueEquals(object? other) => other is JinjaList list && Sequences.SameItems(Items, list.Items);

    /// <inheritdoc />
    public override int ValueHash() => throw Fault.Type("unhashable type: 'list'");

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
