namespace FhirAspire.Jinja;

/// <summary>Makes the errors that Python would raise.</summary>
internal static class Fault
{
    public static JinjaException Type(string reason) => new(JinjaErrorKind.Runtime, "TypeError", reason);

    public static JinjaException Value(string reason) => new(JinjaErrorKind.Runtime, "ValueError", reason);

    public static JinjaException Zero(string reason) => new(JinjaErrorKind.Runtime, "ZeroDivisionError", reason);

    public static JinjaException Key(object? key) => new(JinjaErrorKind.Runtime, "KeyError", Runtime.Repr.Of(key));

    public static JinjaException KeyText(string reason) => new(JinjaErrorKind.Runtime, "KeyError", reason);

    public static JinjaException Index(string reason) => new(JinjaErrorKind.Runtime, "IndexError", reason);

    public static JinjaException Attribute(string reason) => new(JinjaErrorKind.Runtime, "AttributeError", reason);

    public static JinjaException Overflow(string reason) => new(JinjaErrorKind.Runtime, "OverflowError", reason);

    public static JinjaException Recursion() => new(JinjaErrorKind.Runtime, "RecursionError", "maximum recursion depth exceeded");

    public static JinjaException Memory(string reason) => new(JinjaErrorKind.Runtime, "MemoryError", reason);

    public static JinjaException State(string reason) => new(JinjaErrorKind.Runtime, "RuntimeError", reason);

    public static JinjaException FilterArgument(string reason) => new(JinjaErrorKind.Runtime, "FilterArgumentError", reason);

    public static JinjaException Template(string reason) => new(JinjaErrorKind.Runtime, "TemplateRuntimeError", reason);

    public static JinjaException NotFound(string name) => new(JinjaErrorKind.Runtime, "TemplateNotFound", name);

    public static JinjaException Undefined(string reason) => new(JinjaErrorKind.Undefined, "UndefinedError", reason);

    public static JinjaException Security(string reason) => new(JinjaErrorKind.Security, "SecurityError", reason);

    public static JinjaException Syntax(string reason, string pythonType = "TemplateSyntaxError") => new(JinjaErrorKind.Syntax, pythonType, reason);
}
