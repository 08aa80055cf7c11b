using FhirAspire.Jinja.Compile;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>One template at work: its variables, and the session that it belongs to.</summary>
public sealed class JinjaContext
{
    internal JinjaContext(Template template, JinjaSession session, VariableScope scope)
    {
        Template = template;
        Session = session;
        Scope = scope;
        Autoescape = session.Environment.Options.Autoescape;
    }

    /// <summary>The template.</summary>
    public Template Template { get; }

    /// <summary>The session.</summary>
    public JinjaSession Session { get; }

    /// <summary>The environment.</summary>
    public JinjaEnvironment Environment => Session.Environment;

    internal VariableScope Scope { get; }

    internal Dictionary<string, object?> Variables { get; } = new(StringComparer.Ordinal);

    internal HashSet<string> Exported { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, List<BlockCode>>? Blocks { get; set; }

    internal bool Autoescape { get; set; }

    /// <summary>Finds a variable as a template would: set at the top level of the template, given to the render, or global.</summary>
    public bool TryResolve(string name, out object? value) => Variables.TryGetValue(name, out value) || Scope.TryGet(name, out value);

    /// <summary>All variables as a new dict.</summary>
    public JinjaDict ToDict()
    {
        var result = new JinjaDict();
        Scope.CopyTo(result);
        foreach (var (name, value) in Variables)
        {
            result.Set(name, value);
        }

        return result;
    }

    /// <summary>Calls a value from host code: a macro, a function, anything callable.</summary>
    /// <exception cref="JinjaException">It is not callable, or it fails.</exception>
    public object? Call(object? callee, params object?[] arguments) => Calls.Invoke(new JinjaCall(this, arguments, []), callee);

    internal VariableScope Derive(Dictionary<string, object?>? locals)
    {
        if (Variables.Count == 0 && locals is not { Count: > 0 })
        {
            return Scope;
        }

        var own = new Dictionary<string, object?>(Variables, StringComparer.Ordinal);
        if (locals is not null)
        {
            foreach (var (name, value) in locals)
            {
                own[name] = value;
            }
        }

        return new VariableScope(Scope, own, host: false);
    }
}
