using System.Globalization;
using System.Text;

namespace FhirAspire.Jinja.Syntax;

/// <summary>
/// Escapes in string literals, as Jinja2 reads them: the text goes through ASCII with backslashes and Python's <c>unicode-escape</c>,
/// so that unknown escapes stay as they are and a backslash before a letter beyond ASCII leaves that letter's escape as text.
/// </summary>
internal static class StringEscapes
{
    /// <exception cref="FormatException">An escape is cut short; the message is Python's.</exception>
    public static string Decode(ReadOnlySpan<char> raw, string newline)
    {
        if (!raw.Contains('\\'))
        {
            var plain = raw.ToString();
            return newline == "\n" ? plain : plain.Replace("\n", newline, StringComparison.Ordinal);
        }

        var text = new StringBuilder(raw.Length);
        for (var i = 0; i < raw.Length; i++)
        {
            var c = raw[i];
            if (c == '\n')
            {
                text.Append(newline);
                continue;
            }

            if (c != '\\' || i + 1 >= raw.Length)
            {
                text.Append(c);
                continue;
            }

            c = raw[++i];
            switch (c)
            {
                case '\n':
                    break;
                case '\\' or '\'' or '"':
                    text.Append(c);
                    break;
                case 'a':
                    text.Append('\a');
                    break;
                case 'b':
                    text.Append('\b');
                    break;
                case 'f':
                    text.Append('\f');
                    break;
                case 'n':
                    text.Append('\n');
                    break;
                case 'r':
                    text.Append('\r');
                    break;
                case 't':
                    text.Append('\t');
                    break;
                case 'v':
                    text.Append('\v');
                    break;
                case >= '0' and <= '7':
                    {
                        var value = 0;
                        var end = Math.Min(i + 3, raw.Length);
                        for (; i < end && raw[i] is >= '0' and <= '7'; i++)
                        {
                            value = (value * 8) + (raw[i] - '0');
                        }

                        i--;
                        text.Append((char)value);
                        break;
                    }

                case 'x':
                    i = Hex(raw, i, 2, "truncated \\xXX escape", text);
                    break;
                case 'u':
                    i = Hex(raw, i, 4, "truncated \\uXXXX escape", text);
                    break;
                case 'U':
                    i = Hex(raw, i, 8, "truncated \\UXXXXXXXX escape", text);
                    break;
                case 'N':
                    throw new FormatException(i + 1 < raw.Length && raw[i + 1] == '{' ? "unknown Unicode character name" : "malformed \\N character escape");
                case > '\x7f':
                    {
                        var codePoint = char.IsHighSurrogate(c) && i + 1 < raw.Length && char.IsLowSurrogate(raw[i + 1]) ? char.ConvertToUtf32(c, raw[++i]) : c;
                        text.Append('\\').Append(codePoint < 256 ? $"x{codePoint:x2}" : codePoint < 65536 ? $"u{codePoint:x4}" : $"U{codePoint:x8}");
                        break;
                    }

                default:
                    text.Append('\\').Append(c);
                    break;
            }
        }

        return text.ToString();
    }

    private static int Hex(ReadOnlySpan<char> raw, int at, int length, string truncated, StringBuilder text)
    {
        if (at + length >= raw.Length)
        {
            throw new FormatException(truncated);
        }

        var digits = raw.Slice(at + 1, length);
        foreach (var digit in digits)
        {
            if (!char.IsAsciiHexDigit(digit))
            {
                throw new FormatException(truncated);
            }
        }

        var value = uint.Parse(digits, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        if (value > 0x10ffff)
        {
            throw new FormatException("illegal Unicode character");
        }

        if (value < 0x10000)
        {
            text.Append((char)value);
        }
        else
        {
            text.Append(char.ConvertFromUtf32((int)value));
        }

        return at + length;
    }
}
