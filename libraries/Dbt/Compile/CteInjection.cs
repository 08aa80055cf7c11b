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
            if (SqlText.Skip(sql, at) is { } next)
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
                var end = SqlText.WordEnd(sql, at);
                var isName = at > 0 && sql[at - 1] is '.' or '$';
                if (depth == 0 && !isName && sql.AsSpan(at, end - at).Equals("with", StringComparison.OrdinalIgnoreCase))
                {
                    var after = end;
                    while (after < sql.Length && char.IsWhiteSpace(sql[after]))
                    {
                        after++;
                    }

                    var wordEnd = SqlText.WordEnd(sql, after);
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
}
