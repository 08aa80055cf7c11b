using System.Text;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Modules;

/// <summary>Rewrites a pattern of Python's <c>re</c> for .NET and reports what Python would not accept, in its words.</summary>
internal static class PatternTranslator
{
    public static JinjaException Error(string reason, int position) => new(JinjaErrorKind.Runtime, "error", $"{reason} at position {position}");

    public static (string Pattern, List<string?> Groups) Translate(string source, bool ascii, bool verbose)
    {
        var result = new StringBuilder();
        var groups = new List<string?>();
        var open = new Stack<(int At, bool Verbose)>();
        var repeatable = false;
        var atStart = true;
        for (var i = 0; i < source.Length; i++)
        {
            var c = source[i];
            switch (c)
            {
                case '\\':
                    i = Escape(source, i, result, groups, ascii, inSet: false);
                    repeatable = true;
                    break;
                case '[':
                    i = Set(source, i, result, groups, ascii);
                    repeatable = true;
                    break;
                case '(':
                    open.Push((i, verbose));
                    i = Open(source, i, result, groups, atStart, ref verbose, out var atom);
                    if (atom)
                    {
                        // A comment or a group of flags: no group is open.
                        open.Pop();
                    }

                    repeatable = false;
                    // Several groups of flags may follow each other; comments do not count either.
                    atStart &= atom;
                    continue;
                case ')':
                    if (!open.TryPop(out var group))
                    {
                        throw Error("unbalanced parenthesis", i);
                    }

                    verbose = group.Verbose;

                    result.Append(')');
                    repeatable = true;
                    break;
                case '*' or '+' or '?':
                    if (!repeatable)
                    {
                        throw Error(i > 1 && source[i - 1] is ('*' or '+' or '?' or '}') ? "multiple repeat" : "nothing to repeat", i);
                    }

                    result.Append(c);
                    i = Lazy(source, i, result);
                    repeatable = false;
                    break;
                case '{' when Bounds(source, i, out var end):
                    if (!repeatable)
                    {
                        throw Error("nothing to repeat", i);
                    }

                    var bounds = source[i..(end + 1)];
                    result.Append(bounds.StartsWith("{,", StringComparison.Ordinal) ? "{0" + bounds[1..] : bounds);
                    i = Lazy(source, end, result);
                    repeatable = false;
                    break;
                case '{' or '}':
                    result.Append('\\').Append(c);
                    repeatable = true;
                    break;
                case '|':
                    result.Append(c);
                    repeatable = false;
                    break;
                case '^':
                    result.Append(c);
                    repeatable = true;
                    break;
                case '#' when verbose:
                    while (i < source.Length && source[i] != '\n')
                    {
                        i++;
                    }

                    continue;
                default:
                    result.Append(c);
                    repeatable |= !verbose || !Text.IsSpace(c);
                    atStart &= verbose && Text.IsSpace(c);
                    continue;
            }

            atStart = false;
        }

        return open.Count > 0 ? throw Error("missing ), unterminated subpattern", open.Last().At) : (result.ToString(), groups);
    }

    private static int Lazy(string source, int at, StringBuilder result)
    {
        if (at + 1 < source.Length && source[at + 1] == '?')
        {
            result.Append('?');
            return at + 1;
        }

        return at;
    }

    private static bool Bounds(string source, int at, out int end)
    {
        end = source.IndexOf('}', at);
        if (end < 0 || end == at + 1)
        {
            return false;
        }

        var inner = source[(at + 1)..end];
        var comma = inner.IndexOf(',', StringComparison.Ordinal);
        var ok = inner.Length > 0 && inner.All(c => char.IsAsciiDigit(c) || c == ',') && inner.Count(c => c == ',') <= 1 && inner != ",";
        if (ok && comma > 0 && comma < inner.Length - 1 && long.Parse(inner[..comma]) > long.Parse(inner[(comma + 1)..]))
        {
            throw Error("min repeat greater than max repeat", at + 1);
        }

        return ok;
    }

    private static int Open(string source, int at, StringBuilder result, List<string?> groups, bool atStart, ref bool verbose, out bool atom)
    {
        atom = false;
        if (at + 1 >= source.Length || source[at + 1] != '?')
        {
            groups.Add(null);
            result.Append($"(?<{groups.Count}>");
            return at;
        }

        var rest = source[(at + 2)..];
        if (rest.Length == 0)
        {
            throw Error("unexpected end of pattern", at + 2);
        }

        if (rest.StartsWith("P<", StringComparison.Ordinal))
        {
            var end = source.IndexOf('>', at);
            if (end < 0)
            {
                throw Error("missing >, unterminated name", at + 4);
            }

            var name = source[(at + 4)..end];
            if (name.Length == 0)
            {
                throw Error("missing group name", at + 4);
            }

            if (!Syntax.Identifiers.IsIdentifier(name))
            {
                throw Error($"bad character in group name {Repr.Of(name)}", at + 4);
            }

            if (groups.Contains(name, StringComparer.Ordinal))
            {
                throw Error($"redefinition of group name {Repr.Of(name)} as group {groups.Count + 1}; was group {groups.IndexOf(name) + 1}", at + 4);
            }

            // Numbers only: .NET would number named groups behind the others.
            groups.Add(name);
            result.Append($"(?<{groups.Count}>");
            return end;
        }

        if (rest.StartsWith("P=", StringComparison.Ordinal))
        {
            var end = source.IndexOf(')', at);
            var name = end < 0 ? throw Error("missing ), unterminated name", at + 4) : source[(at + 4)..end];
            var index = groups.IndexOf(name);
            result.Append(index < 0 ? throw Error($"unknown group name {Repr.Of(name)}", at + 4) : $"(?:\\{index + 1}");
            return end - 1;
        }

        if (rest[0] == '#')
        {
            var end = source.IndexOf(')', at);
            atom = true;
            return end < 0 ? throw Error("missing ), unterminated comment", at) : end;
        }

        if (rest[0] == '(')
        {
            var end = source.IndexOf(')', at);
            var name = end < 0 ? throw Error("missing ), unterminated name", at + 3) : source[(at + 3)..end];
            var number = name.All(char.IsAsciiDigit) ? name : (groups.IndexOf(name) is var index and >= 0 ? $"{index + 1}" : throw Error($"unknown group name {Repr.Of(name)}", at + 3));
            result.Append($"(?({number})");
            return end;
        }

        foreach (var prefix in new[] { ":", "=", "!", "<=", "<!", ">" })
        {
            if (rest.StartsWith(prefix, StringComparison.Ordinal))
            {
                result.Append("(?").Append(prefix);
                return at + 1 + prefix.Length;
            }
        }

        var letters = 0;
        while (rest[letters] is 'a' or 'i' or 'L' or 'm' or 's' or 'u' or 'x' or '-')
        {
            letters++;
            if (letters >= rest.Length)
            {
                break;
            }
        }

        if (letters == 0 || letters >= rest.Length || rest[letters] is not (':' or ')'))
        {
            throw Error(letters == 0 ? $"unknown extension ?{rest[0]}" : letters >= rest.Length ? "missing -, : or )" : "unknown flag", letters == 0 ? at + 1 : at + 2 + letters);
        }

        var minus = rest.IndexOf('-', StringComparison.Ordinal);
        var x = rest[..letters].IndexOf('x', StringComparison.Ordinal);
        verbose = x < 0 ? verbose : minus < 0 || x < minus;
        var flags = new string([.. rest[..letters].Where(c => c is 'i' or 'm' or 's' or 'x' or '-')]);
        if (rest[letters] == ')')
        {
            if (!atStart)
            {
                throw Error("global flags not at the start of the expression", at);
            }

            result.Append(flags.Length > 0 ? $"(?{flags})" : string.Empty);
            atom = true;
        }
        else
        {
            result.Append($"(?{flags}:");
        }

        return at + 2 + letters;
    }

    private static int Set(string source, int at, StringBuilder result, List<string?> groups, bool ascii)
    {
        var i = at + 1;
        result.Append('[');
        if (i < source.Length && source[i] == '^')
        {
            result.Append('^');
            i++;
        }

        for (var first = true; ; first = false, i++)
        {
            if (i >= source.Length)
            {
                throw Error("unterminated character set", at);
            }

            if (source[i] == ']' && !first)
            {
                result.Append(']');
                return i;
            }

            if (source[i] == '\\')
            {
                i = Escape(source, i, result, groups, ascii, inSet: true);
            }
            else if (source[i] == '-' && !first && i + 1 < source.Length && source[i + 1] != ']' && result[^1] != '[')
            {
                if (source[i + 1] != '\\' && source[i - 1] > source[i + 1] && source[i - 1] != '\\' && !(i >= 2 && source[i - 2] == '\\'))
                {
                    throw Error($"bad character range {source[i - 1]}-{source[i + 1]}", i - 1);
                }

                // .NET takes -[ for a subtraction.
                result.Append(source[i + 1] == '[' ? "-\\" : "-");
                if (source[i + 1] == '[')
                {
                    result.Append('[');
                    i++;
                }
            }
            else
            {
                result.Append(source[i] is '[' or ']' ? $"\\{source[i]}" : source[i].ToString());
            }
        }
    }

    private static int Escape(string source, int at, StringBuilder result, List<string?> groups, bool ascii, bool inSet)
    {
        if (at + 1 >= source.Length)
        {
            throw Error("bad escape (end of pattern)", at);
        }

        var c = source[at + 1];
        if (char.IsAsciiDigit(c))
        {
            var end = at + 2;
            if (c == '0' || inSet)
            {
                while (end < source.Length && end < at + 4 && source[end] is >= '0' and <= '7')
                {
                    end++;
                }

                result.Append($"\\u{Convert.ToInt32(source[(at + 1)..end], 8):x4}");
                return end - 1;
            }

            if (end < source.Length && char.IsAsciiDigit(source[end]))
            {
                end++;
            }

            var number = int.Parse(source[(at + 1)..end]);
            result.Append(number > groups.Count ? throw Error($"invalid group reference {number}", at + 1) : $"(?:\\{number})");
            return end - 1;
        }

        switch (c)
        {
            case 'A' or 'b' or 'B' when !inSet:
                result.Append('\\').Append(c);
                break;
            case 'Z' when !inSet:
                result.Append("\\z");
                break;
            case 'b':
                result.Append("\\b");
                break;
            case 'd' or 'D' or 'w' or 'W' or 's' or 'S':
                result.Append(ascii ? (c, inSet) switch
                {
                    ('d', false) => "[0-9]",
                    ('d', true) => "0-9",
                    ('D', false) => "[^0-9]",
                    ('w', false) => "[a-zA-Z0-9_]",
                    ('w', true) => "a-zA-Z0-9_",
                    ('W', false) => "[^a-zA-Z0-9_]",
                    _ => $"\\{c}",
                } : $"\\{c}");
                break;
            case 'a' or 'f' or 'n' or 'r' or 't' or 'v':
                result.Append('\\').Append(c);
                break;
            case 'x' or 'u':
                {
                    var length = c == 'x' ? 2 : 4;
                    var digits = at + 2 + length <= source.Length ? source.Substring(at + 2, length) : string.Empty;
                    result.Append(digits.Length == length && digits.All(char.IsAsciiHexDigit) ? $"\\{c}{digits}" : throw Error($"incomplete escape {source[at..Math.Min(source.Length, at + 2)]}", at));
                    return at + 1 + length;
                }

            default:
                if (char.IsAsciiLetter(c))
                {
                    throw Error($"bad escape \\{c}", at);
                }

                result.Append(char.IsAscii(c) ? $"\\{c}" : c.ToString());
                break;
        }

        return at + 1;
    }
}
