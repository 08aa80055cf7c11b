using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

namespace FhirAspire.Fhir.Reading;

/// <summary>
/// Checks a document and takes out its white space, without building anything: one pass of the JSON tokens for the checks and counts, one vectorised
/// pass for the copy. Works in place, so a document needs no second buffer.
/// </summary>
public static class FhirDocumentReader
{
    /// <summary>FHIR nests about 20 deep; what is deeper than this is an attack or an accident.</summary>
    public const int MaxDepth = 192;

    private static readonly SearchValues<byte> QuoteOrSpace = SearchValues.Create("\" \t\r\n"u8);

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = MaxDepth };

    /// <summary>Reads a document.</summary>
    /// <param name="buffer">The document; its white space is removed in place, so the result is a part of this buffer.</param>
    /// <exception cref="FhirReadException">It is no FHIR resource in JSON.</exception>
    public static FhirDocument Read(Memory<byte> buffer)
    {
        var document = buffer.Span is [0xef, 0xbb, 0xbf, ..] ? buffer[3..] : buffer;
        var text = document.Span;
        if (text.IndexOfAnyExcept(" \t\r\n"u8) < 0)
        {
            throw new FhirReadException("LOD2001", "byte 0", "the file is empty; expected a FHIR resource in JSON");
        }

        if (!Utf8.IsValid(text))
        {
            throw new FhirReadException("LOD2002", $"byte {FirstInvalid(text)}", "not UTF-8; expected FHIR JSON, which is always UTF-8");
        }

        var (resourceType, count) = Check(text);
        return new FhirDocument(document[..RemoveWhiteSpace(text)], resourceType, count);
    }

    private static (string ResourceType, int RecordCount) Check(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, ReaderOptions);
        string? resourceType = null;
        var entries = 0;
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new FhirReadException("LOD2004", "byte 0", $"a JSON {Describe(reader.TokenType)}; expected an object with a resourceType");
            }

            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                if (reader.ValueTextEquals("resourceType"u8))
                {
                    reader.Read();
                    resourceType = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
                }
                else if (reader.ValueTextEquals("entry"u8))
                {
                    entries += CountObjects(ref reader);
                }
                else
                {
                    reader.Skip();
                }
            }
        }
        catch (JsonException exception)
        {
            var place = $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine} (byte {reader.BytesConsumed} of {text.Length})";
            throw exception.Message.Contains("maximum configured depth", StringComparison.OrdinalIgnoreCase)
                ? new FhirReadException("LOD2005", place, $"nested deeper than {MaxDepth} levels", exception)
                : new FhirReadException("LOD2003", place, reader.BytesConsumed >= text.TrimEnd(" \t\r\n"u8).Length - 1 ? "the JSON is cut off" : Sentence(exception.Message), exception);
        }

        if (resourceType is null || !IsTypeName(resourceType))
        {
            throw new FhirReadException("LOD2004", "byte 0", resourceType is null
                ? "an object without resourceType; expected a FHIR resource"
                : $"resourceType '{resourceType[..Math.Min(resourceType.Length, 64)]}'; expected the name of a FHIR resource type");
        }

        return (resourceType, resourceType == "Bundle" ? entries : 1);
    }

    private static int CountObjects(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return 0;
        }

        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            count += reader.TokenType == JsonTokenType.StartObject ? 1 : 0;
            reader.Skip();
        }

        return count;
    }

    // The text has been checked, so quotes pair up and a backslash escapes one character.
    private static int RemoveWhiteSpace(Span<byte> text)
    {
        var read = 0;
        var write = 0;
        while (read < text.Length)
        {
            var run = text[read..].IndexOfAny(QuoteOrSpace);
            if (run < 0)
            {
                run = text.Length - read;
            }

            if (run < text.Length - read && text[read + run] == '"')
            {
                run = EndOfString(text, read + run) - read;
                text.Slice(read, run).CopyTo(text[write..]);
                read += run;
                write += run;
                continue;
            }

            text.Slice(read, run).CopyTo(text[write..]);
            read += run;
            write += run;
            while (read < text.Length && text[read] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
            {
                read++;
            }
        }

        return write;
    }

    private static int EndOfString(ReadOnlySpan<byte> text, int quote)
    {
        var position = quote + 1;
        while (true)
        {
            position += text[position..].IndexOfAny((byte)'"', (byte)'\\');
            if (text[position] == '"')
            {
                return position + 1;
            }

            position += 2;
        }
    }

    private static bool IsTypeName(string name) =>
        name.Length is > 0 and <= 64 && char.IsAsciiLetterUpper(name[0]) && name.All(char.IsAsciiLetter);

    private static int FirstInvalid(ReadOnlySpan<byte> text)
    {
        var position = 0;
        while (position < text.Length)
        {
            if (System.Text.Rune.DecodeFromUtf8(text[position..], out _, out var length) != OperationStatus.Done)
            {
                return position;
            }

            position += length;
        }

        return position;
    }

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "array",
        JsonTokenType.String => "string",
        JsonTokenType.Number => "number",
        JsonTokenType.True or JsonTokenType.False => "boolean",
        _ => "null",
    };

    private static string Sentence(string message)
    {
        var end = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? message : message[..end];
    }
}
