using System.Text.RegularExpressions;
using FhirAspire.Jinja.Runtime;
using PyText = FhirAspire.Jinja.Runtime.Text;

namespace FhirAspire.Jinja.Builtins;

/// <summary>Python's <c>textwrap.wrap</c>, as the filter <c>wordwrap</c> uses it.</summary>
internal static partial class TextWrap
{
    public static string Wrap(JinjaContext context, object?[] a)
    {
        if (!Ops.TryText(a[0], out var text))
        {
            throw a[0] is JinjaUndefined undefined ? undefined.Error() : Fault.Attribute($"'{Types.Short(a[0])}' object has no attribute 'splitlines'");
        }

        var width = Ops.ToInt(a[1]);
        var separator = a[3] is null ? context.Environment.Options.NewlineSequence : Repr.Str(a[3]);
        return string.Join(separator, PyText.SplitLines(text, keepEnds: false).Select(line => string.Join(separator, Lines(line, width, Ops.IsTrue(a[2]), Ops.IsTrue(a[4])))));
    }

    private static List<string> Lines(string text, int width, bool breakLong, bool breakHyphens)
    {
        if (width <= 0)
        {
            throw Fault.Value($"invalid width {width} (must be > 0)");
        }

        var chunks = Chunks(text, breakHyphens);
        chunks.Reverse();
        var lines = new List<string>();
        while (chunks.Count > 0)
        {
            var line = new List<string>();
            var length = 0;
            if (PyText.Strip(chunks[^1], null, true, true).Length == 0 && lines.Count > 0)
            {
                chunks.RemoveAt(chunks.Count - 1);
            }

            while (chunks.Count > 0 && length + PyText.Length(chunks[^1]) <= width)
            {
                length += PyText.Length(chunks[^1]);
                line.Add(chunks[^1]);
                chunks.RemoveAt(chunks.Count - 1);
            }

            if (chunks.Count > 0 && PyText.Length(chunks[^1]) > width)
            {
                var space = width < 1 ? 1 : width - length;
                var chunk = chunks[^1];
                if (breakLong)
                {
                    var end = space;
                    if (breakHyphens && PyText.Length(chunk) > space)
                    {
                        var hyphen = chunk.LastIndexOf('-', Math.Max(0, Math.Min(space, chunk.Length) - 1));
                        if (hyphen > 0 && chunk[..hyphen].Any(c => c != '-'))
                        {
                            end = hyphen + 1;
                        }
                    }

                    var offset = PyText.Offset(chunk, end);
                    line.Add(chunk[..offset]);
                    chunks[^1] = chunk[offset..];
                }
                else if (line.Count == 0)
                {
                    line.Add(chunk);
                    chunks.RemoveAt(chunks.Count - 1);
                }
            }

            if (line.Count > 0 && PyText.Strip(line[^1], null, true, true).Length == 0)
            {
                line.RemoveAt(line.Count - 1);
            }

            if (line.Count > 0)
            {
                lines.Add(string.Concat(line));
            }
        }

        return lines;
    }

    /// <summary>Blanks and words; words with hyphens are cut further.</summary>
    private static List<string> Chunks(string text, bool breakHyphens)
    {
        var chunks = new List<string>();
        var start = 0;
        while (start < text.Length)
        {
            var blank = IsBlank(text[start]);
            var end = start + 1;
            while (end < text.Length && IsBlank(text[end]) == blank)
            {
                end++;
            }

            var chunk = text[start..end];
            if (!blank && breakHyphens && chunk.Contains('-'))
            {
                chunks.AddRange(WordSeparators().Split(chunk).Where(part => part.Length > 0));
            }
            else
            {
                chunks.Add(chunk);
            }

            start = end;
        }

        return chunks;
    }

    private static bool IsBlank(char c) => c is ' ' or (>= '\t' and <= '\r');

    // Blanks; words with hyphens inside, which are cut behind the hyphen; long dashes between words.
    [GeneratedRegex(@"([\t\n\v\f\r ]+|(?<=[\w!""'&.,?])-{2,}(?=\w)|[^\t\n\v\f\r ]+?(?:-(?:(?<=[^\d\W]{2}-)|(?<=[^\d\W]-[^\d\W]-))(?=[^\d\W]-?[^\d\W])|(?=[\t\n\v\f\r ]|\z)|(?<=[\w!""'&.,?])(?=-{2,}\w)))", RegexOptions.None, 5000)]
    private static partial Regex WordSeparators();
}
