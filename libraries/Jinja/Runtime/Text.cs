using System.Globalization;
using System.Text;
using FhirAspire.Jinja.Syntax;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Texts as Python sees them: sequences of code points.</summary>
internal static class Text
{
    public static bool IsSpace(char c) => c < 128 ? c is ' ' or (>= '\t' and <= '\r') or (>= '\x1c' and <= '\x1f') : char.IsWhiteSpace(c);

    public static bool HasSurrogates(string text) => text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') >= 0;

    public static int Length(string text) => text.Length - text.AsSpan().CountSurrogatePairs();

    /// <summary>The code points as texts.</summary>
    public static IEnumerable<object?> Characters(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                yield return text.Substring(i, 2);
                i++;
            }
            else
            {
                yield return Boxed.Of(text[i]);
            }
        }
    }

    public static List<string> CharacterList(string text) => [.. Characters(text).Cast<string>()];

    /// <summary>The offset in .NET's text of a code point's index.</summary>
    public static int Offset(string text, int index)
    {
        if (!HasSurrogates(text))
        {
            return Math.Min(index, text.Length);
        }

        var at = 0;
        for (var i = 0; i < index && at < text.Length; i++)
        {
            at += char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
        }

        return at;
    }

    /// <summary>The code point's index of an offset in .NET's text.</summary>
    public static int Index(string text, int offset) => offset - text.AsSpan(0, Math.Min(offset, text.Length)).CountSurrogatePairs();

    public static string Reverse(string text)
    {
        if (!HasSurrogates(text))
        {
            return string.Create(text.Length, text, static (span, source) =>
            {
                source.CopyTo(span);
                span.Reverse();
            });
        }

        var characters = CharacterList(text);
        characters.Reverse();
        return string.Concat(characters);
    }

    public static string Upper(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToUpperInvariant();
        }

        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (CaseTables.Upper.TryGetValue(rune.Value, out var special))
            {
                result.Append(special);
            }
            else
            {
                result.Append(Rune.ToUpperInvariant(rune).ToString());
            }
        }

        return result.ToString();
    }

    public static string Lower(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text.ToLowerInvariant();
        }

        var result = new StringBuilder(text.Length);
        var index = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value == 0x130)
            {
                result.Append("i\u0307");
            }
            else if (rune.Value == 0x3a3)
            {
                // Greek final sigma: behind a letter and before none.
                var before = index > 0 && char.IsLetter(text[index - 1]);
                var after = index + 1 < text.Length && char.IsLetter(text[index + 1]);
                result.Append(before && !after ? '\u03c2' : '\u03c3');
            }
            else
            {
                result.Append(Rune.ToLowerInvariant(rune).ToString());
            }

            index += rune.Utf16SequenceLength;
        }

        return result.ToString();
    }

    public static string CaseFold(string text) => Ascii.IsValid(text)
        ? text.ToLowerInvariant()
        : Lower(text).Replace("ß", "ss", StringComparison.Ordinal).Replace('ς', 'σ').Replace("ŉ", "ʼn", StringComparison.Ordinal)
            .Replace("ﬁ", "fi", StringComparison.Ordinal).Replace("ﬂ", "fl", StringComparison.Ordinal).Replace("ﬀ", "ff", StringComparison.Ordinal).Replace('ſ', 's').Replace('µ', 'μ');

    public static bool IsCased(Rune rune) => Rune.IsUpper(rune) || Rune.IsLower(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.TitlecaseLetter;

    /// <summary>First letter of each word upper case, the rest lower case; words are runs of cased characters.</summary>
    public static string Title(string text)
    {
        var result = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var one = rune.ToString();
            result.Append(inWord ? Lower(one) : TitleCase(one));
            inWord = IsCased(rune);
        }

        return result.ToString();
    }

    public static string Capitalize(string text)
    {
        if (text.Length == 0)
        {
            return text;
        }

        var first = char.IsHighSurrogate(text[0]) && text.Length > 1 ? 2 : 1;
        return TitleCase(text[..first]) + Lower(text[first..]);
    }

    /// <summary>Compares by code points, as Python does.</summary>
    public static int Compare(string left, string right)
    {
        if (!HasSurrogates(left) && !HasSurrogates(right))
        {
            return string.CompareOrdinal(left, right);
        }

        var a = left.EnumerateRunes();
        var b = right.EnumerateRunes();
        while (true)
        {
            var hasA = a.MoveNext();
            var hasB = b.MoveNext();
            if (!hasA || !hasB)
            {
                return hasA ? 1 : hasB ? -1 : 0;
            }

            if (a.Current != b.Current)
            {
                return a.Current.CompareTo(b.Current);
            }
        }
    }

    public static string Strip(string text, string? characters, bool left, bool right)
    {
        var start = 0;
        var end = text.Length;
        if (characters is null)
        {
            while (left && start < end && IsSpace(text[start]))
            {
                start++;
            }

            while (right && end > start && IsSpace(text[end - 1]))
            {
                end--;
            }
        }
        else
        {
            while (left && start < end && characters.Contains(text[start]))
            {
                start++;
            }

            while (right && end > start && characters.Contains(text[end - 1]))
            {
                end--;
            }
        }

        return start == 0 && end == text.Length ? text : text[start..end];
    }

    /// <summary>The lines, at all the line ends that Python knows.</summary>
    public static List<string> SplitLines(string text, bool keepEnds)
    {
        var lines = new List<string>();
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is not ('\n' or '\r' or '\v' or '\f' or '\x1c' or '\x1d' or '\x1e' or '\x85' or '\u2028' or '\u2029'))
            {
                continue;
            }

            var end = text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n' ? i + 2 : i + 1;
            lines.Add(text[start..(keepEnds ? end : i)]);
            start = end;
            i = end - 1;
        }

        if (start < text.Length)
        {
            lines.Add(text[start..]);
        }

        return lines;
    }

    private static string TitleCase(string one) => one switch
    {
        "ß" => "Ss",
        "ŉ" => "ʼN",
        "ﬁ" => "Fi",
        "ﬂ" => "Fl",
        "ǆ" or "Ǆ" or "ǅ" => "ǅ",
        "ǉ" or "Ǉ" or "ǈ" => "ǈ",
        "ǌ" or "Ǌ" or "ǋ" => "ǋ",
        _ => Upper(one),
    };
}

/// <summary>Upper-case forms of more than one character (Unicode's SpecialCasing).</summary>
internal static class CaseTables
{
    public static readonly Dictionary<int, string> Upper = new()
    {
        [0xdf] = "SS",
        [0x149] = "ʼN",
        [0x1f0] = "J̌",
        [0x390] = "Ϊ́",
        [0x3b0] = "Ϋ́",
        [0x587] = "ԵՒ",
        [0xfb00] = "FF",
        [0xfb01] = "FI",
        [0xfb02] = "FL",
        [0xfb03] = "FFI",
        [0xfb04] = "FFL",
        [0xfb05] = "ST",
        [0xfb06] = "ST",
        [0x131] = "I",
        [0x17f] = "S",
    };
}
