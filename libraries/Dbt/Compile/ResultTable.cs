using System.Globalization;
using System.Numerics;
using System.Text;
using FhirAspire.Dbt.Adapters;
using FhirAspire.Dbt.Artifacts;
using FhirAspire.Dbt.Values;
using FhirAspire.Jinja;
using FhirAspire.Warehouse;

namespace FhirAspire.Dbt.Compile;

/// <summary>Rows of the database as templates see them: integers stay integers, other numbers are decimals, structures are JSON text.</summary>
internal static class ResultTable
{
    /// <param name="result">What the database gave.</param>
    /// <param name="widensFloats">Whether a number of four bytes is widened bit by bit, as in DuckDB's own client, and not read from its text.</param>
    public static AgateTable Of(QueryResult result, bool widensFloats) =>
        new([.. result.Columns.Select(column => column.Name)], [.. result.Rows.Select(row => Array.ConvertAll(row, value => value is float number && widensFloats ? Number(number) : Value(value)))]);

    private static object? Value(object? value)
    {
        switch (value)
        {
            case null or string or bool:
                return value;
            case long or int or short or byte or sbyte or ushort or uint or ulong or BigInteger:
                return JinjaValue.From(value);
            case double number:
                return Number(number);
            case float number:
                return Number(double.Parse(number.ToString("R", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
            case decimal or DateOnly or DateTime or DateTimeOffset or TimeOnly or TimeSpan or Guid:
                return JinjaValue.From(value);
            case byte[] bytes:
                return Encoding.UTF8.GetString(bytes);
            case Stream stream:
                using (stream)
                {
                    using var reader = new StreamReader(stream, Encoding.UTF8);
                    return reader.ReadToEnd();
                }

            case System.Collections.IDictionary or System.Collections.IEnumerable:
                return PythonJson.Write(Plain(value));
            default:
                return Val.Str(value);
        }
    }

    // As agate has it: the shortest text of the float, read as a decimal.
    private static object Number(double number)
    {
        if (!double.IsFinite(number))
        {
            return number;
        }

        var text = Val.FloatRepr(number);
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exact) ? JinjaValue.From(exact)! : number;
    }

    private static object? Plain(object? value)
    {
        switch (value)
        {
            case System.Collections.IDictionary dictionary:
                var map = new DbtMap();
                foreach (System.Collections.DictionaryEntry entry in dictionary)
                {
                    map[entry.Key is string key ? key : Val.Str(Plain(entry.Key))] = Plain(entry.Value);
                }

                return map;
            case string:
                return value;
            case System.Collections.IEnumerable items:
                return items.Cast<object?>().Select(Plain).ToList();
            case int number:
                return (long)number;
            case decimal number:
                return (double)number;
            default:
                return value;
        }
    }
}
