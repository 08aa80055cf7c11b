namespace FhirAspire.Dbt.Compile;

/// <summary>Puts the queries of ephemeral models before a query, as common table expressions.</summary>
internal static class CteInjection
{
    public static string Inject(string sql, IReadOnlyList<string> ctes)
    {
        if (ctes.Count == 0)
        {
            return sql;
        }

        var joined = string.Join(", ", ctes);
        if (EndOfWith(sql) is { } end)
        {
            // They go before what follows the blanks.
            while (end < sql.Length && char.IsWhiteSpace(sql[end]))
            {
                end++;
            }

            return $"{sql[..end]}{joined}, {sql[end..]}";
        }

        var start = 0;
        while (start < sql.Length && char.IsWhiteSpace(sql[start]))
        {
            start++;
        }

        return $"{sql[..start]}with{joined} {sql[start..]}";
    }

    // The end of the WITH, or WITH RECURSIVE, that stands in no parenthesis, text or comment; null without one.
    private static int? EndOfWith(string sql)
    {
        var depth = 0;
        var at = 0;
        while (at < sql.Length)
        {
            var c = sql[at];
            if (Skipped(sql, at) is { } next)
            {
                at = next;
            }
            else if (c is '(' or ')')
            {
                depth += c == '(' ? 1 : -1;
                at++;
            }
            else if (c == ';' && depth == 0)
            {
                return null;
            }
            else if (char.IsLetter(c) || c == '_')
            {
                var end = WordEnd(sql, at);
                var isName = at > 0 && sql[at - 1] is '.' or '$';
                if (depth == 0 && !isName && sql.AsSpan(at, end - at).Equals("with", StringComparison.OrdinalIgnoreCase))
                {
                    var after = end;
                    while (after < sql.Length && char.IsWhiteSpace(sql[after]))
                    {
                        after++;
                    }

                    var wordEnd = WordEnd(sql, after);
                    return sql.AsSpan(after, wordEnd - after).Equals("recursive", StringComparison.OrdinalIgnoreCase) ? wordEnd : end;
                }

                at = end;
            }
            else
            {
                at++;
            }
        }

        return null;
    }

    private static int WordEnd(string sql, int at)
    {
        while (at < sql.Length && (char.IsLetterOrDigit(sql[at]) || sql[at] is '_' or '$'))
        {
            at++;
        }

        return at;
    }

    // Past a comment or text that begins here.
    private static int? Skipped(string sql, int at)
    {
        int After(string end, int from) => sql.IndexOf(end, Math.Min(from, sql.Length), StringComparison.Ordinal) is >= 0 and var found ? found + end.Length : sql.Length;
        switch (sql[at])
        {
            case '-' when at + 1 < sql.Length && sql[at + 1] == '-':
                return After("\n", at + 2);
            case '/' when at + 1 < sql.Length && sql[at + 1] == '*':
                return After("*/", at + 2);
            case '\'' or '"' or '`':
                var quote = sql[at];
                var end = at + 1;
                while (end < sql.Length)
                {
                    if (sql[end] == quote)
                    {
                        if (end + 1 < sql.Length && sql[end + 1] == quote)
                        {
                            end += 2;
                            continue;
                        }

                        return end + 1;
                    }

                    end++;
                }

                return sql.Length;
            case '$' when at + 1 < sql.Length && (sql[at + 1] == '$' || char.IsLetter(sql[at + 1])):
                var tagEnd = sql.IndexOf('$', at + 1);
                var tag = tagEnd < 0 ? null : sql[at..(tagEnd + 1)];
                return tag is null || tag.AsSpan(1, tag.Length - 2).IndexOfAny(" \n\t'\"()") >= 0 ? null : After(tag, tagEnd + 1);
            default:
                return null;
        }
    }
}
