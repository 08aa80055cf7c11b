using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>The macros of a package: <c>dbt_utils.star</c>.</summary>
internal sealed class PackageNamespace(NodeScope scope, string package) : JinjaObject
{
    private readonly Dictionary<string, object?> made = new(StringComparer.Ordinal);

    public override string TypeName => "dict";

    public override bool IsMapping => true;

    // A dict in dbt: macros are its items, so that a macro with a leading underscore is found too.
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "get" => Host.Function(name, call => TryGetItem(Host.Text(call.Get(0, "key")), out var found) ? found : call.Get(1, "default")),
            "keys" => Host.Function(name, _ => new JinjaList(Iterate())),
            "values" => Host.Function(name, _ => new JinjaList(Iterate().Select(Item))),
            "items" => Host.Function(name, _ => new JinjaList(Iterate().Select(key => (object?)new JinjaTuple([key, Item(key)])))),
            _ => null,
        };
        return value is not null;
    }

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        if (key is not string name)
        {
            return false;
        }

        if (made.TryGetValue(name, out value))
        {
            return true;
        }

        scope.Record?.Look(name);
        if (scope.Session.Macros.FindIn(package, name) is { } macro)
        {
            // A unit test replaces a package's macro as package.macro.
            if (scope.Extra is not null && scope.Extra.TryGetValue($"{package}.{name}", out value))
            {
                return true;
            }

            made[name] = value = scope.Callable(macro);
            return true;
        }

        return false;
    }

    public override bool? Contains(object? value)
    {
        if (value is not string name)
        {
            return false;
        }

        scope.Record?.Look(name);
        return scope.Session.Macros.FindIn(package, name) is not null;
    }

    public override IEnumerable<object?> Iterate()
    {
        scope.Record?.LookAtAll();
        return scope.Session.Macros.NamesIn(package);
    }

    private object? Item(object? key) => TryGetItem(key, out var value) ? value : null;

    public override string Repr() => $"<package {package}>";
}
