using System.Globalization;
using System.Text;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Builtins;

/// <summary>Python's <c>json</c>.</summary>
internal static class Json
{
    /// <summary>What the filter <c>tojson</c> does for HTML.</summary>
    public static string Safe(string json) => json.Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal)
        .Replace("&", "\\u0026", StringComparison.Ordinal).Replace("'", "\\u0027", StringComparison.Ordinal);

    public static string Dump(object? value, bool sortKeys, object? indent = null)
    {
        var unit = indent switch
        {
            null => null,
            _ when Ops.TryText(indent, out var text) => text,
            _ => new string(' ', Math.Max(0, Ops.ToInt(indent))),
        };
        var output = new StringBuilder();
        Write(output, value, sortKeys, unit, 0);
        return output.ToString();
    }

    private static void Write(StringBuilder output, object? value, bool sortKeys, string? indent, int depth)
    {
        if (depth > 300)
        {
            throw Fault.Value("Circular reference detected");
        }

        switch (value)
        {
            case null:
                output.Append("null");
                break;
            case bool flag:
                output.Append(flag ? "true" : "false");
                break;
            case double number:
                output.Append(Float(number));
                break;
            case long or System.Numerics.BigInteger:
                output.Append(Repr.Str(value));
                break;
            case string or StringValue:
                Quote(output, Repr.Str(value));
                break;
            case JinjaList or JinjaTuple:
                {
                    var items = (IReadOnlyList<object?>)value;
                    output.Append('[');
                    for (var i = 0; i < items.Count; i++)
                    {
                        Separate(output, i, indent, depth + 1);
                        Write(output, items[i], sortKeys, indent, depth + 1);
                    }

                    Close(output, items.Count, indent, depth, ']');
                    break;
                }

            case JinjaDict dict:
                {
                    var entries = dict.Entries.ToList();
                    if (sortKeys)
                    {
                        var boxed = entries.ConvertAll(entry => (object?)new JinjaTuple(entry.Key, entry.Value));
                        Ops.Sort(boxed, entries.ConvertAll(entry => entry.Key), reverse: false);
                        entries = boxed.ConvertAll(item => new KeyValuePair<object?, object?>(((JinjaTuple)item!).Items[0], ((JinjaTuple)item).Items[1]));
                    }

                    output.Append('{');
                    for (var i = 0; i < entries.Count; i++)
                    {
                        Separate(output, i, indent, depth + 1);
                        Quote(output, Key(entries[i].Key));
                        output.Append(": ");
                        Write(output, entries[i].Value, sortKeys, indent, depth + 1);
                    }

                    Close(output, entries.Count, indent, depth, '}');
                    break;
                }

            default:
                throw Fault.Type($"Object of type {Types.Short(value)} is not JSON serializable");
        }
    }

    private static void Separate(StringBuilder output, int index, string? indent, int depth)
    {
        if (index > 0)
        {
            output.Append(indent is null ? ", " : ",");
        }

        NewLine(output, indent, depth);
    }

    private static void Close(StringBuilder output, int count, string? indent, int depth, char close)
    {
        if (count > 0)
        {
            NewLine(output, indent, depth);
        }

        output.Append(close);
    }

    private static void NewLine(StringBuilder output, string? indent, int depth)
    {
        if (indent is not null)
        {
            output.Append('\n');
            for (var i = 0; i < depth; i++)
            {
                output.Append(indent);
            }
        }
    }

    private static string Float(double number) => double.IsNaN(number) ? "NaN" : double.IsPositiveInfinity(number) ? "Infinity" : double.IsNegativeInfinity(number) ? "-Infinity" : Numbers.Repr(number);

    private static string Key(object? key) => key switch
    {
        string or StringValue => Repr.Str(key),
        null => "null",
        bool flag => flag ? "true" : "false",
        double number => Float(number),
        long or System.Numerics.BigInteger => Repr.Str(key),
        _ => throw Fault.Type($"keys must be str, int, float, bool or None, not {Types.Short(key)}"),
    };

    private static void Quote(StringBuilder output, string text)
    {
        output.Append('"');
        foreach (var c in text)
        {
            _ = c switch
            {
                '"' => output.Append("\\\""),
                '\\' => output.Append("\\\\"),
                '\n' => output.Append("\\n"),
                '\r' => output.Append("\\r"),
                '\t' => output.Append("\\t"),
                '\f' => output.Append("\\f"),
                '\b' => output.Append("\\b"),
                >= ' ' and <= '~' => output.Append(c),
                _ => output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
            };
        }

        output.Append('"');
    }
}
