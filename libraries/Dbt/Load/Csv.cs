using System.Text;

namespace FhirAspire.Dbt.Load;

/// <summary>Comma separated values, as Python's <c>csv</c> reads them (RFC 4180, and quotes doubled).</summary>
internal static class Csv
{
    /// <summary>A row: where it begins, and its cells.</summary>
    public sealed record Row(int Line, List<string?> Cells);

    public static List<Row> Read(string text, char delimiter, string file)
    {
        var rows = new List<Row>();
        var at = text.Length > 0 && text[0] == '\uFEFF' ? 1 : 0;
        var line = 1;
        while (at < text.Length)
        {
            var row = new Row(line, []);
            rows.Add(row);
            if (text[at] is '\n' or '\r')
            {
                Skip(text, ref at, ref line);
                continue;
            }

            while (true)
            {
                row.Cells.Add(Cell(text, delimiter, ref at, ref line, file));
                if (at < text.Length && text[at] == delimiter)
                {
                    at++;
                    if (at == text.Length || text[at] is '\n' or '\r')
                    {
                        row.Cells.Add(string.Empty);
                    }
                    else
                    {
                        continue;
                    }
                }

                break;
            }

            if (at < text.Length)
            {
                Skip(text, ref at, ref line);
            }
        }

        return rows;
    }

    private static string Cell(string text, char delimiter, ref int at, ref int line, string file)
    {
        if (at >= text.Length || text[at] != '"')
        {
            var start = at;
            while (at < text.Length && text[at] != delimiter && text[at] is not ('\n' or '\r'))
            {
                at++;
            }

            return text[start..at];
        }

        var from = line;
        var cell = new StringBuilder();
        at++;
        while (true)
        {
            if (at >= text.Length)
            {
                throw new DbtException("DBT1302", DbtErrorKind.Runtime, $"A quote of {file} is never closed") { File = file, Line = from, Found = "the end of the file", Expected = "\"", Hint = "write a quote inside a value twice" };
            }

            if (text[at] == '"')
            {
                if (at + 1 < text.Length && text[at + 1] == '"')
                {
                    cell.Append('"');
                    at += 2;
                    continue;
                }

                at++;
                break;
            }

            line += text[at] == '\n' ? 1 : 0;
            cell.Append(text[at++]);
        }

        while (at < text.Length && text[at] != delimiter && text[at] is not ('\n' or '\r'))
        {
            cell.Append(text[at++]);
        }

        return cell.ToString();
    }

    private static void Skip(string text, ref int at, ref int line)
    {
        if (text[at] == '\r' && at + 1 < text.Length && text[at + 1] == '\n')
        {
            at++;
        }

        at++;
        line++;
    }
}
