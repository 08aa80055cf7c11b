using System.Text.Json;

namespace FhirAspire.Fhir;

/// <summary>
/// A line of a pack: <c>{"file_key":"...","etag":"...","document":{...}}</c>, in this order. The document stands last, so that it is taken out without being read.
/// </summary>
/// <param name="FileKey">The key that the file would have as an object of its own; of a line of NDJSON with <c>#</c> and its number.</param>
/// <param name="ETag">The ETag that this object would have.</param>
/// <param name="Document">The document without white space.</param>
public sealed record PackLine(string FileKey, string ETag, Memory<byte> Document)
{
    /// <summary>What the keys of packs end with.</summary>
    public const string Ending = ".pack.ndjson.gz";

    private static ReadOnlySpan<byte> BeforeDocument => ",\"document\":"u8;

    /// <summary>Writes the line, its end included.</summary>
    public static void Write(Stream target, string fileKey, string eTag, ReadOnlySpan<byte> document)
    {
        ArgumentNullException.ThrowIfNull(target);
        target.Write("{\"file_key\":"u8);
        target.Write(JsonSerializer.SerializeToUtf8Bytes(fileKey));
        target.Write(",\"etag\":"u8);
        target.Write(JsonSerializer.SerializeToUtf8Bytes(eTag));
        target.Write(BeforeDocument);
        target.Write(document);
        target.Write("}\n"u8);
    }

    /// <summary>Takes a line apart; null where it is none of a pack.</summary>
    public static PackLine? TryRead(Memory<byte> line)
    {
        var reader = new Utf8JsonReader(line.Span, isFinalBlock: false, default);
        try
        {
            if (Next(ref reader, JsonTokenType.StartObject) && Name(ref reader, "file_key"u8) && Next(ref reader, JsonTokenType.String) && reader.GetString() is { Length: > 0 } key
                && Name(ref reader, "etag"u8) && Next(ref reader, JsonTokenType.String) && reader.GetString() is { Length: > 0 } eTag && Name(ref reader, "document"u8))
            {
                // The reader stands behind the colon; what follows up to the last brace is the document, which its own reader checks.
                var rest = line[(int)reader.BytesConsumed..];
                var end = rest.Span.TrimEnd(" \t\r\n"u8).Length;
                return end > 0 && rest.Span[end - 1] == '}' ? new PackLine(key, eTag, rest[..(end - 1)]) : null;
            }
        }
        catch (JsonException)
        {
            // No JSON at all.
        }

        return null;
    }

    private static bool Next(ref Utf8JsonReader reader, JsonTokenType type) => reader.Read() && reader.TokenType == type;

    private static bool Name(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) => Next(ref reader, JsonTokenType.PropertyName) && reader.ValueTextEquals(name);
}
