using System.Globalization;
using System.Text;
using FhirAspire.Jinja.Runtime;
using FhirAspire.Jinja.Syntax;
using PyText = FhirAspire.Jinja.Runtime.Text;

namespace FhirAspire.Jinja.Builtins;

/// <summary>The methods of str. On text that is marked as safe they give marked text and escape what they put in.</summary>
internal static class StringMethods
{
    public static Dictionary<string, Method> Make()
    {
        var table = new Dictionary<string, Method>(StringComparer.Ordinal);
        Plain("upper", PyText.Upper);
        Plain("lower", PyText.Lower);
        Plain("casefold", PyText.CaseFold);
        Plain("capitalize", PyText.Capitalize);
        Plain("title", PyText.Title);
        Plain("swapcase", SwapCase);
        Add("strip", 0, 1, c => Same(c, PyText.Strip(c.Text, Characters(c), true, true)));
        Add("lstrip", 0, 1, c => Same(c, PyText.Strip(c.Text, Characters(c), true, false)));
        Add("rstrip", 0, 1, c => Same(c, PyText.Strip(c.Text, Characters(c), false, true)));
        Add("removeprefix", 1, 1, c => Same(c, c.Text.StartsWith(c.TextArg(0), StringComparison.Ordinal) ? c.Text[c.TextArg(0).Length..] : c.Text));
        Add("removesuffix", 1, 1, c => Same(c, c.TextArg(0).Length > 0 && c.Text.EndsWith(c.TextArg(0), StringComparison.Ordinal) ? c.Text[..^c.TextArg(0).Length] : c.Text));
        Add("split", 0, 2, c => Split(c, fromRight: false), Style.Named, "sep", "maxsplit");
        Add("rsplit", 0, 2, c => Split(c, fromRight: true), Style.Named, "sep", "maxsplit");
        Add("splitlines", 0, 1, c => Texts(c, PyText.SplitLines(c.Text, Ops.IsTrue(c.Arg(0)))), Style.Named, "keepends");
        Add("partition", 1, 1, c => Partition(c, fromRight: false));
        Add("rpartition", 1, 1, c => Partition(c, fromRight: true));
        Add("join", 1, 1, Join);
        Add("replace", 2, 3, c => Same(c, Replace(c.Text, c.TextArg(0), Escaped(c, c.TextArg(1), c.Args[1]), c.IntArg(2, -1))));
        Add("startswith", 1, 3, c => Affix(c, "startswith"), Style.Parsed);
        Add("endswith", 1, 3, c => Affix(c, "endswith"), Style.Parsed);
        Add("find", 1, 3, c => Boxed.Of((long)Find(c, fromRight: false)), Style.Parsed);
        Add("rfind", 1, 3, c => Boxed.Of((long)Find(c, fromRight: true)), Style.Parsed);
        Add("index", 1, 3, c => Boxed.Of((long)(Find(c, fromRight: false) is var at and >= 0 ? at : throw Fault.Value("substring not found"))), Style.Parsed);
        Add("rindex", 1, 3, c => Boxed.Of((long)(Find(c, fromRight: true) is var at and >= 0 ? at : throw Fault.Value("substring not found"))), Style.Parsed);
        Add("count", 1, 3, Count, Style.Parsed);
        Add("zfill", 1, 1, c => Same(c, ZFill(c.Text, Width(c))));
        Add("ljust", 1, 2, c => Same(c, Pad(c.Text, Width(c), Fill(c), 'l')));
        Add("rjust", 1, 2, c => Same(c, Pad(c.Text, Width(c), Fill(c), 'r')));
        Add("center", 1, 2, c => Same(c, Pad(c.Text, Width(c), Fill(c), 'c')));
        Add("expandtabs", 0, 1, c => Same(c, ExpandTabs(c.Text, (int)c.IntArg(0, 8))), Style.Named, "tabsize");
        Add("translate", 1, 1, c => Same(c, Translate(c)));
        Add("maketrans", 1, 3, MakeTrans);
        Add("encode", 0, 2, Encode, Style.Named, "encoding", "errors");
        Test("isdigit", rune => IsDigit(rune));
        Test("isdecimal", rune => Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber);
        Test("isnumeric", rune => CharUnicodeInfo.GetNumericValue(rune.ToString(), 0) >= 0 || Rune.IsNumber(rune));
        Test("isalpha", Rune.IsLetter);
        Test("isalnum", rune => Rune.IsLetter(rune) || Rune.IsNumber(rune) || IsDigit(rune));
        Test("isspace", rune => rune.IsBmp && PyText.IsSpace((char)rune.Value));
        table["isascii"] = new Method("str", "isascii", 0, 0, Style.Positional, [], c => Boxed.Of(Ascii.IsValid(c.Text)));
        table["isprintable"] = new Method("str", "isprintable", 0, 0, Style.Positional, [], c => Boxed.Of(c.Text.EnumerateRunes().All(rune => rune.Value == ' ' || Repr.IsPrintable(Rune.GetUnicodeCategory(rune)))));
        table["isidentifier"] = new Method("str", "isidentifier", 0, 0, Style.Positional, [], c => Boxed.Of(Identifiers.IsIdentifier(c.Text)));
        table["isupper"] = new Method("str", "isupper", 0, 0, Style.Positional, [], c => Boxed.Of(IsCase(c.Text, upper: true)));
        table["islower"] = new Method("str", "islower", 0, 0, Style.Positional, [], c => Boxed.Of(IsCase(c.Text, upper: false)));
        table["istitle"] = new Method("str", "istitle", 0, 0, Style.Positional, [], c => Boxed.Of(IsTitle(c.Text)));
        table["format"] = new Method("str", "format", 0, 0, Style.Any, [], c => Same(c, StrFormat.Format(c.Context, c.Text, c.Args, c.Keywords, null, c.Self is Markup)));
        table["format_map"] = new Method("str", "format_map", 0, 0, Style.Any, [], FormatMap);
        table["striptags"] = new Method("str", "striptags", 0, 0, Style.Positional, [], c => Html.StripTags(c.Text));
        return table;

        void Add(string name, int least, int most, MethodBody body, Style style = Style.Positional, params string[] names) =>
            table[name] = new Method("str", name, least, most, style, names, body);

        void Plain(string name, Func<string, string> function) => Add(name, 0, 0, c => Same(c, function(c.Text)));

        void Test(string name, Func<Rune, bool> predicate) =>
            Add(name, 0, 0, c => Boxed.Of(c.Text.Length > 0 && c.Text.EnumerateRunes().All(predicate)));
    }

    private static bool IsDigit(Rune rune) => Rune.GetUnicodeCategory(rune) == UnicodeCategory.DecimalDigitNumber || (CharUnicodeInfo.GetDigitValue(rune.ToString(), 0) >= 0);

    private static object Same(MethodCall c, string text) => c.Self is Markup ? new Markup(text) : text;

    private static string Escaped(MethodCall c, string text, object? original) => c.Self is Markup && original is not Markup ? Markup.Escape(text) : text;

    private static JinjaList Texts(MethodCall c, IEnumerable<string> items) => new([.. items.Select(item => Same(c, item))], own: true);

    private static string? Characters(MethodCall c)
    {
        if (c.Count == 0 || c.Args[0] is null)
        {
            return null;
        }

        return Ops.TryText(c.Args[0], out var text) ? text : throw Fault.Type($"{c.Name} arg must be None or str");
    }

    private static int Width(MethodCall c)
    {
        var width = Ops.ToIndex(c.Args[0]);
        Ops.Guard(width);
        return (int)Math.Max(width, int.MinValue);
    }

    private static string Fill(MethodCall c)
    {
        if (c.Count < 2)
        {
            return " ";
        }

        if (!Ops.TryText(c.Args[1], out var fill))
        {
            throw Fault.Type($"The fill character must be a unicode character, not {Types.Name(c.Args[1])}");
        }

        return PyText.Length(fill) == 1 ? fill : throw Fault.Type("The fill character must be exactly one character long");
    }

    public static string Pad(string text, int width, string fill, char how)
    {
        var missing = width - PyText.Length(text);
        if (missing <= 0)
        {
            return text;
        }

        var left = how switch
        {
            'l' => 0,
            'r' => missing,
            _ => (missing / 2) + (missing & width & 1),
        };
        return string.Concat(Times(fill, left), text, Times(fill, missing - left));
    }

    private static string Times(string text, int count) => text.Length == 1 ? new string(text[0], count) : string.Concat(Enumerable.Repeat(text, count));

    private static string ZFill(string text, int width)
    {
        var missing = width - PyText.Length(text);
        if (missing <= 0)
        {
            return text;
        }

        return text.Length > 0 && text[0] is '+' or '-' ? text[0] + new string('0', missing) + text[1..] : new string('0', missing) + text;
    }

    private static string SwapCase(string text)
    {
        var result = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var one = rune.ToString();
            result.Append(Rune.IsUpper(rune) ? PyText.Lower(one) : PyText.Upper(one));
        }

        return result.ToString();
    }

    private static bool IsCase(string text, bool upper)
    {
        var cased = false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (upper ? Rune.IsLower(rune) : Rune.IsUpper(rune))
            {
                return false;
            }

            cased |= upper ? Rune.IsUpper(rune) : Rune.IsLower(rune);
        }

        return cased;
    }

    private static bool IsTitle(string text)
    {
        var (previous, cased) = (false, false);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.IsUpper(rune))
            {
                if (previous)
                {
                    return false;
                }

                previous = cased = true;
            }
            else if (Rune.IsLower(rune))
            {
                if (!previous)
                {
                    return false;
                }

                cased = true;
            }
            else
            {
                previous = false;
            }
        }

        return cased;
    }

    private static JinjaList Split(MethodCall c, bool fromRight)
    {
        var text = c.Text;
        var limit = c.IntArg(1, -1);
        if (c.Count == 0 || c.Args[0] is null)
        {
            return Texts(c, SplitBlanks(text, limit, fromRight));
        }

        if (!Ops.TryText(c.Args[0], out var separator))
        {
            throw Fault.Type($"must be str or None, not {Types.Name(c.Args[0])}");
        }

        return Texts(c, SplitOn(text, separator, limit, fromRight));
    }

    public static List<string> SplitOn(string text, string separator, long limit, bool fromRight)
    {
        if (separator.Length == 0)
        {
            throw Fault.Value("empty separator");
        }

        var parts = new List<string>();
        if (!fromRight)
        {
            var start = 0;
            while (limit < 0 || parts.Count < limit)
            {
                var at = text.IndexOf(separator, start, StringComparison.Ordinal);
                if (at < 0)
                {
                    break;
                }

                parts.Add(text[start..at]);
                start = at + separator.Length;
            }

            parts.Add(text[start..]);
            return parts;
        }

        var end = text.Length;
        while (limit < 0 || parts.Count < limit)
        {
            var at = end == 0 ? -1 : text[..end].LastIndexOf(separator, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }

            parts.Add(text[(at + separator.Length)..end]);
            end = at;
        }

        parts.Add(text[..end]);
        parts.Reverse();
        return parts;
    }

    public static List<string> SplitBlanks(string text, long limit, bool fromRight)
    {
        var parts = new List<string>();
        if (!fromRight)
        {
            var i = 0;
            while (true)
            {
                while (i < text.Length && PyText.IsSpace(text[i]))
                {
                    i++;
                }

                if (i >= text.Length)
                {
                    return parts;
                }

                if (limit >= 0 && parts.Count >= limit)
                {
                    parts.Add(PyText.Strip(text[i..], null, false, true));
                    return parts;
                }

                var start = i;
                while (i < text.Length && !PyText.IsSpace(text[i]))
                {
                    i++;
                }

                parts.Add(text[start..i]);
            }
        }

        var end = text.Length;
        while (true)
        {
            while (end > 0 && PyText.IsSpace(text[end - 1]))
            {
                end--;
            }

            if (end == 0)
            {
                break;
            }

            if (limit >= 0 && parts.Count >= limit)
            {
                parts.Add(PyText.Strip(text[..end], null, true, false));
                break;
            }

            var stop = end;
            while (end > 0 && !PyText.IsSpace(text[end - 1]))
            {
                end--;
            }

            parts.Add(text[end..stop]);
        }

        parts.Reverse();
        return parts;
    }

    private static JinjaTuple Partition(MethodCall c, bool fromRight)
    {
        if (!Ops.TryText(c.Args[0], out var separator))
        {
            throw Fault.Type($"must be str, not {Types.Name(c.Args[0])}");
        }

        if (separator.Length == 0)
        {
            throw Fault.Value("empty separator");
        }

        var text = c.Text;
        var at = fromRight ? text.LastIndexOf(separator, StringComparison.Ordinal) : text.IndexOf(separator, StringComparison.Ordinal);
        var (a, b, d) = at < 0
            ? fromRight ? (string.Empty, string.Empty, text) : (text, string.Empty, string.Empty)
            : (text[..at], separator, text[(at + separator.Length)..]);
        return new JinjaTuple(Same(c, a), Same(c, b), Same(c, d));
    }

    private static object Join(MethodCall c)
    {
        var items = Ops.TryIterate(c.Args[0]) ?? throw Fault.Type("can only join an iterable");
        var parts = new List<string>();
        long size = 0;
        foreach (var item in items)
        {
            if (!Ops.TryText(item, out var text))
            {
                throw Fault.Type($"sequence item {parts.Count}: expected str instance, {Types.Name(item)} found");
            }

            text = Escaped(c, text, item);
            parts.Add(text);
            size += text.Length + c.Text.Length;
        }

        Ops.Guard(size);
        return Same(c, string.Join(c.Text, parts));
    }

    public static string Replace(string text, string old, string replacement, long count)
    {
        if (count == 0 || (old.Length > 0 && !text.Contains(old, StringComparison.Ordinal)))
        {
            return text;
        }

        if (old.Length > 0)
        {
            if (count < 0)
            {
                if (replacement.Length > old.Length)
                {
                    Ops.Guard(text.Length + ((long)(text.Length / old.Length) * (replacement.Length - old.Length)));
                }

                return text.Replace(old, replacement, StringComparison.Ordinal);
            }

            var result = new StringBuilder();
            var start = 0;
            for (; count > 0; count--)
            {
                var at = text.IndexOf(old, start, StringComparison.Ordinal);
                if (at < 0)
                {
                    break;
                }

                result.Append(text, start, at - start).Append(replacement);
                start = at + old.Length;
            }

            return result.Append(text, start, text.Length - start).ToString();
        }

        var spread = new StringBuilder();
        var characters = PyText.CharacterList(text);
        Ops.Guard(text.Length + ((long)(characters.Count + 1) * replacement.Length));
        for (var i = 0; i <= characters.Count; i++)
        {
            if (count < 0 || i < count)
            {
                spread.Append(replacement);
            }

            if (i < characters.Count)
            {
                spread.Append(characters[i]);
            }
        }

        return spread.ToString();
    }

    /// <summary>The part of the text that start and end arguments name, as offsets in .NET's text.</summary>
    private static (int Start, int End) Bounds(MethodCall c)
    {
        var length = PyText.Length(c.Text);
        var start = c.IntArg(1, 0);
        var end = c.IntArg(2, length);
        start = start < 0 ? Math.Max(0, start + length) : start;
        end = Math.Min(end < 0 ? Math.Max(0, end + length) : end, length);
        if (start > length || start > end)
        {
            return (1, 0);
        }

        return (PyText.Offset(c.Text, (int)start), PyText.Offset(c.Text, (int)end));
    }

    private static string Needle(MethodCall c) => Ops.TryText(c.Args[0], out var text) ? text : throw Fault.Type($"must be str, not {Types.Name(c.Args[0])}");

    private static int Find(MethodCall c, bool fromRight)
    {
        var needle = Needle(c);
        var (start, end) = Bounds(c);
        if (end < start)
        {
            return -1;
        }

        var part = c.Text.AsSpan(start, end - start);
        var at = fromRight ? part.LastIndexOf(needle, StringComparison.Ordinal) : part.IndexOf(needle, StringComparison.Ordinal);
        if (fromRight && needle.Length == 0)
        {
            at = part.Length;
        }

        return at < 0 ? -1 : PyText.Index(c.Text, start + at);
    }

    private static object Count(MethodCall c)
    {
        var needle = Needle(c);
        var (start, end) = Bounds(c);
        if (end < start)
        {
            return Boxed.Zero;
        }

        var part = c.Text[start..end];
        if (needle.Length == 0)
        {
            return Boxed.Of(PyText.Length(part) + 1L);
        }

        long count = 0;
        for (var at = part.IndexOf(needle, StringComparison.Ordinal); at >= 0; at = part.IndexOf(needle, at + needle.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return Boxed.Of(count);
    }

    private static object Affix(MethodCall c, string name)
    {
        var (start, end) = Bounds(c);
        var inside = end >= start;
        var part = inside ? c.Text[start..end] : string.Empty;
        if (Ops.TryText(c.Args[0], out var one))
        {
            return Boxed.Of(inside && Matches(one));
        }

        if (c.Args[0] is not JinjaTuple tuple)
        {
            throw Fault.Type($"{name} first arg must be str or a tuple of str, not {Types.Name(c.Args[0])}");
        }

        foreach (var item in tuple.Items)
        {
            if (!Ops.TryText(item, out var text))
            {
                throw Fault.Type($"tuple for {name} must only contain str, not {Types.Name(item)}");
            }

            if (inside && Matches(text))
            {
                return Boxed.True;
            }
        }

        return Boxed.False;

        bool Matches(string text) => name == "startswith" ? part.StartsWith(text, StringComparison.Ordinal) : part.EndsWith(text, StringComparison.Ordinal);
    }

    private static string ExpandTabs(string text, int size)
    {
        var result = new StringBuilder();
        var column = 0;
        foreach (var c in text)
        {
            if (c == '\t')
            {
                if (size > 0)
                {
                    var blanks = size - (column % size);
                    Ops.Guard((long)result.Length + blanks);
                    result.Append(' ', blanks);
                    column += blanks;
                }
            }
            else
            {
                result.Append(c);
                column = c is '\n' or '\r' ? 0 : column + 1;
            }
        }

        return result.ToString();
    }

    private static string Translate(MethodCall c)
    {
        var result = new StringBuilder();
        foreach (var rune in c.Text.EnumerateRunes())
        {
            if (!Access.TryItem(c.Args[0], Boxed.Of((long)rune.Value), out var mapped))
            {
                result.Append(rune.ToString());
            }
            else if (Ops.TryText(mapped, out var text))
            {
                result.Append(text);
            }
            else if (mapped is long code)
            {
                result.Append(char.ConvertFromUtf32((int)code));
            }
            else if (mapped is not null)
            {
                throw Fault.Type("character mapping must return integer, None or str");
            }
        }

        return result.ToString();
    }

    private static object MakeTrans(MethodCall c)
    {
        var table = new JinjaDict();
        if (c.Count == 1)
        {
            if (c.Args[0] is not JinjaDict dict)
            {
                throw Fault.Type("if you give only one argument to maketrans it must be a dict");
            }

            foreach (var (key, value) in dict.Entries)
            {
                table.Set(Ops.TryText(key, out var text) ? Boxed.Of((long)char.ConvertToUtf32(text + "\0", 0)) : key, value);
            }

            return table;
        }

        var from = c.TextArg(0).EnumerateRunes().ToList();
        var to = c.TextArg(1).EnumerateRunes().ToList();
        if (from.Count != to.Count)
        {
            throw Fault.Value("the first two maketrans arguments must have equal length");
        }

        for (var i = 0; i < from.Count; i++)
        {
            table.Set(Boxed.Of((long)from[i].Value), Boxed.Of((long)to[i].Value));
        }

        if (c.Count == 3)
        {
            foreach (var rune in c.TextArg(2).EnumerateRunes())
            {
                table.Set(Boxed.Of((long)rune.Value), null);
            }
        }

        return table;
    }

    private static object Encode(MethodCall c)
    {
        var name = c.Count > 0 ? Repr.Str(c.Args[0]) : "utf-8";
        var encoding = Encodings.Find(name) ?? throw new JinjaException(JinjaErrorKind.Runtime, "LookupError", $"unknown encoding: {name}");
        if (encoding is not UTF8Encoding and not UnicodeEncoding)
        {
            var limit = encoding is ASCIIEncoding ? 128 : 256;
            var index = c.Text.ToList().FindIndex(letter => letter >= limit);
            if (index >= 0 && Repr.Str(c.Arg(1, "strict")) == "strict")
            {
                throw new JinjaException(JinjaErrorKind.Runtime, "UnicodeEncodeError", $"'{Encodings.Name(name)}' codec can't encode character '\\x{(int)c.Text[index]:x2}' in position {index}: ordinal not in range({limit})");
            }
        }

        return new JinjaBytes(encoding.GetBytes(c.Text));
    }

    private static object FormatMap(MethodCall c)
    {
        if (c.Keywords.Length > 0)
        {
            throw Fault.Type("format_map() takes no keyword arguments");
        }

        if (c.Count != 1)
        {
            throw Fault.Type($"format_map() takes exactly one argument ({c.Count} given)");
        }

        return Same(c, StrFormat.Format(c.Context, c.Text, [], Calls.NoKeywords, c.Args[0], c.Self is Markup));
    }
}

/// <summary>The encodings that str.encode and bytes.decode know.</summary>
internal static class Encodings
{
    public static string Name(string name) => name.ToLowerInvariant().Replace('_', '-');

    public static Encoding? Find(string name) => Name(name) switch
    {
        "utf-8" or "utf8" or "u8" => new UTF8Encoding(false),
        "ascii" or "us-ascii" => Encoding.ASCII,
        "latin-1" or "latin1" or "iso-8859-1" or "iso8859-1" => Encoding.Latin1,
        "utf-16-le" or "utf-16le" => new UnicodeEncoding(false, false),
        "utf-16-be" or "utf-16be" => new UnicodeEncoding(true, false),
        _ => null,
    };
}
