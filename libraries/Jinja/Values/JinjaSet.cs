using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's set. Here it keeps the order of insertion, where Python has none.</summary>
public sealed class JinjaSet : JinjaObject
{
    /// <summary>Makes an empty set.</summary>
    public JinjaSet()
    {
    }

    /// <summary>Makes a set of hashable values.</summary>
    public JinjaSet(IEnumerable<object?> items)
    {
        foreach (var item in items)
        {
            Table.Set(item, null);
        }
    }

    internal HashTable Table { get; } = new();

    /// <inheritdoc />
    public override string TypeName => "set";

    /// <inheritdoc />
    public override int? Length => Table.Count;

    /// <summary>Adds a value.</summary>
    public void Add(object? item) => Table.Set(item, null);

    internal bool Has(object? item) => Table.Find(item) >= 0;

    /// <inheritdoc />
    public override IEnumerable<object?> Iterate()
    {
        var version = Table.Version;
        for (var i = 0; i < Table.Slots; i++)
        {
            if (Table.IsLive(i))
            {
                yield return Table.KeyAt(i);
                if (Table.Version != version)
                {
                    throw Fault.State("Set changed size during iteration");
                }
            }
        }
    }

    /// <inheritdoc />
    public override bool? Contains(object? value) => Has(value);

    /// <inheritdoc />
    public override string Repr() => Table.Count == 0 ? "set()" : Runtime.Repr.Sequence(this, [.. Iterate()], "{", "}");

    /// <inheritdoc />
    public override bool ValueEquals(object? other) => other is JinjaSet set && set.Table.Count == Table.Count && Iterate().All(set.Has);

    /// <inheritdoc />
    public override int ValueHash() => throw Fault.Type("unhashable type: 'set'");

    internal bool IsSubsetOf(JinjaSet other) => Table.Count <= other.Table.Count && Iterate().All(other.Has);
}
