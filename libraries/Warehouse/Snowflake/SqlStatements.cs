namespace FhirAspire.Warehouse.Snowflake;

/// <summary>Cuts a text into statements at the semicolons that stand outside quotes and comments.</summary>
internal static class SqlStatements
{
    public static List<string> Split(string sql)
    {
        var statements = new List<string>();
        var start = 0;
        for (var i = 0; i < sql.Length; i++)
        {
            switch (sql[i])
            {
                case '\'' or '"':
                    i = End(sql, i + 1, sql[i].ToString(), escapes: sql[i] == '\'') - 1;
                    break;
                case '$' when Follows(sql, i, "$$"):
                    i = End(sql, i + 2, "$$", escapes: false) - 1;
                    break;
                case '-' when Follows(sql, i, "--"):
                    i = End(sql, i, "\n", escapes: false) - 1;
                    break;
                case '/' when Follows(sql, i, "/*"):
                    i = End(sql, i + 2, "*/", escapes: false) - 1;
                    break;
                case ';':
                    Add(sql[start..i]);
                    start = i + 1;
                    break;
            }
        }

        Add(sql[start..]);
        return statements;

        void Add(string text)
        {
            if (text.Trim() is { Length: > 0 } statement)
            {
                statements.Add(statement);
            }
        }
    }

    private static bool Follows(string sql, int at, string text) => string.CompareOrdinal(sql, at, text, 0, text.Length) == 0;

    private static int End(string sql, int from, string closing, bool escapes)
    {
        for (var i = from; i < sql.Length; i++)
        {
            if (escapes && sql[i] == '\\')
            {
                i++;
            }
            else if (Follows(sql, i, closing))
            {
                return i + closing.Length;
            }
        }

        return sql.Length;
    }
}
