using System.Text;
using System.Text.RegularExpressions;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Load;

/// <summary>Writes plain values as block YAML, as <c>toyaml</c> and files do.</summary>
internal static partial class YamlWriter
{
    public static string Write(object? value)
    {
        var builder = new StringBuilder();
        switch (value)
        {
            case DbtMap { Count: > 0 } or List<object?> { Count: > 0 }:
                Append(builder, value, 0);
                break;
            default:
                builder.Append(Scalar(value)).Append('\n');
                if (value is not (DbtMap or List<object?>))
                {
                    builder.Append("...\n");
                }

                break;
        }

        return builder.ToString();
    }

    private static void Append(StringBuilder builder, object? value, int indent)
    {
        if (value is DbtMap map)
        {
            foreach (var (key, item) in map)
            {
                builder.Append(' ', indent).Append(Scalar(key is YamlReader.NullKey ? null : key)).Append(':');
                AppendItem(builder, item, item is List<object?> ? indent : indent + 2, onSameLine: false);
            }
        }
        else if (value is List<object?> list)
        {
            foreach (var item in list)
            {
                builder.Append(' ', indent).Append('-');
                AppendItem(builder, item, indent + 2, onSameLine: true);
            }
        }
    }

    private static void AppendItem(StringBuilder builder, object? item, int indent, bool onSameLine)
    {
        if (item is DbtMap { Count: > 0 } or List<object?> { Count: > 0 })
        {
            if (onSameLine)
            {
                // The first line of what is inside stands behind the dash.
                var inner = new StringBuilder();
                Append(inner, item, indent);
                builder.Append(' ').Append(inner.ToString().AsSpan(indent));
            }
            else
            {
                builder.Append('\n');
                Append(builder, item, indent);
            }

            return;
        }

        builder.Append(' ').Append(Scalar(item)).Append('\n');
    }

    private static string Scalar(object? value) => value switch
    {
        null => "null",
        true => "true",
        false => "false",
        DbtMap => "{}",
        List<object?> => "[]",
        string text => TextScalar(text),
        _ => Val.Str(value),
    };

    private static string TextScalar(string text)
    {
        if (text.Length == 0)
        {
            return "''";
        }

        if (text.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0)
        {
            return "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal) + "\"";
        }

        var isPlain = PlainPattern().IsMatch(text) && YamlScalars.Resolve(text) is string && !text.Contains(": ", StringComparison.Ordinal) && !text.Contains(" #", StringComparison.Ordinal) && !text.EndsWith(':') && text[0] != ' ' && text[^1] != ' ';
        return isPlain ? text : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    [GeneratedRegex(@"\A[^\s\-?:,\[\]{}#&*!|>'""%@`][^\n]*\z|\A[-?:][^\s][^\n]*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex PlainPattern();
}
