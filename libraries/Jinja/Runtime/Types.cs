using System.Numerics;

namespace FhirAspire.Jinja.Runtime;

/// <summary>The names of Python's types.</summary>
internal static class Types
{
    /// <summary>The name in most messages, with the module for types that are not built in.</summary>
    public static string Name(object? value) => value switch
    {
        null => "NoneType",
        string => "str",
        bool => "bool",
        long or BigInteger => "int",
        double => "float",
        JinjaObject item => item.TypeName,
        _ => value.GetType().Name,
    };

    /// <summary><c>type(value).__name__</c></summary>
    public static string Short(object? value)
    {
        var name = Name(value);
        return name[(name.LastIndexOf('.') + 1)..];
    }

    /// <summary>How undefined values call their owner.</summary>
    public static string Describe(object? value)
    {
        if (value is null)
        {
            return "None";
        }

        var module = Name(value) switch
        {
            "TemplateReference" or "LoopContext" or "Macro" or "BlockReference" => "jinja2.runtime.",
            "Namespace" or "Cycler" or "Joiner" => "jinja2.utils.",
            "TemplateModule" => "jinja2.environment.",
            "Markup" => "markupsafe.",
            _ => string.Empty,
        };
        return $"{module}{Name(value)} object";
    }
}
