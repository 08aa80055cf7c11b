using System.Collections.Concurrent;
using System.Globalization;

namespace FhirAspire.Jinja.Runtime;

/// <summary>A parameter of a built-in function.</summary>
internal readonly record struct Parameter(string Name, bool Optional, object? Default);

/// <summary>Binds arguments to the parameters of built-in functions, with Python's messages.</summary>
internal static class Signature
{
    private static readonly ConcurrentDictionary<string, Parameter[]> Cache = new(StringComparer.Ordinal);

    /// <summary>Reads <c>"value, default_value='', boolean=False"</c>: defaults are None, True, False, integers and quoted texts.</summary>
    public static Parameter[] Parse(string text) => Cache.GetOrAdd(text, static source =>
        source.Length == 0 ? [] : source.Replace("', '", "'\t'", StringComparison.Ordinal).Split(", ").Select(part => part.Replace('\t', ',').Replace("','", "', '", StringComparison.Ordinal)).Select(part =>
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            return at < 0 ? new Parameter(part, false, null) : new Parameter(part[..at], true, Constant(part[(at + 1)..]));
        }).ToArray());

    public static object?[] Bind(string function, Parameter[] parameters, object?[] positional, KeyValuePair<string, object?>[] keywords)
    {
        if (positional.Length == parameters.Length && keywords.Length == 0)
        {
            return positional;
        }

        if (positional.Length > parameters.Length)
        {
            throw TooMany(function, parameters, positional.Length);
        }

        var bound = new object?[parameters.Length];
        Array.Copy(positional, bound, positional.Length);
        Span<bool> given = stackalloc bool[parameters.Length];
        given[..positional.Length].Fill(true);
        foreach (var (name, value) in keywords)
        {
            var index = Array.FindIndex(parameters, parameter => string.Equals(parameter.Name, name, StringComparison.Ordinal));
            if (index < 0)
            {
                throw Fault.Type($"{function}() got an unexpected keyword argument '{name}'");
            }

            if (given[index])
            {
                throw Fault.Type($"{function}() got multiple values for argument '{name}'");
            }

            given[index] = true;
            bound[index] = value;
        }

        List<string>? missing = null;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (given[i])
            {
                continue;
            }

            if (parameters[i].Optional)
            {
                bound[i] = parameters[i].Default;
            }
            else
            {
                (missing ??= []).Add($"'{parameters[i].Name}'");
            }
        }

        return missing is null ? bound : throw Missing(function, missing);
    }

    private static JinjaException TooMany(string function, Parameter[] parameters, int given)
    {
        var required = parameters.Count(parameter => !parameter.Optional);
        var takes = required == parameters.Length ? parameters.Length.ToString(CultureInfo.InvariantCulture) : $"from {required} to {parameters.Length}";
        var plural = required == parameters.Length && parameters.Length == 1 ? string.Empty : "s";
        return Fault.Type($"{function}() takes {takes} positional argument{plural} but {given} {(given == 1 ? "was" : "were")} given");
    }

    private static JinjaException Missing(string function, List<string> names)
    {
        var text = names.Count switch
        {
            1 => names[0],
            2 => $"{names[0]} and {names[1]}",
            _ => $"{string.Join(", ", names.Take(names.Count - 1))}, and {names[^1]}",
        };
        return Fault.Type($"{function}() missing {names.Count} required positional argument{(names.Count == 1 ? string.Empty : "s")}: {text}");
    }

    private static object? Constant(string text) => text switch
    {
        "None" => null,
        "True" => Boxed.True,
        "False" => Boxed.False,
        _ when text[0] == '\'' => text[1..^1],
        _ when text.Contains('.', StringComparison.Ordinal) => double.Parse(text, CultureInfo.InvariantCulture),
        _ => Boxed.Of(long.Parse(text, CultureInfo.InvariantCulture)),
    };
}
