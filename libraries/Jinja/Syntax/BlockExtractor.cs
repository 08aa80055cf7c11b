namespace FhirAspire.Jinja.Syntax;

/// <summary>
/// Finds the blocks at the top level of a file: macros, tests, snapshots, docs and the like. Only tags, comments, raw parts and texts inside tags
/// are looked at, so a body with a syntax error is found all the same and fails when it is compiled.
/// </summary>
public static class BlockExtractor
{
    /// <summary>The kinds of blocks that dbt looks for.</summary>
    public static readonly IReadOnlyList<string> DbtKinds = ["macro", "materialization", "test", "data_test", "snapshot", "docs"];

    /// <summary>Finds blocks.</summary>
    /// <param name="source">The file's text, as it is.</param>
    /// <param name="kinds">The words of opening tags to look for; <see cref="DbtKinds"/> without.</param>
    /// <param name="name">The file's name, for errors.</param>
    /// <exception cref="JinjaException">A block, a comment or a tag is not closed, or a block has no name.</exception>
    public static IReadOnlyList<JinjaBlock> Extract(string source, IReadOnlyCollection<string>? kinds = null, string? name = null)
    {
        kinds ??= DbtKinds;
        var blocks = new List<JinjaBlock>();
        string? kind = null;
        var (blockName, arguments, start, bodyStart, nested) = (string.Empty, string.Empty, 0, 0, 0);
        var at = 0;
        while ((at = NextTag(source, at)) >= 0)
        {
            switch (source[at + 1])
            {
                case '#':
                    at = Close(at, source.IndexOf("#}", at + 2, StringComparison.Ordinal), "comment");
                    continue;
                case '{':
                    at = Close(at, EndOfTag(source, at + 2, '}'), "print statement");
                    continue;
            }

            var tag = at;
            var end = EndOfTag(source, at + 2, '%');
            at = Close(at, end, "tag");
            var content = Content(source, tag, end);
            var word = Word(content);
            if (word == "raw")
            {
                at = SkipRaw(source, at);
            }
            else if (kind is null)
            {
                if (!kinds.Contains(word, StringComparer.Ordinal))
                {
                    continue;
                }

                var rest = content[word.Length..].TrimStart();
                blockName = Word(rest);
                if (blockName.Length == 0)
                {
                    throw Fail($"the {word} has no name", tag);
                }

                (kind, arguments, start, bodyStart, nested) = (word, rest[blockName.Length..].Trim(), tag, at, 0);
            }
            else if (word == kind)
            {
                nested++;
            }
            else if (word == "end" + kind && nested-- == 0)
            {
                blocks.Add(new JinjaBlock(kind, blockName, arguments, start, at, bodyStart, tag, LineOf(start)));
                kind = null;
            }
        }

        return kind is null ? blocks : throw Fail($"Reached the end of the file without finding a close tag for the {kind} '{blockName}': expected {{% end{kind} %}}", start);

        int Close(int opened, int closed, string what) => closed >= 0 ? closed + 2 : throw Fail($"the {what} is not closed", opened);

        int LineOf(int offset) => source.AsSpan(0, offset).Count('\n') + 1;

        JinjaException Fail(string reason, int offset)
        {
            var error = Fault.Syntax(reason).At(name, LineOf(offset), offset - (offset == 0 ? -1 : source.LastIndexOf('\n', offset - 1)), source);
            error.Name(name);
            return error;
        }
    }

    private static int NextTag(string source, int from)
    {
        for (var at = source.IndexOf('{', from); at >= 0 && at + 1 < source.Length; at = source.IndexOf('{', at + 1))
        {
            if (source[at + 1] is '%' or '{' or '#')
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>The offset of the closing <c>%}</c> or <c>}}</c>: texts are skipped; a quote that is never closed is taken as it stands.</summary>
    private static int EndOfTag(string source, int from, char last)
    {
        for (var at = from; at + 1 < source.Length; at++)
        {
            var c = source[at];
            if (c == last && source[at + 1] == '}')
            {
                return at;
            }

            if (c is '\'' or '"')
            {
                var end = at + 1;
                while (end < source.Length && source[end] != c)
                {
                    end += source[end] == '\\' ? 2 : 1;
                }

                if (end >= source.Length)
                {
                    return source.IndexOf($"{last}}}", at, StringComparison.Ordinal);
                }

                at = end;
            }
        }

        return -1;
    }

    private static int SkipRaw(string source, int from)
    {
        for (var at = source.IndexOf("{%", from, StringComparison.Ordinal); at >= 0; at = source.IndexOf("{%", at + 2, StringComparison.Ordinal))
        {
            var end = source.IndexOf("%}", at, StringComparison.Ordinal);
            if (end < 0)
            {
                break;
            }

            if (Word(Content(source, at, end)) == "endraw")
            {
                return end + 2;
            }
        }

        return source.Length;
    }

    private static string Content(string source, int tag, int end)
    {
        var start = tag + 2;
        if (start < end && source[start] is ('-' or '+'))
        {
            start++;
        }

        if (end > start && source[end - 1] is ('-' or '+'))
        {
            end--;
        }

        return source[start..end].Trim();
    }

    private static string Word(string text)
    {
        var length = 0;
        while (length < text.Length && (char.IsLetterOrDigit(text[length]) || text[length] == '_'))
        {
            length++;
        }

        return text[..length];
    }
}
