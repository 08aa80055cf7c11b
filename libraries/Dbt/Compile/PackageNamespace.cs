using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary>The macros of a package: <c>dbt_utils.star</c>.</summary>
internal sealed class PackageNamespace(NodeScope scope, string package) : JinjaObject
{
    private readonly Dictionary<string, object?> made = new(StringComparer.Ordinal);

    public override string TypeName => "dict";

    public override bool IsMapping => true;

    public override bool TryGetAttribute(string name, out object? value)
    {
        if (made.TryGetValue(name, out value))
        {
            return true;
        }

        if (scope.Session.Macros.FindIn(package, name) is { } macro)
        {
            made[name] = value = scope.Callable(macro);
            return true;
        }

        value = name == "get" ? Host.Function(name, call => TryGetAttribute(Host.Text(call.Get(0, "key")), out var found) ? found : call.Get(1, "default")) : null;
        return value is not null;
    }

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override bool? Contains(object? value) => value is string name && scope.Session.Macros.FindIn(package, name) is not null;

    public override IEnumerable<object?> Iterate() => scope.Session.Macros.NamesIn(package);

    public override string Repr() => $"<package {package}>";
}
