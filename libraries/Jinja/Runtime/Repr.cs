using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Python's <c>repr</c> and <c>str</c>.</summary>
internal static class Repr
{
    [ThreadStatic]
    private static List<object>? _open;

    public static string Of(object? value) => value switch
    {
        null => "None",
        string text => Quote(text),
        JinjaObject item => item.Repr(),
        _ => Str(value),
    };

    /// <summary>What printing gives.</summary>
    public static string Str(object? value) => value switch
    {
        string text => text,
        null => "None",
        long number => number.ToString(CultureInfo.InvariantCulture),
        bool flag => flag ? "True" : "False",
        double number => Numbers.Repr(number),
        BigInteger number => Numbers.Digits(number),
        JinjaObject item => item.Str(),
        _ => throw Fault.Type($"a value of .NET type {value.GetType().Name} cannot be used in a template"),
    };

    public static string Quote(string text)
    {
        var quote = text.Contains('\'') && !text.Contains('"') ? '"' : '\'';
        var plain = true;
        foreach (var c in text)
        {
            if (c is < ' ' or > '~' or '\\' || c == quote)
            {
                plain = false;
                break;
            }
        }

        if (plain)
        {
            return string.Concat(quote == '"' ? "\"" : "'", text, quote == '"' ? "\"" : "'");
        }

        var result = new StringBuilder(text.Length + 8).Append(quote);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            switch (c)
            {
                case '\\':
                    result.Append("\\\\");
                    break;
                case '\n':
                    result.Append("\\n");
                    break;
                case '\r':
                    result.Append("\\r");
                    break;
                case '\t':
                    result.Append("\\t");
                    break;
                default:
                    if (c == quote)
                    {
                        result.Append('\\').Append(c);
                    }
                    else if (c is >= ' ' and <= '~')
                    {
                        result.Append(c);
                    }
                    else if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                    {
                        var codePoint = char.ConvertToUtf32(c, text[++i]);
                        if (IsPrintable(CharUnicodeInfo.GetUnicodeCategory(codePoint)))
                        {
                            result.Append(c).Append(text[i]);
                        }
                        else
                        {
                            result.Append(CultureInfo.InvariantCulture, $"\\U{codePoint:x8}");
                        }
                    }
                    else if (c > '\x7f' && IsPrintable(CharUnicodeInfo.GetUnicodeCategory(c)))
                    {
                        result.Append(c);
                    }
                    else
                    {
                        _ = c < 256 ? result.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}") : result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    }

                    break;
            }
        }

        return result.Append(quote).ToString();
    }

    public static bool IsPrintable(UnicodeCategory category) => category is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    public static string Sequence(object owner, IReadOnlyList<object?> items, string open, string close)
    {
        if (!Begin(owner))
        {
            return open + "..." + (close == ",)" ? ")" : close);
        }

        try
        {
            var text = new StringBuilder(open);
            for (var i = 0; i < items.Count; i++)
            {
                if (i > 0)
                {
                    text.Append(", ");
                }

                text.Append(Of(items[i]));
            }

            return text.Append(close).ToString();
        }
        finally
        {
            _open!.RemoveAt(_open.Count - 1);
        }
    }

    public static string Dict(JinjaDict dict)
    {
        if (!Begin(dict))
        {
            return "{...}";
        }

        try
        {
            var text = new StringBuilder("{");
            foreach (var (key, value) in dict.Entries)
            {
                if (text.Length > 1)
                {
                    text.Append(", ");
                }

                text.Append(Of(key)).Append(": ").Append(Of(value));
            }

            return text.Append('}').ToString();
        }
        finally
        {
            _open!.RemoveAt(_open.Count - 1);
        }
    }

    private static bool Begin(object owner)
    {
        _open ??= [];
        foreach (var item in _open)
        {
            if (ReferenceEquals(item, owner))
            {
                return false;
            }
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Fault.Recursion();
        }

        _open.Add(owner);
        return true;
    }
}
