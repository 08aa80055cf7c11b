using System.Globalization;
using FhirAspire.Dbt.Compile;

namespace FhirAspire.Dbt.Adapters;

/// <summary>
/// What PostgreSQL answers to a statement (https://www.postgresql.org/docs/current/protocol-message-formats.html, CommandComplete), such as <c>CREATE VIEW</c> or <c>INSERT 0 5</c>.
/// The driver keeps the number of rows and not the words, so they are read from the last statement.
/// </summary>
internal static class PostgresCommandTag
{
    private static readonly HashSet<string> Modifiers = ["OR", "REPLACE", "GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "RECURSIVE", "UNIQUE", "TRUSTED", "CONSTRAINT"];

    private static readonly HashSet<string> Verbs = ["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "VALUES", "TABLE"];

    /// <summary>The tag of the last of some statements; empty where there is none.</summary>
    /// <param name="sql">The statements.</param>
    /// <param name="rows">The rows that it has changed or given; negative: none are told.</param>
    public static string Of(string sql, long rows)
    {
        var words = LastStatement(sql);
        if (words.Count == 0)
        {
            return "";
        }

        // What comes before the verb are parentheses and queries of their own, none of which is among these words.
        var verb = words[0] == "WITH" ? words.Find(Verbs.Contains) ?? words[0] : words[0];
        var count = Math.Max(rows, 0).ToString(CultureInfo.InvariantCulture);
        switch (verb)
        {
            case "SELECT" or "VALUES" or "TABLE":
                return $"SELECT {count}";
            case "INSERT":
                return $"INSERT 0 {count}";
            case "UPDATE" or "DELETE" or "MERGE" or "COPY" or "MOVE" or "FETCH":
                return $"{verb} {count}";
            case "CREATE" or "DROP" or "ALTER":
                var kind = Kind(words);
                var isFilled = verb == "CREATE" && (kind == "MATERIALIZED VIEW" || (kind == "TABLE" && words.Contains("AS")));
                return !isFilled ? $"{verb} {kind}" : rows >= 0 ? $"SELECT {count}" : kind == "TABLE" ? "CREATE TABLE AS" : $"{verb} {kind}";
            case "TRUNCATE" or "LOCK":
                return $"{verb} TABLE";
            case "REFRESH":
                return "REFRESH MATERIALIZED VIEW";
            default:
                return verb;
        }
    }

    private static string Kind(List<string> words)
    {
        var at = 1;
        while (at < words.Count && Modifiers.Contains(words[at]))
        {
            at++;
        }

        var kind = at < words.Count ? words[at] : "";
        return kind is "MATERIALIZED" or "FOREIGN" or "EVENT" or "ACCESS" or "DEFAULT" && at + 1 < words.Count ? $"{kind} {words[at + 1]}" : kind;
    }

    // The words of the last statement that stand outside of parentheses, quotes and comments, in capitals.
    private static List<string> LastStatement(string sql)
    {
        var words = new List<string>();
        var isEnded = false;
        var depth = 0;
        for (var i = 0; i < sql.Length;)
        {
            var c = sql[i];
            if (SqlText.Skip(sql, i, isPostgres: true) is { } next)
            {
                i = next;
            }
            else if (c == ';')
            {
                isEnded = true;
                depth = 0;
                i++;
            }
            else if (char.IsLetter(c) || c == '_')
            {
                var from = i;
                i = SqlText.WordEnd(sql, i);
                if (isEnded)
                {
                    words.Clear();
                    isEnded = false;
                }

                // A query in parentheses is a statement as well: only its first word is asked for then.
                if (depth == 0 || words.Count == 0)
                {
                    words.Add(sql[from..i].ToUpperInvariant());
                }
            }
            else
            {
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
                i++;
            }
        }

        return words;
    }
}
