using System.Text.Json;

namespace FhirAspire.Fhir.Reading;

/// <summary>
/// One pass over a document's tokens: that it is JSON, a FHIR resource, and holds nothing that one of the warehouses refuses or reads otherwise than
/// another. What is wrong is told with its place.
/// </summary>
internal ref struct DocumentCheck(ReadOnlySpan<byte> text)
{
    // Longer than any number that a double or a decimal of 38 digits holds exactly; shorter than what PostgreSQL's numeric refuses.
    private const int LongestNumber = 400;

    private readonly ReadOnlySpan<byte> text = text;
    private Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = FhirDocumentReader.MaxDepth });
    private PropertyNames names = new(text);
    private string? resourceType;
    private bool hasResourceType;
    private TopLevel inside;
    private int entries;
    private (int At, string What)? wrongEntry;

    /// <summary>Checks the whole document.</summary>
    /// <exception cref="FhirReadException">It is no FHIR resource in JSON.</exception>
    public (string ResourceType, int RecordCount) Run()
    {
        try
        {
            reader.Read();
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new FhirReadException("LOD2004", "byte 0", $"a JSON {Describe(reader.TokenType)}; expected an object with a resourceType");
            }

            names.BeginObject();
            while (reader.Read())
            {
                Take();
            }
        }
        catch (JsonException exception)
        {
            throw Broken(exception);
        }
        finally
        {
            names.Dispose();
        }

        return Result();
    }

    private void Take()
    {
        if (inside != TopLevel.Other && reader.CurrentDepth <= 2 && reader.TokenType != JsonTokenType.PropertyName)
        {
            TakeTopLevel();
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                TakeName();
                break;
            case JsonTokenType.StartObject:
                names.BeginObject();
                break;
            case JsonTokenType.EndObject:
                names.EndObject();
                break;
            case JsonTokenType.String when reader.ValueIsEscaped:
                CheckEscapes();
                break;
            case JsonTokenType.Number when reader.ValueSpan.Length > 15:
                CheckNumber();
                break;
            case JsonTokenType.Number when reader.ValueSpan.IndexOfAny((byte)'e', (byte)'E') >= 0:
                CheckNumber();
                break;
        }
    }

    private void TakeName()
    {
        if (reader.ValueIsEscaped)
        {
            throw Fault("LOD2010", $"a property's name with a backslash; the names of FHIR are plain letters");
        }

        // TokenStartIndex is the quote before the name.
        switch (names.Add((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length))
        {
            case NameFault.Twice:
                throw Fault("LOD2010", $"the property '{reader.GetString()}' stands twice in its object");
            case NameFault.TooMany:
                throw Fault("LOD2010", $"an object of more than {PropertyNames.MaxPerObject} properties; no type of FHIR has as many");
        }

        if (reader.CurrentDepth == 1)
        {
            inside = reader.ValueTextEquals("resourceType"u8) ? TopLevel.ResourceType : reader.ValueTextEquals("entry"u8) ? TopLevel.Entry : TopLevel.Other;
        }
    }

    private void TakeTopLevel()
    {
        if (inside == TopLevel.ResourceType)
        {
            hasResourceType = true;
            if (reader.ValueIsEscaped)
            {
                // Half of a surrogate pair can't be had as a string.
                CheckEscapes();
            }

            resourceType = reader.TokenType == JsonTokenType.String ? reader.GetString() : null;
            inside = TopLevel.Other;
        }
        else if (reader.CurrentDepth == 1)
        {
            if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.EndArray or JsonTokenType.EndObject))
            {
                wrongEntry ??= ((int)reader.TokenStartIndex, $"entry is a JSON {Describe(reader.TokenType)}; expected an array");
            }
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            entries++;
        }
        else if (reader.TokenType != JsonTokenType.EndObject && reader.CurrentDepth == 2)
        {
            wrongEntry ??= ((int)reader.TokenStartIndex, $"an entry is a JSON {Describe(reader.TokenType)}; expected an object");
        }
    }

    private readonly (string ResourceType, int RecordCount) Result()
    {
        if (resourceType is null)
        {
            throw new FhirReadException("LOD2004", "byte 0", hasResourceType
                ? "a resourceType that is no string; expected the name of a FHIR resource type"
                : "an object without resourceType; expected a FHIR resource");
        }

        if (!ResourceTypes.IsKnown(resourceType))
        {
            var nearest = ResourceTypes.Nearest(resourceType);
            throw new FhirReadException("LOD2004", "byte 0", $"resourceType '{resourceType[..Math.Min(resourceType.Length, 64)]}'; expected the name of a resource type of FHIR R4{(nearest is null ? "" : $"; did you mean '{nearest}'?")}");
        }

        if (resourceType != "Bundle")
        {
            return (resourceType, 1);
        }

        return wrongEntry is { } wrong ? throw Fault("LOD2004", wrong.What, wrong.At) : (resourceType, entries);
    }

    // PostgreSQL's jsonb refuses U+0000 and half of a surrogate pair, DuckDB the latter; FHIR allows neither (https://hl7.org/fhir/R4/datatypes.html#string).
    private readonly void CheckEscapes()
    {
        var value = reader.ValueSpan;
        for (var i = value.IndexOf((byte)'\\'); i >= 0 && i < value.Length - 1;)
        {
            if (value[i + 1] != 'u')
            {
                i += 2;
            }
            else
            {
                var unit = Hex(value.Slice(i + 2, 4));
                i += 6;
                if (unit == 0)
                {
                    throw Fault("LOD2008", "a string holds the character U+0000, which FHIR does not allow");
                }

                if (char.IsHighSurrogate((char)unit) && i + 6 <= value.Length && value[i] == '\\' && value[i + 1] == 'u' && char.IsLowSurrogate((char)Hex(value.Slice(i + 2, 4))))
                {
                    i += 6;
                }
                else if (char.IsSurrogate((char)unit))
                {
                    throw Fault("LOD2008", $"a string holds half of a surrogate pair (\\u{unit:x4}), which is no character");
                }
            }

            var next = i < value.Length ? value[i..].IndexOf((byte)'\\') : -1;
            i = next < 0 ? -1 : i + next;
        }
    }

    private readonly void CheckNumber()
    {
        if (reader.ValueSpan.Length > LongestNumber)
        {
            throw Fault("LOD2009", $"a number of {reader.ValueSpan.Length:N0} characters; expected at most {LongestNumber}");
        }

        if (!reader.TryGetDouble(out var value) || double.IsInfinity(value))
        {
            throw Fault("LOD2009", "a number beyond what a double holds");
        }
    }

    private static int Hex(ReadOnlySpan<byte> digits)
    {
        var value = 0;
        foreach (var digit in digits)
        {
            value = (value << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return value;
    }

    private readonly FhirReadException Broken(JsonException exception)
    {
        var place = $"line {exception.LineNumber + 1}, byte {exception.BytePositionInLine} (byte {reader.BytesConsumed} of {text.Length})";
        return exception.Message.Contains("maximum configured depth", StringComparison.OrdinalIgnoreCase)
            ? new FhirReadException("LOD2005", place, $"nested deeper than {FhirDocumentReader.MaxDepth} levels", exception)
            : new FhirReadException("LOD2003", place, reader.BytesConsumed >= text.TrimEnd(" \t\r\n"u8).Length - 1 ? "the JSON is cut off" : Sentence(exception.Message) + FileKinds.Hint(text), exception);
    }

    private readonly FhirReadException Fault(string code, string reason, int? at = null)
    {
        var position = at ?? (int)reader.TokenStartIndex;
        var before = text[..position];
        var line = before.Count((byte)'\n');
        return new FhirReadException(code, $"line {line + 1}, byte {position - (before.LastIndexOf((byte)'\n') + 1)} (byte {position} of {text.Length})", reason);
    }

    private static string Describe(JsonTokenType token) => token switch
    {
        JsonTokenType.StartArray => "array",
        JsonTokenType.StartObject => "object",
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

    private enum TopLevel
    {
        Other,
        ResourceType,
        Entry,
    }
}
