using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>A template that was run for what it defines: its macros and top-level variables are attributes.</summary>
public sealed class JinjaModule : JinjaObject
{
    private readonly JinjaContext _context;
    private readonly object? _body;

    internal JinjaModule(JinjaContext context, object? body)
    {
        _context = context;
        _body = body;
    }

    /// <summary>The name of the template.</summary>
    public string? Name => _context.Template.Name;

    /// <inheritdoc />
    public override string TypeName => "TemplateModule";

    /// <summary>The names that are exported: macros and top-level variables without an underscore in front.</summary>
    public IReadOnlyCollection<string> Exports => _context.Exported;

    /// <summary>Finds a macro or variable of the module, also one with an underscore in front.</summary>
    public bool TryGet(string name, out object? value) => _context.Variables.TryGetValue(name, out value);

    /// <inheritdoc />
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = null;
        return _context.Exported.Contains(name) && _context.Variables.TryGetValue(name, out value);
    }

    /// <summary>What the template printed.</summary>
    public override string Str() => Runtime.Repr.Str(_body);

    /// <inheritdoc />
    public override string Repr() => Name is null ? "<TemplateModule memory>" : $"<TemplateModule {Runtime.Repr.Of(Name)}>";
}
