using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Builtins;

internal delegate object? BoundFilter(JinjaContext context, object?[] args);

internal delegate object? RawFilter(JinjaContext context, object?[] positional, KeyValuePair<string, object?>[] keywords);

/// <summary>A filter or test.</summary>
internal sealed class FilterEntry
{
    private readonly RawFilter _body;

    private FilterEntry(string name, bool passContext, RawFilter body)
    {
        Name = name;
        PassContext = passContext;
        _body = body;
    }

    public string Name { get; }

    /// <summary>Whether it needs the running context, so that it is never evaluated while compiling.</summary>
    public bool PassContext { get; }

    /// <summary>A filter with parameters; <paramref name="hidden"/> counts what Python passes before the value, for messages.</summary>
    public static FilterEntry Of(string python, string parameters, BoundFilter body, int hidden = 0)
    {
        var signature = Signature.Parse(parameters);
        return new FilterEntry(python, false, (context, positional, keywords) =>
        {
            if (positional.Length > signature.Length && hidden > 0)
            {
                var required = signature.Count(parameter => !parameter.Optional) + hidden;
                var all = signature.Length + hidden;
                throw Fault.Type($"{python}() takes {(required == all ? all.ToString(System.Globalization.CultureInfo.InvariantCulture) : $"from {required} to {all}")} positional arguments but {positional.Length + hidden} were given");
            }

            return body(context, Signature.Bind(python, signature, positional, keywords));
        });
    }

    /// <summary>A filter made of one C function with one argument.</summary>
    public static FilterEntry One(string python, Func<object?, object?> body) => new(python, false, (_, positional, keywords) =>
        keywords.Length > 0 ? throw Fault.Type($"{python}() takes no keyword arguments")
        : positional.Length != 1 ? throw Fault.Type($"{python}() takes exactly one argument ({positional.Length} given)")
        : body(positional[0]));

    /// <summary>A test that is an operator.</summary>
    public static FilterEntry Two(string python, Func<object?, object?, bool> body) => new(python, false, (_, positional, keywords) =>
        keywords.Length > 0 ? throw Fault.Type($"{python}() takes no keyword arguments")
        : positional.Length != 2 ? throw Fault.Type($"{python} expected 2 arguments, got {positional.Length}")
        : Boxed.Of(body(positional[0], positional[1])));

    public static FilterEntry Raw(string python, RawFilter body, bool passContext) => new(python, passContext, body);

    public static FilterEntry Host(string name, JinjaCallable function)
    {
        var wrapped = new JinjaFunction(name, function);
        return new FilterEntry(name, true, (context, positional, keywords) => Calls.Invoke(new JinjaCall(context, positional, keywords), wrapped));
    }

    public object? Invoke(JinjaContext context, object?[] positional, KeyValuePair<string, object?>[] keywords) => _body(context, positional, keywords);
}
