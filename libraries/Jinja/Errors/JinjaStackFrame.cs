namespace FhirAspire.Jinja;

/// <summary>One call that was running when a template failed.</summary>
/// <param name="Macro">The macro, block or template that was called.</param>
/// <param name="TemplateName">The template in which the call stands.</param>
/// <param name="Line">The line of the call in that template, from 1; 0 when unknown.</param>
public sealed record JinjaStackFrame(string Macro, string? TemplateName, int Line)
{
    /// <inheritdoc />
    public override string ToString() => $"in {Macro}, called from {TemplateName ?? "<template>"}:{Line}";
}
