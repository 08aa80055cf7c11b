using System.Buffers;
using System.Text.Unicode;

namespace FhirAspire.Fhir.Reading;

/// <summary>
/// Checks a document and takes out its white space, without building anything: one pass of the JSON tokens for the checks and counts
/// (<see cref="DocumentCheck"/>), one vectorised pass for the copy. Works in place, so a document needs no second buffer.
/// </summary>
public static class FhirDocumentReader
{
    /// <summary>FHIR nests about 20 deep; what is deeper than this is an attack or an accident.</summary>
    public const int MaxDepth = 192;

    private static readonly SearchValues<byte> QuoteOrSpace = SearchValues.Create("\" \t\r\n"u8);

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
            throw new FhirReadException("LOD2002", $"byte {FirstInvalid(text)}", "not UTF-8; expected FHIR JSON, which is always UTF-8" + FileKinds.Hint(text));
        }

        var (resourceType, count) = new DocumentCheck(text).Run();
        return new FhirDocument(document[..RemoveWhiteSpace(text)], resourceType, count);
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
}
