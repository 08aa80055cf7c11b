using System.Globalization;
using System.Text;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Artifacts;

/// <summary>JSON as Python's <c>json.dumps</c> writes it: blanks after commas and colons, ASCII alone.</summary>
internal static class PythonJson
{
    public static string Write(object? value)
    {
        var builder = new StringBuilder();
        Append(builder, value);
        return builder.ToString();
    }

    private static void Append(StringBuilder builder, object? value)
    {
        switch (value)
        {
            case null:
                builder.Append("null");
                break;
            case bool flag:
                builder.Append(flag ? "true" : "false");
                break;
            case string text:
                AppendText(builder, text);
                break;
            case double number:
                builder.Append(double.IsNaN(number) ? "NaN" : double.IsInfinity(number) ? number > 0 ? "Infinity" : "-Infinity" : Val.FloatRepr(number));
                break;
            case DbtMap map:
                builder.Append('{');
                var first = true;
                foreach (var (key, item) in map)
                {
                    builder.Append(first ? string.Empty : ", ");
                    first = false;
                    AppendText(builder, key switch { string name => name, true => "true", false => "false", Load.YamlReader.NullKey => "null", _ => Val.Str(key) });
                    builder.Append(": ");
                    Append(builder, item);
                }

                builder.Append('}');
                break;
            case List<object?> list:
                builder.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    builder.Append(i == 0 ? string.Empty : ", ");
                    Append(builder, list[i]);
                }

                builder.Append(']');
                break;
            case DateOnly or DateTime or DateTimeOffset:
                AppendText(builder, Val.Str(value).Replace(' ', 'T'));
                break;
            default:
                builder.Append(Val.Str(value));
                break;
        }
    }

    private static void AppendText(StringBuilder builder, string text)
    {
        builder.Append('"');
        foreach (var c in text)
        {
            switch (c)
            {
                case '"':
                    builder.Append("\\\"");
                    break;
                case '\\':
                    builder.Append("\\\\");
                    break;
                case '\n':
                    builder.Append("\\n");
                    break;
                case '\r':
                    builder.Append("\\r");
                    break;
                case '\t':
                    builder.Append("\\t");
                    break;
                case '\b':
                    builder.Append("\\b");
                    break;
                case '\f':
                    builder.Append("\\f");
                    break;
                default:
                    if (c is < ' ' or > '~')
                    {
                        builder.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
                    }
                    else
                    {
                        builder.Append(c);
                    }

                    break;
            }
        }

        builder.Append('"');
    }
}
