using FhirAspire.Jinja;

namespace FhirAspire.Dbt.Compile;

/// <summary><c>ref</c> and <c>source</c>: functions that also know the configuration of the run, which some packages read there.</summary>
internal sealed class Resolver(NodeScope scope, string name, JinjaCallable body) : JinjaObject
{
    public override string TypeName => scope.IsExecuting ? "RuntimeRefResolver" : "ParseRefResolver";

    public override bool IsCallable => true;

    public override object? Call(JinjaCall call) => body(call);

    public override string Repr() => $"<function {name}>";

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "config" => new RuntimeConfigObject(scope.Session),
            "current_project" => scope.Session.Root.Name,
            _ => null,
        };
        return value is not null;
    }
}
