namespace FhirAspire.Simulation.Modules;

/// <summary>Gives each attribute name a slot, so that a person's attributes are an array.</summary>
internal sealed class AttributeTable
{
    private readonly Dictionary<string, int> slots = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    public int Count => names.Count;

    public int Slot(string name)
    {
        if (!slots.TryGetValue(name, out var slot))
        {
            slot = names.Count;
            slots.Add(name, slot);
            names.Add(name);
        }

        return slot;
    }

    public bool TryGet(string name, out int slot) => slots.TryGetValue(name, out slot);

    public string Name(int slot) => names[slot];
}
