using System.Globalization;
using System.Text;
using DuckDB.NET.Data;

namespace FhirAspire.Dashboard.Marts;

/// <summary>A result as a file.</summary>
public static class Export
{
    /// <summary>CSV with a header; a text that a spreadsheet would take for a formula gets a leading apostrophe.</summary>
    public static string Csv(ReaderResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder();
        text.AppendJoin(',', result.Columns.Select(column => Cell(column.Name))).Append("\r\n");
        foreach (var row in result.Rows)
        {
            text.AppendJoin(',', row.Select(Cell)).Append("\r\n");
        }

        return text.ToString();
    }

    /// <summary>Parquet, written by a database of its own that holds this result alone.</summary>
    public static byte[] Parquet(ReaderResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var path = Path.Combine(Path.GetTempPath(), $"fhiraspire-{Guid.NewGuid():N}.parquet");
        try
        {
            using var connection = new DuckDBConnection("Data Source=:memory:");
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "create table result (" + string.Join(", ", result.Columns.Select((column, i) => $"{Quote(result, i)} {TypeOf(result, i)}")) + ")";
            command.ExecuteNonQuery();
            using (var appender = connection.CreateAppender("result"))
            {
                foreach (var row in result.Rows)
                {
                    var target = appender.CreateRow();
                    for (var i = 0; i < row.Length; i++)
                    {
                        Append(target, row[i], TypeOf(result, i));
                    }

                    target.EndRow();
                }
            }

            command.CommandText = $"copy result to '{path.Replace("'", "''", StringComparison.Ordinal)}' (format parquet, compression zstd)";
            command.ExecuteNonQuery();
            return File.ReadAllBytes(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A value for JSON.</summary>
    public static object? Json(object? value) => value switch
    {
        null or string or bool or int or long or double or decimal or float or short => value,
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime instant => instant.ToString(instant.TimeOfDay.Ticks == 0 ? "yyyy-MM-dd" : "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        System.Numerics.BigInteger big when big >= long.MinValue && big <= long.MaxValue => (long)big,
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };

    private static string Quote(ReaderResult result, int index)
    {
        var name = result.Columns[index].Name;
        var isTwice = result.Columns.Take(index).Any(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
        return $"\"{(isTwice ? $"{name}_{index + 1}" : name).Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string TypeOf(ReaderResult result, int index)
    {
        var type = "varchar";
        foreach (var value in result.Rows.Select(row => row[index]).Where(value => value is not null))
        {
            var own = value switch
            {
                long or int or short or sbyte or byte or uint => "bigint",
                System.Numerics.BigInteger or double or float or decimal or ulong => "double",
                bool => "boolean",
                DateOnly => "date",
                DateTime => "timestamp",
                _ => "varchar",
            };
            type = own;
            break;
        }

        return type;
    }

    private static void Append(IDuckDBAppenderRow row, object? value, string type)
    {
        if (value is null)
        {
            row.AppendNullValue();
            return;
        }

        switch (type)
        {
            case "bigint":
                row.AppendValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case "double":
                row.AppendValue(ReaderResult.ToDouble(value));
                break;
            case "boolean":
                row.AppendValue((bool)value);
                break;
            case "date":
                row.AppendValue((DateOnly)value);
                break;
            case "timestamp":
                row.AppendValue((DateTime)value);
                break;
            default:
                row.AppendValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static string Cell(object? value)
    {
        var text = value switch
        {
            null => "",
            DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            DateTime instant => instant.ToString("yyyy-MM-dd HH:mm:ss.ffffff", CultureInfo.InvariantCulture),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };
        if (value is string && text.Length > 0 && text[0] is '=' or '+' or '-' or '@' or '\t' or '\r')
        {
            text = "'" + text;
        }

        return text.AsSpan().IndexOfAny("\",\r\n") >= 0 ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : text;
    }
}
