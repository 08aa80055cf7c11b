using System.Text;
using System.Text.RegularExpressions;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Parse;

/// <summary>A top-level block of a file: <c>{% macro x() %}...{% endmacro %}</c>.</summary>
/// <param name="Tag">The tag: macro, test, materialization, snapshot, docs.</param>
/// <param name="Head">What follows the tag's name in the opening tag.</param>
/// <param name="Body">What stands between the tags.</param>
/// <param name="Full">Everything from tag to tag.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Line">The line at which it begins, counted from 1.</param>
/// <param name="Spaced">With the white space that its tags take from around it.</param>
internal sealed record TemplateBlock(string Tag, string Head, string Body, string Full, int Offset, int Line, string Spaced)
{
    /// <summary>The first name of the head.</summary>
    public string Name => BlockReader.FirstName(Head);
}

/// <summary>Finds the top-level blocks of a file, without reading what is in them.</summary>
internal static partial class BlockReader
{
    public static List<TemplateBlock> Read(string text, string file, params string[] tags)
    {
        var blocks = new List<TemplateBlock>();
        var at = 0;
        TagSpan? open = null;
        var free = 0;
        while (NextTag(text, ref at, file) is { } tag)
        {
            if (open is null && !tags.Contains(tag.Name, StringComparer.Ordinal))
            {
                free = SpacedEnd(text, tag.End);
            }

            if (open is null)
            {
                if (tags.Contains(tag.Name, StringComparer.Ordinal))
                {
                    open = tag;
                }
                else if (tag.Name == "raw")
                {
                    SkipRaw(text, ref at);
                }

                continue;
            }

            if (tag.Name == "raw")
            {
                SkipRaw(text, ref at);
            }
            else if (tag.Name == "end" + open.Value.Name)
            {
                var spaced = text[SpacedStart(text, open.Value.Start, free)..SpacedEnd(text, tag.End)];
                blocks.Add(new TemplateBlock(open.Value.Name, open.Value.Rest, text[open.Value.End..tag.Start], text[open.Value.Start..tag.End], open.Value.Start, Text.Position(text, open.Value.Start).Line, spaced));
                free = SpacedEnd(text, tag.End);
                open = null;
            }
        }

        if (open is { } unclosed)
        {
            var (line, column) = Text.Position(text, unclosed.Start);
            throw new DbtException("DBT2102", DbtErrorKind.Compilation, $"Reached EOF without finding a close tag for {unclosed.Name} (searched from line {line})")
            {
                File = file, Line = line, Column = column, Found = "the end of the file", Expected = $"{{% end{unclosed.Name} %}}",
            };
        }

        return blocks;
    }

    // A tag with a minus takes the white space beside it, as far as no tag before it has taken that.
    private static int SpacedStart(string text, int start, int free)
    {
        if (start + 2 < text.Length && text[start + 2] == '-')
        {
            while (start > free && char.IsWhiteSpace(text[start - 1]))
            {
                start--;
            }
        }

        return start;
    }

    private static int SpacedEnd(string text, int end)
    {
        if (end >= 3 && text[end - 3] == '-')
        {
            while (end < text.Length && char.IsWhiteSpace(text[end]))
            {
                end++;
            }
        }

        return end;
    }

    public static string FirstName(string head) => NamePattern().Match(head).Value;

    private readonly record struct TagSpan(int Start, int End, string Name, string Rest);

    private static TagSpan? NextTag(string text, ref int at, string file)
    {
        while (at < text.Length)
        {
            var open = text.IndexOf('{', at);
            if (open < 0 || open + 1 >= text.Length)
            {
                return null;
            }

            switch (text[open + 1])
            {
                case '#':
                    var close = text.IndexOf("#}", open + 2, StringComparison.Ordinal);
                    if (close < 0)
                    {
                        var (line, column) = Text.Position(text, open);
                        throw new DbtException("DBT2102", DbtErrorKind.Compilation, $"Reached EOF without finding a close for the comment (searched from line {line})") { File = file, Line = line, Column = column, Expected = "#}" };
                    }

                    at = close + 2;
                    break;
                case '{':
                    at = EndOf(text, open + 2, "}}");
                    break;
                case '%':
                    var end = EndOf(text, open + 2, "%}");
                    at = end;
                    var inner = text.AsSpan((open + 2)..Math.Max(open + 2, end - 2)).Trim().Trim("-+").Trim();
                    var name = FirstName(inner.ToString());
                    return new TagSpan(open, end, name, inner[name.Length..].ToString());
                default:
                    at = open + 1;
                    break;
            }
        }

        return null;
    }

    // Past the end of a tag; its texts may hold what looks like an end.
    private static int EndOf(string text, int at, string end)
    {
        while (at < text.Length)
        {
            var c = text[at];
            if (c is '"' or '\'')
            {
                at++;
                while (at < text.Length && text[at] != c)
                {
                    at += text[at] == '\\' ? 2 : 1;
                }

                at++;
            }
            else if (c == end[0] && at + 1 < text.Length && text[at + 1] == end[1])
            {
                return at + 2;
            }
            else
            {
                at++;
            }
        }

        return text.Length;
    }

    private static void SkipRaw(string text, ref int at)
    {
        var match = EndRawPattern().Match(text, Math.Min(at, text.Length));
        at = match.Success ? match.Index + match.Length : text.Length;
    }

    [GeneratedRegex(@"\{%[-+]?\s*endraw\s*[-+]?%\}", RegexOptions.CultureInvariant, 5000)]
    private static partial Regex EndRawPattern();

    [GeneratedRegex(@"[A-Za-z_][A-Za-z0-9_]*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NamePattern();
}
