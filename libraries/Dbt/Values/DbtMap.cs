namespace FhirAspire.Dbt.Values;

/// <summary>
/// A mapping of a YAML file, a configuration or an artifact: keys keep their order. Keys are strings nearly always;
/// values are null, bool, long, BigInteger, double, string, DateOnly, DateTime, DbtMap and lists of these.
/// </summary>
internal sealed class DbtMap : OrderedDictionary<object, object?>
{
    /// <summary>The line of the file at which it begins, counted from 1; 0 when it comes from no file.</summary>
    public int Line { get; set; }

    public DbtMap()
    {
    }

    public DbtMap(IEnumerable<KeyValuePair<object, object?>> entries)
    {
        foreach (var (key, value) in entries)
        {
            this[key] = value;
        }
    }

    /// <summary>The value of a key, or null when there is none.</summary>
    public object? Get(object key) => TryGetValue(key, out var value) ? value : null;

    public string? GetString(object key) => Get(key) as string;

    public DbtMap? GetMap(object key) => Get(key) as DbtMap;

    public List<object?>? GetList(object key) => Get(key) as List<object?>;

    public bool GetBool(object key, bool otherwise = false) => Get(key) is bool value ? value : otherwise;

    public DbtMap GetOrAddMap(object key)
    {
        if (Get(key) is DbtMap map)
        {
            return map;
        }

        map = [];
        this[key] = map;
        return map;
    }

    /// <summary>A copy whose maps and lists are copies as well.</summary>
    public DbtMap DeepCopy()
    {
        var copy = new DbtMap { Line = Line };
        foreach (var (key, value) in this)
        {
            copy[key] = Val.DeepCopy(value);
        }

        return copy;
    }

    /// <summary>Sets every entry of another map, as Python's <c>dict.update</c>.</summary>
    public void Update(DbtMap other)
    {
        foreach (var (key, value) in other)
        {
            this[key] = value;
        }
    }
}
