using System.Diagnostics.CodeAnalysis;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's dict: keeps the order of insertion; any hashable value, None included, may be a key.</summary>
public sealed class JinjaDict : JinjaObject, IReadOnlyDictionary<string, object?>
{
    /// <summary>Makes an empty dict.</summary>
    public JinjaDict() => Table = new HashTable();

    /// <summary>Makes a dict with text keys and values of the value model.</summary>
    public JinjaDict(IEnumerable<KeyValuePair<string, object?>> items)
        : this()
    {
        foreach (var (key, value) in items)
        {
            Table.Set(key, value);
        }
    }

    internal HashTable Table { get; }

    /// <inheritdoc />
    public override string TypeName => "dict";

    /// <inheritdoc />
    public int Count => Table.Count;

    /// <inheritdoc />
    public override int? Length => Table.Count;

    /// <inheritdoc />
    public override bool IsMapping => true;

    /// <summary>All entries in order.</summary>
    public IEnumerable<KeyValuePair<object?, object?>> Entries
    {
        get
        {
            var version = Table.Version;
            for (var i = 0; i < Table.Slots; i++)
            {
                if (Table.IsLive(i))
                {
                    yield return new KeyValuePair<object?, object?>(Table.KeyAt(i), Table.ValueAt(i));
                    if (Table.Version != version)
                    {
                        throw Fault.State("dictionary changed size during iteration");
                    }
                }
            }
        }
    }

    /// <summary>The text keys.</summary>
    public IEnumerable<string> Keys => Entries.Where(entry => entry.Key is string).Select(entry => (string)entry.Key!);

    /// <summary>The values behind text keys.</summary>
    public IEnumerable<object?> Values => Entries.Where(entry => entry.Key is string).Select(entry => entry.Value);

    /// <summary>The value behind a text key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key (on reading).</exception>
    public object? this[string key]
    {
        get => TryGetValue(key, out var value) ? value : throw new KeyNotFoundException(key);
        set => Table.Set(key, value);
    }

    /// <summary>Sets the value behind any key.</summary>
    /// <exception cref="JinjaException">The key is not hashable.</exception>
    public void Set(object? key, object? value) => Table.Set(key, value);

    /// <summary>Removes a key; false when it is not there.</summary>
    public bool Remove(object? key) => Table.Remove(key, out _);

    /// <inheritdoc />
    public bool ContainsKey(string key) => Table.Find(key) >= 0;

    /// <inheritdoc />
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value) => TryGet(key, out value);

    /// <summary>Finds the value behind any key.</summary>
    public bool TryGet(object? key, out object? value)
    {
        var slot = Table.Find(key);
        value = slot < 0 ? null : Table.ValueAt(slot);
        return slot >= 0;
    }

    /// <inheritdoc />
    public override bool TryGetItem(object? key, out object? value) => TryGet(key, out value);

    /// <inheritdoc />
    public override IEnumerable<object?> Iterate() => Entries.Select(entry => entry.Key);

    /// <inheritdoc />
    public override bool? Contains(object? value) => Table.Find(value) >= 0;

    /// <inheritdoc />
    public override string Repr() => Runtime.Repr.Dict(this);

    /// <inheritdoc />
    public override bool ValueEquals(object? other)
    {
        if (other is not JinjaDict dict || dict.Count != Count)
        {
            return false;
        }

        foreach (var (key, value) in Entries)
        {
            if (!dict.TryGet(key, out var theirs) || !Equality.Same(value, theirs))
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc />
    public override int ValueHash() => throw Fault.Type("unhashable type: 'dict'");

    /// <summary>The entries whose key is text.</summary>
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        Entries.Where(entry => entry.Key is string).Select(entry => new KeyValuePair<string, object?>((string)entry.Key!, entry.Value)).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}
