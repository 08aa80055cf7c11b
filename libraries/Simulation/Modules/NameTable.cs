namespace FhirAspire.Simulation.Modules;

/// <summary>Numbers for names that are compared often (symptoms, texts of codes, names of states that are looked back at).</summary>
internal sealed class NameTable
{
    private readonly Dictionary<string, int> keys = new(StringComparer.Ordinal);
    private readonly List<string> names = [];

    public int Count => names.Count;

    public int Key(string name)
    {
        if (!keys.TryGetValue(name, out var key))
        {
            key = names.Count;
            keys.Add(name, key);
            names.Add(name);
        }

        return key;
    }

    public int Find(string name) => keys.TryGetValue(name, out var key) ? key : -1;

    public string Name(int key) => names[key];
}
