namespace FhirAspire.Jinja.Runtime;

/// <summary>The variables that a context starts with, in layers.</summary>
internal sealed class VariableScope(VariableScope? outer, IReadOnlyDictionary<string, object?>? variables, bool host)
{
    private Dictionary<string, object?>? _converted;

    public bool TryGet(string name, out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.TryGetOwn(name, out value))
            {
                return true;
            }
        }

        value = null;
        return false;
    }

    public VariableScope? Outer { get; } = outer;

    public void CopyTo(JinjaDict target)
    {
        Outer?.CopyTo(target);
        if (variables is not null)
        {
            foreach (var name in variables.Keys)
            {
                if (TryGetOwn(name, out var value))
                {
                    target.Set(name, value);
                }
            }
        }
    }

    private bool TryGetOwn(string name, out object? value)
    {
        if (variables is null || !variables.TryGetValue(name, out value))
        {
            value = null;
            return false;
        }

        if (!host || JinjaValue.IsValue(value))
        {
            return true;
        }

        // A converted collection is kept, so that a template which changes it sees the change.
        if (_converted is not null && _converted.TryGetValue(name, out var converted))
        {
            value = converted;
            return true;
        }

        value = JinjaValue.From(value);
        (_converted ??= new Dictionary<string, object?>(StringComparer.Ordinal))[name] = value;
        return true;
    }
}
