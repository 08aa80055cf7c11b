using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using FhirAspire.Dbt.Values;

namespace FhirAspire.Dbt.Artifacts;

/// <summary>Reads and writes the plain values as JSON.</summary>
internal static class JsonValues
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly JsonWriterOptions Indented = Compact with { Indented = true, NewLine = "\n" };

    /// <exception cref="JsonException">The text is no JSON.</exception>
    public static object? Parse(string text)
    {
        using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 256 });
        return From(document.RootElement);
    }

    public static object? Parse(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 256 });
        return From(document.RootElement);
    }

    public static string Write(object? value) => Write(value, Compact);

    /// <summary>JSON for people: a line a value, two blanks a level.</summary>
    public static string WriteIndented(object? value) => Write(value, Indented);

    private static string Write(object? value, JsonWriterOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, options))
        {
            Write(writer, value);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>JSON as Python's <c>json.dumps</c> spaces it.</summary>
    public static string WritePython(object? value)
    {
        var builder = new StringBuilder();
        AppendPython(builder, value);
        return builder.ToString();
    }

    public static void WriteFile(string path, DbtMap value)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = path + ".tmp";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16))
        using (var writer = new Utf8JsonWriter(stream, Compact))
        {
            Write(writer, value);
        }

        // A reader sees the old file or the new one, never half of it.
        File.Move(temporary, path, overwrite: true);
    }

    public static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case int number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteRawValue(double.IsFinite(number) ? Val.FloatRepr(number) : "null", skipInputValidation: true);
                break;
            case BigInteger number:
                writer.WriteRawValue(number.ToString(CultureInfo.InvariantCulture), skipInputValidation: true);
                break;
            case decimal number:
                writer.WriteNumberValue(number);
                break;
            case DbtMap map:
                writer.WriteStartObject();
                foreach (var (key, item) in map)
                {
                    writer.WritePropertyName(KeyText(key));
                    Write(writer, item);
                }

                writer.WriteEndObject();
                break;
            case List<object?> list:
                writer.WriteStartArray();
                foreach (var item in list)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case IEnumerable<string> texts:
                writer.WriteStartArray();
                foreach (var item in texts)
                {
                    writer.WriteStringValue(item);
                }

                writer.WriteEndArray();
                break;
            default:
                writer.WriteStringValue(Val.Str(value));
                break;
        }
    }

    private static string KeyText(object key) => key switch
    {
        string text => text,
        true => "true",
        false => "false",
        _ => Val.Str(key),
    };

    private static void AppendPython(StringBuilder builder, object? value)
    {
        switch (value)
        {
            case DbtMap map:
                builder.Append('{');
                var first = true;
                foreach (var (key, item) in map)
                {
                    builder.Append(first ? string.Empty : ", ");
                    first = false;
                    builder.Append(Write(KeyText(key))).Append(": ");
                    AppendPython(builder, item);
                }

                builder.Append('}');
                break;
            case List<object?> list:
                builder.Append('[');
                for (var i = 0; i < list.Count; i++)
                {
                    builder.Append(i == 0 ? string.Empty : ", ");
                    AppendPython(builder, list[i]);
                }

                builder.Append(']');
                break;
            default:
                builder.Append(Write(value));
                break;
        }
    }

    private static object? From(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new DbtMap();
                foreach (var property in element.EnumerateObject())
                {
                    map[property.Name] = From(property.Value);
                }

                return map;
            case JsonValueKind.Array:
                var list = new List<object?>(element.GetArrayLength());
                foreach (var item in element.EnumerateArray())
                {
                    list.Add(From(item));
                }

                return list;
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.Number:
                if (element.TryGetInt64(out var number))
                {
                    return number;
                }

                var raw = element.GetRawText();
                return raw.AsSpan().IndexOfAny(".eE") < 0 ? BigInteger.Parse(raw, CultureInfo.InvariantCulture) : element.GetDouble();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            default:
                return null;
        }
    }
}
