using System.Globalization;
using FhirAspire.ObjectStore.LocalS3.Http;

namespace FhirAspire.ObjectStore.LocalS3.Operations;

/// <summary>A piece of an object.</summary>
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>Reads a Range header; null when it is to be ignored: absent, of another unit, of several pieces, or malformed.</summary>
    /// <exception cref="S3Exception">InvalidRange: outside of the object.</exception>
    public static ByteRange? Parse(string? header, long size)
    {
        if (header is null || !header.StartsWith("bytes=", StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal))
        {
            return null;
        }

        var dash = header.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
        {
            return null;
        }

        var from = header.AsSpan(6, dash - 6).Trim();
        var to = header.AsSpan(dash + 1).Trim();
        if (from.IsEmpty)
        {
            if (!TryParse(to, out var suffix))
            {
                return null;
            }

            return suffix == 0 || size == 0 ? throw S3Errors.InvalidRange(header, size) : new ByteRange(Math.Max(0, size - suffix), Math.Min(size, suffix));
        }

        var last = size - 1;
        if (!TryParse(from, out var first) || (!to.IsEmpty && !TryParse(to, out last)) || last < first && !to.IsEmpty)
        {
            return null;
        }

        return first >= size ? throw S3Errors.InvalidRange(header, size) : new ByteRange(first, Math.Min(last, size - 1) - first + 1);
    }

    private static bool TryParse(ReadOnlySpan<char> text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
