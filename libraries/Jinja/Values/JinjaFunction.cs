namespace FhirAspire.Jinja;

/// <summary>A named function that templates can call.</summary>
public sealed class JinjaFunction(string name, JinjaCallable function, string typeName = "function") : JinjaObject
{
    /// <summary>The name, for messages and printing.</summary>
    public string Name { get; } = name;

    /// <inheritdoc />
    public override string TypeName { get; } = typeName;

    /// <inheritdoc />
    public override bool IsCallable => true;

    /// <inheritdoc />
    public override object? Call(JinjaCall call) => function(call);

    /// <inheritdoc />
    public override string Repr() => $"<{TypeName} {Name}>";
}
