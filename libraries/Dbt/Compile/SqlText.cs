namespace FhirAspire.Dbt.Compile;

/// <summary>Goes through SQL word by word, past what only looks like it.</summary>
internal static class SqlText
{
    /// <summary>The end of the comment or quoted text that begins at a place; null where none does.</summary>
    /// <param name="sql">The statements.</param>
    /// <param name="at">The place.</param>
    /// <param name="isPostgres">Whether comments stand in one another and <c>E'\''</c> is a text, as PostgreSQL has it; backticks are no quotes then.</param>
    public static int? Skip(string sql, int at, bool isPostgres = false)
    {
        switch (sql[at])
        {
            case '-' when Follows(sql, at, "--"):
                return After(sql, "\n", at + 2);
            case '/' when Follows(sql, at, "/*"):
                return isPostgres ? NestedCommentEnd(sql, at) : After(sql, "*/", at + 2);
            case '`' when isPostgres:
                return null;
            case '\'' or '"' or '`':
                return QuoteEnd(sql, at, hasEscapes: isPostgres && sql[at] == '\'' && at > 0 && (sql[at - 1] is 'e' or 'E'));
            case '$':
                return DollarTag(sql, at) is { } tag ? After(sql, tag, at + tag.Length) : null;
            default:
                return null;
        }
    }

    /// <summary>The end of the word that begins at a place.</summary>
    public static int WordEnd(string sql, int at)
    {
        while (at < sql.Length && (char.IsLetterOrDigit(sql[at]) || sql[at] is '_' or '$'))
        {
            at++;
        }

        return at;
    }

    private static bool Follows(string sql, int at, string text) => string.CompareOrdinal(sql, at, text, 0, text.Length) == 0;

    private static int After(string sql, string end, int from) => sql.IndexOf(end, Math.Min(from, sql.Length), StringComparison.Ordinal) is >= 0 and var found ? found + end.Length : sql.Length;

    private static int NestedCommentEnd(string sql, int at)
    {
        var depth = 0;
        while (at < sql.Length)
        {
            var step = Follows(sql, at, "/*") ? 1 : Follows(sql, at, "*/") ? -1 : 0;
            depth += step;
            at += step == 0 ? 1 : 2;
            if (depth == 0)
            {
                return at;
            }
        }

        return at;
    }

    // A doubled quote ends a part and begins the next, which comes to the same.
    private static int QuoteEnd(string sql, int at, bool hasEscapes)
    {
        var quote = sql[at++];
        while (at < sql.Length && sql[at] != quote)
        {
            at += hasEscapes && sql[at] == '\\' ? 2 : 1;
        }

        return Math.Min(at + 1, sql.Length);
    }

    private static string? DollarTag(string sql, int at)
    {
        var end = at + 1;
        while (end < sql.Length && (char.IsLetterOrDigit(sql[end]) || sql[end] == '_'))
        {
            end++;
        }

        return end < sql.Length && sql[end] == '$' && !char.IsDigit(sql[at + 1]) ? sql[at..(end + 1)] : null;
    }
}
