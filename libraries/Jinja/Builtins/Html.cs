using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FhirAspire.Jinja.Runtime;
using PyText = FhirAspire.Jinja.Runtime.Text;

namespace FhirAspire.Jinja.Builtins;

/// <summary>What filters do with HTML and URLs.</summary>
internal static partial class Html
{
    public static string StripTags(string text)
    {
        int start;
        while ((start = text.IndexOf("<!--", StringComparison.Ordinal)) >= 0 && text.IndexOf("-->", start, StringComparison.Ordinal) is var end and >= 0)
        {
            text = text[..start] + text[(end + 3)..];
        }

        while ((start = text.IndexOf('<', StringComparison.Ordinal)) >= 0 && text.IndexOf('>', start) is var end and >= 0)
        {
            text = text[..start] + text[(end + 1)..];
        }

        return WebUtility.HtmlDecode(string.Join(' ', StringMethods.SplitBlanks(text, -1, fromRight: false)));
    }

    public static string XmlAttributes(object? value, bool autospace)
    {
        if (value is not JinjaDict dict)
        {
            throw value is JinjaUndefined undefined ? undefined.Error() : Fault.Attribute($"'{Types.Short(value)}' object has no attribute 'items'");
        }

        var parts = new List<string>();
        foreach (var (key, item) in dict.Entries)
        {
            if (item is null or JinjaUndefined)
            {
                continue;
            }

            if (!Ops.TryText(key, out var name))
            {
                throw Fault.Type($"expected string or bytes-like object, got '{Types.Name(key)}'");
            }

            if (name.AsSpan().IndexOfAny(" \t\n\r\f\v/>=") >= 0)
            {
                throw Fault.Value($"Invalid character in attribute name: {Repr.Of(name)}");
            }

            parts.Add($"{Repr.Str(BuiltinFilters.Escape(key))}=\"{Repr.Str(BuiltinFilters.Escape(item))}\"");
        }

        var text = string.Join(' ', parts);
        return autospace && text.Length > 0 ? " " + text : text;
    }

    public static string UrlEncode(object? value)
    {
        if (Ops.TryText(value, out _) || !Ops.IsIterable(value))
        {
            return Quote(value, query: false);
        }

        var pairs = value is JinjaDict dict
            ? dict.Entries.Select(entry => (entry.Key, entry.Value))
            : Ops.Iterate(value).Select(item => Pair(item));
        return string.Join('&', pairs.Select(pair => $"{Quote(pair.Item1, query: true)}={Quote(pair.Item2, query: true)}"));
    }

    private static (object? Key, object? Value) Pair(object? item)
    {
        if (!Ops.IsIterable(item))
        {
            throw Fault.Type($"cannot unpack non-iterable {Types.Name(item)} object");
        }

        var parts = Ops.Iterate(item).Take(3).ToList();
        return parts.Count == 2
            ? (parts[0], parts[1])
            : throw Fault.Value(parts.Count > 2 ? "too many values to unpack (expected 2)" : $"not enough values to unpack (expected 2, got {parts.Count})");
    }

    private static string Quote(object? value, bool query)
    {
        var result = new StringBuilder();
        foreach (var b in value is JinjaBytes bytes ? bytes.Data : Encoding.UTF8.GetBytes(Repr.Str(value)))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-' or '~' || (c == '/' && !query))
            {
                result.Append(c);
            }
            else if (c == ' ' && query)
            {
                result.Append('+');
            }
            else
            {
                result.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return result.ToString();
    }

    public static string Urlize(object?[] a)
    {
        var limit = a[1] is null ? int.MaxValue : Ops.ToInt(a[1]);
        var rel = new SortedSet<string>(StringComparer.Ordinal) { "noopener" };
        rel.UnionWith(StringMethods.SplitBlanks(a[4] is null ? string.Empty : Repr.Str(a[4]), -1, false));
        if (Ops.IsTrue(a[2]))
        {
            rel.Add("nofollow");
        }

        var attributes = $" rel=\"{Markup.Escape(string.Join(' ', rel))}\"";
        if (Ops.IsTrue(a[3]))
        {
            attributes += $" target=\"{Markup.Escape(Repr.Str(a[3]))}\"";
        }

        var schemes = a[5] is null ? [] : Ops.Iterate(a[5]).Select(Repr.Str).ToList();
        foreach (var scheme in schemes)
        {
            if (!SchemePattern().IsMatch(scheme))
            {
                throw Fault.FilterArgument($"{Repr.Of(scheme)} is not a valid URI scheme prefix.");
            }
        }

        var words = Blanks().Split(Repr.Str(BuiltinFilters.Escape(a[0])));
        for (var i = 0; i < words.Length; i++)
        {
            words[i] = Link(words[i], limit, attributes, schemes);
        }

        return string.Concat(words);
    }

    private static string Link(string word, int limit, string attributes, List<string> schemes)
    {
        var middle = word;
        var head = Opening().Match(middle).Value;
        middle = middle[head.Length..];
        var tail = string.Empty;
        if (Closing().Match(middle) is { Success: true } closing)
        {
            tail = closing.Value;
            middle = middle[..closing.Index];
        }

        foreach (var (open, close) in new[] { ("(", ")"), ("<", ">"), ("&lt;", "&gt;") })
        {
            var opened = Count(middle, open);
            if (opened <= Count(middle, close))
            {
                continue;
            }

            for (var n = Math.Min(opened, Count(tail, close)); n > 0; n--)
            {
                var end = tail.IndexOf(close, StringComparison.Ordinal) + close.Length;
                middle += tail[..end];
                tail = tail[end..];
            }
        }

        string Shown(string text) => PyText.Length(text) > limit ? text[..PyText.Offset(text, limit)] + "..." : text;
        if (Http().IsMatch(middle))
        {
            var target = middle.StartsWith("https://", StringComparison.Ordinal) || middle.StartsWith("http://", StringComparison.Ordinal) ? middle : "https://" + middle;
            middle = $"<a href=\"{target}\"{attributes}>{Shown(middle)}</a>";
        }
        else if (middle.StartsWith("mailto:", StringComparison.Ordinal) && Email().IsMatch(middle[7..]))
        {
            middle = $"<a href=\"{middle}\">{middle[7..]}</a>";
        }
        else if (middle.Contains('@') && !middle.StartsWith("www.", StringComparison.Ordinal) && !middle.StartsWith('@') && !middle.Contains(':') && Email().IsMatch(middle))
        {
            middle = $"<a href=\"mailto:{middle}\">{middle}</a>";
        }
        else
        {
            foreach (var scheme in schemes)
            {
                if (middle != scheme && middle.StartsWith(scheme, StringComparison.Ordinal))
                {
                    middle = $"<a href=\"{middle}\"{attributes}>{middle}</a>";
                }
            }
        }

        return head + middle + tail;
    }

    private static int Count(string text, string part)
    {
        var count = 0;
        for (var at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    [GeneratedRegex(@"(\s+)", RegexOptions.None, 2000)]
    private static partial Regex Blanks();

    [GeneratedRegex("^([(<]|&lt;)*", RegexOptions.None, 2000)]
    private static partial Regex Opening();

    [GeneratedRegex(@"([)>.,\n]|&gt;)+$", RegexOptions.None, 2000)]
    private static partial Regex Closing();

    [GeneratedRegex(@"^([\w.+-]{2,}:(/){0,2})$", RegexOptions.None, 2000)]
    private static partial Regex SchemePattern();

    // A scheme or www., then a host name or an address, then anything.
    [GeneratedRegex(@"^((https?://|www\.)(([\w%-]+\.)+)?([a-z]{2,63}|xn--[\w%]{2,59})|([\w%-]{2,63}\.)+(com|net|int|edu|gov|org|info|mil)|(https?://)((([\d]{1,3})(\.[\d]{1,3}){3})|(\[([\da-f]{0,4}:){2}([\da-f]{0,4}:?){1,6}\])))(?::[\d]{1,5})?(?:[/?#]\S*)?$", RegexOptions.IgnoreCase, 2000)]
    private static partial Regex Http();

    [GeneratedRegex(@"^\S+@\w[\w.-]*\.\w+$", RegexOptions.None, 2000)]
    private static partial Regex Email();
}
