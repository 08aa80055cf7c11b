using System.Collections;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's tuple.</summary>
public class JinjaTuple : JinjaObject, IReadOnlyList<object?>
{
    /// <summary>The empty tuple.</summary>
    public static readonly JinjaTuple Empty = new();

    /// <summary>Makes a tuple; the array belongs to it from then on.</summary>
    public JinjaTuple(params object?[] items) => Items = items;

    internal object?[] Items { get; }

    /// <inheritdoc />
    public override string TypeName => "tuple";

    /// <inheritdoc />
    public int Count => Items.Length;

    /// <inheritdoc />
    public override int? Length => Items.Length;

    /// <summary>The item at an index from 0.</summary>
    public object? this[int index] => Items[index];

    /// <inheritdoc />
    public override bool TryGetItem(object? key, out object? value) => Sequences.TryIndex(Items, key, out value);

    /// <inheritdoc />
    public override IEnumerable<object?> Iterate() => Items;

    /// <inheritdoc />
    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)Items).GetEnumerator();

    /// <inheritdoc />
    public override bool? Contains(object? value) => Sequences.IndexOf(Items, value) >= 0;

    /// <inheritdoc />
    public override string Repr() => Runtime.Repr.Sequence(this, Items, "(", Items.Length == 1 ? ",)" : ")");

    /// <inheritdoc />
    public override bool ValueEquals(object? other) => other is JinjaTuple tuple && Sequences.SameItems(Items, tuple.Items);

    /// <inheritdoc />
    public override int ValueHash()
    {
        var hash = default(HashCode);
        foreach (var item in Items)
        {
            hash.Add(Equality.Hash(item));
        }

        return hash.ToHashCode();
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
