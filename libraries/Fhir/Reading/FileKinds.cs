namespace FhirAspire.Fhir.Reading;

/// <summary>Knows other kinds of files by how they begin, so that a person is told what was put there.</summary>
internal static class FileKinds
{
    /// <summary>What the file looks like and what to do; empty where that is not known.</summary>
    public static string Hint(ReadOnlySpan<byte> text)
    {
        var start = text.TrimStart(" \t\r\n"u8);
        return start switch
        {
            [0x1f, 0x8b, ..] => "; this is gzip: let its name end with .gz",
            [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..] => "; this is a zip archive: unpack it",
            [(byte)'P', (byte)'A', (byte)'R', (byte)'1', ..] => "; this is a Parquet file",
            [(byte)'%', (byte)'P', (byte)'D', (byte)'F', ..] => "; this is a PDF",
            [0xff, 0xfe, ..] or [0xfe, 0xff, ..] => "; this is UTF-16: write it as UTF-8",
            [(byte)'<', ..] => "; this is XML or HTML: FHIR as JSON is expected",
            _ => "",
        };
    }
}
