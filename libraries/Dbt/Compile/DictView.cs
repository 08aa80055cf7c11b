using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>A dict that templates also reach by attributes, as they reach objects of dbt's Python.</summary>
internal abstract class DictView(JinjaDict dict) : JinjaObject
{
    protected JinjaDict Dict => dict;

    public override bool IsMapping => true;

    public override int? Length => dict.Count;

    public override bool TryGetItem(object? key, out object? value) => dict.TryGet(key, out value);

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "get" => Host.Function(name, call => dict.TryGet(call.Get(0, "key"), out var found) ? found : call.Get(1, "default")),
            "to_dict" => Host.Function(name, _ => ToDict()),
            "keys" => Host.Function(name, _ => new JinjaList(Iterate()!)),
            "items" => Host.Function(name, _ => new JinjaList(dict.Entries.Select(entry => (object?)new JinjaTuple(entry.Key, entry.Value)))),
            _ => null,
        };
        return value is not null;
    }

    public override bool? Contains(object? value) => dict.TryGet(value, out _);

    public override IEnumerable<object?>? Iterate() => dict.Entries.Select(entry => entry.Key);

    protected virtual JinjaDict ToDict() => dict;
}
