using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>A function of the host.</summary>
/// <param name="call">Arguments and the running context.</param>
/// <returns>A value of the value model; ordinary .NET collections are converted.</returns>
public delegate object? JinjaCallable(JinjaCall call);

/// <summary>One call from a template: arguments, and where it comes from.</summary>
public sealed class JinjaCall
{
    /// <summary>Makes a call.</summary>
    /// <param name="context">The context that is running.</param>
    /// <param name="positional">Arguments by position.</param>
    /// <param name="keywords">Arguments by name, in the order of the call.</param>
    /// <param name="line">The line of the call in the running template, 0 when unknown.</param>
    public JinjaCall(JinjaContext context, object?[] positional, KeyValuePair<string, object?>[] keywords, int line = 0)
    {
        Context = context;
        Positional = positional;
        Keywords = keywords;
        Line = line;
    }

    /// <summary>The context that is running: variables, template, session.</summary>
    public JinjaContext Context { get; }

    /// <summary>Arguments by position.</summary>
    public object?[] Positional { get; }

    /// <summary>Arguments by name, in the order of the call.</summary>
    public KeyValuePair<string, object?>[] Keywords { get; }

    /// <summary>The line of the call, from 1; 0 when unknown.</summary>
    public int Line { get; }

    /// <summary>The template in which the call stands.</summary>
    public string? TemplateName => Context.Template.Name;

    /// <summary>The innermost macro that is running, if any.</summary>
    public string? MacroName => Context.Session.CurrentMacro;

    /// <summary>Finds an argument by position or else by name.</summary>
    public bool TryGet(int index, string name, out object? value)
    {
        if (index >= 0 && index < Positional.Length)
        {
            value = Positional[index];
            return true;
        }

        return TryGetKeyword(name, out value);
    }

    /// <summary>Finds an argument by name.</summary>
    public bool TryGetKeyword(string name, out object? value)
    {
        foreach (var pair in Keywords)
        {
            if (string.Equals(pair.Key, name, StringComparison.Ordinal))
            {
                value = pair.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>An argument by position or name, or a default.</summary>
    public object? Get(int index, string name, object? otherwise = null) => TryGet(index, name, out var value) ? value : otherwise;

    /// <summary>Binds the arguments to parameters as Python does: <c>"name, *, package=None"</c> is not needed, only <c>name</c> and <c>name=</c> (has a default, null).</summary>
    /// <param name="function">The function's name, for messages.</param>
    /// <param name="parameters">The parameters; a name that ends with <c>?</c> is optional and null when not given.</param>
    /// <exception cref="JinjaException">Too many, missing or unknown arguments, in Python's words.</exception>
    public object?[] Bind(string function, params ReadOnlySpan<string> parameters)
    {
        var signature = new Parameter[parameters.Length];
        for (var i = 0; i < parameters.Length; i++)
        {
            var name = parameters[i];
            signature[i] = name.EndsWith('?') ? new Parameter(name[..^1], true, null) : new Parameter(name, false, null);
        }

        return Signature.Bind(function, signature, Positional, Keywords);
    }

    internal JinjaCall With(object?[] positional) => new(Context, positional, Keywords, Line);
}
