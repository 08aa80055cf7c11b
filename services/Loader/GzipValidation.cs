using System.IO.Compression;

namespace FhirAspire.Loader;

/// <summary>Makes sure that gzip which is cut off is noticed: .NET does so only under a switch of the process, which all hosts of this solution set.</summary>
internal static class GzipValidation
{
    /// <summary>Fails where the switch is missing: a file of lines would be loaded in part, and nobody told.</summary>
    /// <exception cref="InvalidOperationException">The process reads gzip that is cut off as if it ended there.</exception>
    public static void Require()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write("whole"u8);
        }

        packed.SetLength(packed.Length - 4);
        packed.Position = 0;
        try
        {
            using var plain = new GZipStream(packed, CompressionMode.Decompress);
            plain.CopyTo(Stream.Null);
        }
        catch (InvalidDataException)
        {
            return;
        }

        throw new InvalidOperationException("This process does not notice gzip that is cut off; set System.IO.Compression.UseStrictValidation to true in its runtimeconfig.json.");
    }
}
