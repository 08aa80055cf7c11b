using System.Globalization;
using System.Text;

namespace FhirAspire.Jinja.Runtime;

/// <summary><c>str.format</c>, as the sandbox does it: attributes and items are found as everywhere in a template.</summary>
internal static class StrFormat
{
    public static string Format(JinjaContext context, string format, object?[] args, KeyValuePair<string, object?>[] keywords, object? mapping, bool escape)
    {
        var automatic = 0;
        return Run(context, format, args, keywords, mapping, escape, 2, ref automatic);
    }

    private static string Run(JinjaContext context, string format, object?[] args, KeyValuePair<string, object?>[] keywords, object? mapping, bool escape, int depth, ref int automatic)
    {
        if (depth < 0)
        {
            throw Fault.Value("Max string recursion exceeded");
        }

        var result = new StringBuilder();
        for (var i = 0; i < format.Length; i++)
        {
            var c = format[i];
            if (c is '{' or '}' && i + 1 < format.Length && format[i + 1] == c)
            {
                result.Append(c);
                i++;
                continue;
            }

            if (c == '}')
            {
                throw Fault.Value("Single '}' encountered in format string");
            }

            if (c != '{')
            {
                result.Append(c);
                continue;
            }

            var end = i + 1;
            var nested = 1;
            for (; end < format.Length; end++)
            {
                if (format[end] == '{')
                {
                    nested++;
                }
                else if (format[end] == '}' && --nested == 0)
                {
                    break;
                }
            }

            if (end >= format.Length)
            {
                throw Fault.Value(i + 1 >= format.Length ? "Single '{' encountered in format string" : "expected '}' before end of string");
            }

            var field = format[(i + 1)..end];
            i = end;
            var (name, conversion, spec) = Split(field);
            var value = Field(context, name, args, keywords, mapping, ref automatic);
            value = conversion switch
            {
                null => value,
                "s" => Repr.Str(value),
                "r" => Repr.Of(value),
                "a" => AsciiOf(Repr.Of(value)),
                _ => throw Fault.Value($"Unknown conversion specifier {conversion}"),
            };
            spec = Run(context, spec, args, keywords, mapping, escape: false, depth - 1, ref automatic);
            if (escape)
            {
                result.Append(value is Markup marked && spec.Length == 0 ? marked.Text : Markup.Escape(FormatSpec.Apply(value, spec)));
            }
            else
            {
                result.Append(FormatSpec.Apply(value, spec));
            }

            Ops.Guard(result.Length);
        }

        return result.ToString();
    }

    private static (string Name, string? Conversion, string Spec) Split(string field)
    {
        var bracket = 0;
        for (var i = 0; i < field.Length; i++)
        {
            switch (field[i])
            {
                case '[':
                    bracket++;
                    break;
                case ']':
                    bracket--;
                    break;
                case '{' when bracket <= 0:
                    throw Fault.Value("unexpected '{' in field name");
                case '!' when bracket <= 0:
                    {
                        var rest = field[(i + 1)..];
                        if (rest.Length == 0)
                        {
                            throw Fault.Value("unmatched '{' in format spec");
                        }

                        if (rest.Length > 1 && rest[1] != ':')
                        {
                            throw Fault.Value("expected ':' after conversion specifier");
                        }

                        return (field[..i], rest[..1], rest.Length > 2 ? rest[2..] : string.Empty);
                    }

                case ':' when bracket <= 0:
                    return (field[..i], null, field[(i + 1)..]);
            }
        }

        return (field, null, string.Empty);
    }

    private static object? Field(JinjaContext context, string name, object?[] args, KeyValuePair<string, object?>[] keywords, object? mapping, ref int automatic)
    {
        var stop = name.AsSpan().IndexOfAny('.', '[');
        var first = stop < 0 ? name : name[..stop];
        object? value;
        if (first.Length == 0)
        {
            if (automatic < 0)
            {
                throw Fault.Value("cannot switch from manual field specification to automatic field numbering");
            }

            value = Positional(args, automatic++);
        }
        else if (first.All(char.IsAsciiDigit))
        {
            if (automatic > 0)
            {
                throw Fault.Value("cannot switch from manual field specification to automatic field numbering");
            }

            automatic = -1;
            value = int.TryParse(first, CultureInfo.InvariantCulture, out var index) ? Positional(args, index) : throw Fault.Value("Too many decimal digits in format string");
        }
        else if (mapping is not null)
        {
            value = Access.TryItem(mapping, first, out var item) ? item : throw Fault.Key(first);
        }
        else
        {
            var found = Array.Find(keywords, pair => string.Equals(pair.Key, first, StringComparison.Ordinal));
            value = found.Key is null ? throw Fault.Key(first) : found.Value;
        }

        var i = stop < 0 ? name.Length : stop;
        while (i < name.Length)
        {
            if (name[i] == '.')
            {
                var end = name.AsSpan(i + 1).IndexOfAny('.', '[') is var at and >= 0 ? i + 1 + at : name.Length;
                if (end == i + 1)
                {
                    throw Fault.Value("Empty attribute in format string");
                }

                value = Access.Attribute(context.Environment, value, name[(i + 1)..end]);
                i = end;
            }
            else
            {
                var end = name.IndexOf(']', i);
                if (end < 0)
                {
                    throw Fault.Value("Missing ']' in format string");
                }

                if (end == i + 1)
                {
                    throw Fault.Value("Empty attribute in format string");
                }

                var key = name[(i + 1)..end];
                value = Access.Item(context.Environment, value, key.All(char.IsAsciiDigit) ? Numbers.ParseInt(key, 10) : key);
                i = end + 1;
                if (i < name.Length && name[i] is not ('.' or '['))
                {
                    throw Fault.Value("Only '.' or '[' may follow ']' in format field specifier");
                }
            }
        }

        return value;
    }

    private static object? Positional(object?[] args, int index) => index < args.Length ? args[index] : throw Fault.Index("tuple index out of range");

    public static string AsciiOf(string text)
    {
        var result = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                < 128 => result.Append((char)rune.Value),
                < 256 => result.Append(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}"),
                < 65536 => result.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
                _ => result.Append(CultureInfo.InvariantCulture, $"\\U{rune.Value:x8}"),
            };
        }

        return result.ToString();
    }
}
