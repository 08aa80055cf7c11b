using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <summary>
/// What a person has at the moment: keyed by the text of the first code alone, shared by conditions, allergies, medications, care plans,
/// devices and procedures (modules.md 7.1).
/// </summary>
internal sealed class PresentTable(int codes)
{
    private readonly Entry?[] entries = new Entry?[codes];
    private readonly List<int> order = [];

    public Entry? Find(Code code) => (uint)code.Key < (uint)entries.Length ? entries[code.Key] : null;

    public Entry? Find(int key) => (uint)key < (uint)entries.Length ? entries[key] : null;

    /// <summary>Sets or replaces the entry of a code.</summary>
    public void Set(Code code, Entry entry)
    {
        if (entries[code.Key] is null)
        {
            order.Add(code.Key);
        }

        entries[code.Key] = entry;
    }

    public void Remove(Code code)
    {
        if ((uint)code.Key < (uint)entries.Length && entries[code.Key] is not null)
        {
            entries[code.Key] = null;
            order.Remove(code.Key);
        }
    }

    /// <summary>The first entry that a state of the name wrote last.</summary>
    public Entry? FindByState(string name)
    {
        foreach (var key in order)
        {
            if (entries[key]!.Name == name)
            {
                return entries[key];
            }
        }

        return null;
    }

    /// <summary>Keys of all that is present, in the order in which it came.</summary>
    public IReadOnlyList<int> Keys => order;

    public void Clear()
    {
        Array.Clear(entries);
        order.Clear();
    }
}
