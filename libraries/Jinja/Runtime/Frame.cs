namespace FhirAspire.Jinja.Runtime;

/// <summary>The mark of a variable that has no value.</summary>
internal sealed class Missing
{
    public static readonly Missing Value = new();
}

/// <summary>The activation of a template, block, macro, loop function or loop filter.</summary>
internal sealed class Frame(Template template, JinjaContext context, Output output, int slots, Frame? up)
{
    public readonly object?[] Slots = slots == 0 ? [] : new object?[slots];
    public readonly Frame? Up = up;
    public readonly JinjaContext Context = context;
    public readonly Template Template = template;
    public Output Output = output;

    /// <summary>The parent of a template that extends another, once known.</summary>
    public Template? Parent;

    public JinjaSession Session => Context.Session;

    public JinjaEnvironment Environment => Context.Session.Environment;
}

/// <summary>How a statement ended.</summary>
internal enum Signal
{
    None,
    Break,
    Continue,
    Return,
}

/// <summary>What a call gives that ends the running macro: the value waits in the session.</summary>
internal sealed class ReturnMarker : JinjaObject
{
    public static readonly ReturnMarker Instance = new();
}

/// <summary>A <c>return(...)</c> inside a larger expression, where no signal can go.</summary>
internal sealed class ReturnException : Exception;
