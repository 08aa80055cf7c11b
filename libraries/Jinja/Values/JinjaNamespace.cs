using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>What <c>namespace()</c> makes: an object whose attributes templates may set.</summary>
internal sealed class JinjaNamespace : JinjaObject
{
    public JinjaDict Attributes { get; } = new();

    public override string TypeName => "Namespace";

    public override bool TryGetAttribute(string name, out object? value) => Attributes.TryGet(name, out value);

    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return false;
    }

    public override string Repr() => $"<Namespace {Attributes.Repr()}>";
}
