using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary><c>modules</c>: what dbt gives of Python's library.</summary>
internal sealed class ModulesObject(NodeScope scope) : JinjaObject
{
    public override string TypeName => "dict";

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return key is string name && TryGetAttribute(name, out value);
    }

    public override bool TryGetAttribute(string name, out object? value)
    {
        if (name == "itertools" && scope.Session.Said.TryAdd("itertools", true))
        {
            scope.Session.Log.Warn("ModulesItertoolsUsageDeprecation", "Usage of itertools modules is deprecated. Please use the built-in functions instead.");
        }

        return scope.Session.Templates.Modules.TryGetValue(name, out value);
    }
}
