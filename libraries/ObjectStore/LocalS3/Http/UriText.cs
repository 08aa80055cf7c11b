using System.Buffers;
using System.Text;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>Percent-encoding as S3 defines it for signatures: all but A-Z a-z 0-9 - . _ ~, upper-case digits.</summary>
internal static class UriText
{
    private static readonly SearchValues<char> Unreserved = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~");
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Whether a path is encoded as signatures want it already: then it is signed as it is, be a slash in a key encoded or not.</summary>
    public static bool IsCanonical(ReadOnlySpan<char> path)
    {
        for (var i = 0; i < path.Length; i++)
        {
            var c = path[i];
            if (c == '%')
            {
                if (i + 2 >= path.Length || !char.IsAsciiHexDigitUpper(path[i + 1]) || !char.IsAsciiHexDigitUpper(path[i + 2]))
                {
                    return false;
                }

                i += 2;
            }
            else if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_' or '~' or '/'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Encodes; with <paramref name="keepSlash"/> as a path.</summary>
    public static string Encode(string text, bool keepSlash)
    {
        if (!text.AsSpan().ContainsAnyExcept(Unreserved))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (var value in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)value;
            if (char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' || (keepSlash && c == '/'))
            {
                result.Append(c);
            }
            else
            {
                result.Append('%').Append("0123456789ABCDEF"[value >> 4]).Append("0123456789ABCDEF"[value & 15]);
            }
        }

        return result.ToString();
    }

    /// <summary>Decodes; the input is ASCII or holds raw UTF-8 bytes as characters of their own (Latin-1).</summary>
    /// <exception cref="S3Exception">InvalidURI: not percent-encoded UTF-8.</exception>
    public static string Decode(ReadOnlySpan<char> text, bool plusIsBlank)
    {
        if (!text.ContainsAny('%', '+') && Ascii.IsValid(text))
        {
            return text.ToString();
        }

        var bytes = ArrayPool<byte>.Shared.Rent(text.Length * 2);
        try
        {
            var count = 0;
            for (var i = 0; i < text.Length; i++)
            {
                var c = text[i];
                if (c == '%')
                {
                    if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                    {
                        throw S3Errors.InvalidUri($"'%' without two hexadecimal digits at {i}");
                    }

                    bytes[count++] = (byte)((Convert.ToInt32(text[i + 1].ToString(), 16) << 4) | Convert.ToInt32(text[i + 2].ToString(), 16));
                    i += 2;
                }
                else if (c == '+' && plusIsBlank)
                {
                    bytes[count++] = (byte)' ';
                }
                else if (c <= 0xff)
                {
                    bytes[count++] = (byte)c;
                }
                else
                {
                    throw S3Errors.InvalidUri($"a character that is not encoded at {i}");
                }
            }

            return Strict.GetString(bytes, 0, count);
        }
        catch (DecoderFallbackException)
        {
            throw S3Errors.InvalidUri("not UTF-8");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
