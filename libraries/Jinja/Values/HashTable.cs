using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>A hash table that keeps the order of insertion and compares keys as Python does (<c>1 == 1.0 == True</c>); None may be a key.</summary>
internal sealed class HashTable
{
    private int[]? _buckets;
    private Entry[] _entries = [];
    private int _used;

    /// <summary>Grows with each change of the set of keys, so that a loop can see it.</summary>
    public int Version { get; private set; }

    public int Count { get; private set; }

    /// <summary>The number of slots, deleted ones included.</summary>
    public int Slots => _used;

    public bool IsLive(int slot) => _entries[slot].Next >= -1;

    public object? KeyAt(int slot) => _entries[slot].Key;

    public object? ValueAt(int slot) => _entries[slot].Value;

    public void SetValueAt(int slot, object? value) => _entries[slot].Value = value;

    public int Find(object? key)
    {
        if (_buckets is null)
        {
            if (Count == 0 && key is JinjaObject)
            {
                Equality.Hash(key);
            }

            return -1;
        }

        var hash = Equality.Hash(key);
        for (var i = _buckets[(uint)hash % (uint)_buckets.Length] - 1; i >= 0; i = _entries[i].Next)
        {
            ref var entry = ref _entries[i];
            if (entry.Hash == hash && (ReferenceEquals(entry.Key, key) || Equality.Same(entry.Key, key)))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Adds a key or replaces the value of one that is there; true when it was added.</summary>
    public bool Set(object? key, object? value)
    {
        var hash = Equality.Hash(key);
        if (_buckets is null)
        {
            _buckets = new int[7];
            _entries = new Entry[7];
        }

        for (var i = _buckets[(uint)hash % (uint)_buckets.Length] - 1; i >= 0; i = _entries[i].Next)
        {
            ref var entry = ref _entries[i];
            if (entry.Hash == hash && (ReferenceEquals(entry.Key, key) || Equality.Same(entry.Key, key)))
            {
                entry.Value = value;
                return false;
            }
        }

        if (_used == _entries.Length)
        {
            Rebuild(Count * 2 > _used ? Math.Max(7, (_used * 2) + 1) : _entries.Length);
        }

        var bucket = (uint)hash % (uint)_buckets.Length;
        _entries[_used] = new Entry { Hash = hash, Key = key, Value = value, Next = _buckets[bucket] - 1 };
        _buckets[bucket] = ++_used;
        Count++;
        Version++;
        return true;
    }

    public bool Remove(object? key, out object? value)
    {
        var slot = Find(key);
        if (slot < 0)
        {
            value = null;
            return false;
        }

        value = _entries[slot].Value;
        RemoveAt(slot);
        return true;
    }

    public void RemoveAt(int slot)
    {
        ref var bucket = ref _buckets![(uint)_entries[slot].Hash % (uint)_buckets.Length];
        if (bucket - 1 == slot)
        {
            bucket = _entries[slot].Next + 1;
        }
        else
        {
            var i = bucket - 1;
            while (_entries[i].Next != slot)
            {
                i = _entries[i].Next;
            }

            _entries[i].Next = _entries[slot].Next;
        }

        _entries[slot] = new Entry { Next = -2 };
        Count--;
        Version++;
        while (_used > 0 && _entries[_used - 1].Next == -2)
        {
            _used--;
        }
    }

    public void Clear()
    {
        _buckets = null;
        _entries = [];
        _used = 0;
        Count = 0;
        Version++;
    }

    private void Rebuild(int capacity)
    {
        var old = _entries;
        var used = _used;
        _buckets = new int[capacity];
        _entries = new Entry[capacity];
        _used = 0;
        for (var i = 0; i < used; i++)
        {
            if (old[i].Next < -1)
            {
                continue;
            }

            var entry = old[i];
            var bucket = (uint)entry.Hash % (uint)capacity;
            entry.Next = _buckets[bucket] - 1;
            _entries[_used] = entry;
            _buckets[bucket] = ++_used;
        }
    }

    private struct Entry
    {
        public int Hash;
        public int Next;
        public object? Key;
        public object? Value;
    }
}
