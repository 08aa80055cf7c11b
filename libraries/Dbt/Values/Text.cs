using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace FhirAspire.Dbt.Values;

/// <summary>Small text functions that several phases share.</summary>
internal static class Text
{
    /// <summary>MD5 in lowercase hex. dbt builds names of tests from it: a name, not a secret.</summary>
    public static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>SHA-256 in lowercase hex.</summary>
    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>Python's <c>str.strip()</c>.</summary>
    public static string Strip(string text) => text.Trim();

    /// <summary>Whether a name matches a shell pattern as Python's <c>fnmatch</c> has it.</summary>
    public static bool FnMatch(string name, string pattern) =>
        pattern == "*" || (pattern.AsSpan().IndexOfAny("*?[") < 0 ? name == pattern : FnMatchRegex(pattern).IsMatch(name));

    public static Regex FnMatchRegex(string pattern)
    {
        var regex = new StringBuilder(@"\A(?s:");
        for (var i = 0; i < pattern.Length; i++)
        {
            var c = pattern[i];
            switch (c)
            {
                case '*':
                    regex.Append(".*");
                    break;
                case '?':
                    regex.Append('.');
                    break;
                case '[':
                    var end = pattern.IndexOf(']', Math.Min(i + (i + 1 < pattern.Length && pattern[i + 1] is '!' or ']' ? 3 : 2), pattern.Length));
                    if (end < 0)
                    {
                        regex.Append("\\[");
                        break;
                    }

                    var body = pattern[(i + 1)..end].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("[", "\\[", StringComparison.Ordinal);
                    regex.Append('[').Append(body.StartsWith('!') ? "^" + body[1..] : body.StartsWith('^') ? "\\" + body : body).Append(']');
                    i = end;
                    break;
                default:
                    regex.Append(Regex.Escape(c.ToString()));
                    break;
            }
        }

        return new Regex(regex.Append(@")\z").ToString(), RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
    }

    /// <summary>The known name that is nearest to an unknown one, or null when none is near.</summary>
    /// <param name="unknown">The name.</param>
    /// <param name="known">The names that mean something.</param>
    /// <param name="limit">By how many letters they may differ; by default a third of them.</param>
    public static string? Nearest(string unknown, IEnumerable<string> known, int? limit = null)
    {
        string? best = null;
        var bestDistance = (limit ?? Math.Max(2, unknown.Length / 3)) + 1;
        foreach (var candidate in known)
        {
            if (Math.Abs(candidate.Length - unknown.Length) < bestDistance && Distance(unknown, candidate, bestDistance) is var distance && distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }

        return best;
    }

    /// <summary><c>did you mean 'x'?</c>, or null when no known name is near.</summary>
    public static string? DidYouMean(string unknown, IEnumerable<string> known) => Nearest(unknown, known) is { } near ? $"did you mean '{near}'?" : null;

    /// <summary>Line and column, counted from 1, of an offset.</summary>
    public static (int Line, int Column) Position(string text, int offset)
    {
        var line = 1;
        var lineStart = 0;
        for (var i = 0; i < offset && i < text.Length; i++)
        {
            if (text[i] == '\n')
            {
                line++;
                lineStart = i + 1;
            }
        }

        return (line, offset - lineStart + 1);
    }

    public static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static int Distance(string a, string b, int limit)
    {
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
        {
            previous[j] = j;
        }

        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            var smallest = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1] + 1, previous[j] + 1), previous[j - 1] + cost);
                smallest = Math.Min(smallest, current[j]);
            }

            if (smallest >= limit)
            {
                return limit;
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
