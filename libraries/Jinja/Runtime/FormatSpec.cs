using System.Globalization;
using System.Numerics;
using System.Text;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Python's format specifications: <c>[[fill]align][sign][z][#][0][width][grouping][.precision][type]</c>.</summary>
internal readonly struct FormatSpec
{
    private FormatSpec(string fill, char align, char sign, bool alternate, int width, char grouping, int precision, char type)
    {
        Fill = fill;
        Align = align;
        Sign = sign;
        Alternate = alternate;
        Width = width;
        Grouping = grouping;
        Precision = precision;
        Type = type;
    }

    public string Fill { get; }

    public char Align { get; }

    public char Sign { get; }

    public bool Alternate { get; }

    public int Width { get; }

    public char Grouping { get; }

    public int Precision { get; }

    public char Type { get; }

    public static string Apply(object? value, string spec)
    {
        if (value is JinjaObject and not (StringValue or JinjaDecimal))
        {
            if (value is IFormatsItself formatter)
            {
                return formatter.Format(spec);
            }

            if (spec.Length > 0)
            {
                throw Fault.Type($"unsupported format string passed to {Types.Short(value)}.__format__");
            }

            return Repr.Str(value);
        }

        if (spec.Length == 0)
        {
            return Repr.Str(value);
        }

        if (value is null)
        {
            throw Fault.Type("unsupported format string passed to NoneType.__format__");
        }

        var parsed = Parse(spec, Types.Short(value));
        if (Ops.TryText(value, out var text))
        {
            return parsed.FormatText(text);
        }

        return value switch
        {
            bool when parsed.Type is '\0' or 's' => parsed.Type == 's' ? throw Unknown('s', "bool") : parsed.FormatInteger(Ops.ToBig(value), "int"),
            double number => parsed.FormatFloat(number, "float"),
            JinjaDecimal number => parsed.FormatDecimal(number),
            _ => parsed.FormatInteger(Ops.ToBig(value), "int"),
        };
    }

    private static FormatSpec Parse(string spec, string type)
    {
        var runes = spec;
        var i = 0;
        var fill = " ";
        var align = '\0';
        var filled = false;
        var first = char.IsHighSurrogate(spec[0]) && spec.Length > 1 ? 2 : 1;
        if (spec.Length > first && spec[first] is ('<' or '>' or '=' or '^'))
        {
            fill = spec[..first];
            align = spec[first];
            i = first + 1;
            filled = true;
        }
        else if (spec[0] is '<' or '>' or '=' or '^')
        {
            align = spec[0];
            i = 1;
        }

        var sign = i < runes.Length && runes[i] is ('+' or '-' or ' ') ? runes[i++] : '\0';
        if (i < runes.Length && runes[i] == 'z')
        {
            i++;
        }

        var alternate = i < runes.Length && runes[i] == '#';
        i += alternate ? 1 : 0;
        if (i < runes.Length && runes[i] == '0')
        {
            i++;
            if (!filled)
            {
                // Texts are filled behind, numbers between sign and digits.
                fill = "0";
                align = align != '\0' ? align : type == "str" ? '<' : '=';
            }
        }

        var width = Number(spec, ref i) ?? -1;
        var grouping = i < runes.Length && runes[i] is (',' or '_') ? runes[i++] : '\0';
        var precision = -1;
        if (i < runes.Length && runes[i] == '.')
        {
            i++;
            precision = Number(spec, ref i) ?? throw Fault.Value("Format specifier missing precision");
        }

        if (i < spec.Length - 1)
        {
            throw Fault.Value($"Invalid format specifier '{spec}' for object of type '{type}'");
        }

        Ops.Guard(Math.Max(width, precision));
        return new FormatSpec(fill, align, sign, alternate, width, grouping, precision, i < spec.Length ? spec[i] : '\0');
    }

    private static int? Number(string spec, ref int i)
    {
        var start = i;
        while (i < spec.Length && char.IsAsciiDigit(spec[i]))
        {
            i++;
        }

        if (i == start)
        {
            return null;
        }

        return int.TryParse(spec.AsSpan(start, i - start), CultureInfo.InvariantCulture, out var value) ? value : throw Fault.Value("Too many decimal digits in format string");
    }

    private static JinjaException Unknown(char type, string name) => Fault.Value($"Unknown format code '{type}' for object of type '{name}'");

    private string FormatText(string text)
    {
        if (Type is not ('\0' or 's'))
        {
            throw Unknown(Type, "str");
        }

        if (Sign != '\0')
        {
            throw Fault.Value(Sign == ' ' ? "Space not allowed in string format specifier" : "Sign not allowed in string format specifier");
        }

        if (Align == '=')
        {
            throw Fault.Value("'=' alignment not allowed in string format specifier");
        }

        if (Grouping != '\0')
        {
            throw Fault.Value($"Cannot specify '{Grouping}' with 's'.");
        }

        if (Precision >= 0)
        {
            text = text[..Text.Offset(text, Precision)];
        }

        return Pad(string.Empty, text, '<');
    }

    private string FormatInteger(BigInteger value, string name)
    {
        if (Type is 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or '%')
        {
            return FormatFloat(Ops.BigToDouble(value), name);
        }

        if (Precision >= 0)
        {
            throw Type is '\0' or 'd' or 'n' or 'x' or 'X' or 'o' or 'b' or 'c' ? Fault.Value("Precision not allowed in integer format specifier") : Unknown(Type, name);
        }

        var magnitude = BigInteger.Abs(value);
        var (digits, prefix) = Type switch
        {
            '\0' or 'd' or 'n' => (Numbers.Digits(magnitude), string.Empty),
            'x' => (Radix(magnitude, 16), "0x"),
            'X' => (Radix(magnitude, 16).ToUpperInvariant(), "0X"),
            'o' => (Radix(magnitude, 8), "0o"),
            'b' => (Radix(magnitude, 2), "0b"),
            'c' when value >= 0 && value <= 0x10ffff => (char.ConvertFromUtf32((int)value), string.Empty),
            'c' => throw Fault.Overflow("%c arg not in range(0x110000)"),
            _ => throw Unknown(Type, name),
        };
        var sign = SignOf(value.Sign < 0) + (Alternate ? prefix : string.Empty);
        if (Grouping == ',' && Type is not ('\0' or 'd'))
        {
            throw Fault.Value($"Cannot specify ',' with '{Type}'.");
        }

        return PadNumber(sign, digits, string.Empty, Type is 'x' or 'X' or 'o' or 'b' ? 4 : 3);
    }

    private string FormatFloat(double value, string name)
    {
        if (Type is not ('\0' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G' or 'n' or '%'))
        {
            throw Unknown(Type, name);
        }

        var body = Body(Math.Abs(value));
        var sign = SignOf(double.IsNegative(value) && !double.IsNaN(value));
        if (!double.IsFinite(value))
        {
            return Pad(sign, body, '>');
        }

        var end = body.AsSpan().IndexOfAny('.', 'e', 'E') is var at and >= 0 ? at : body.TrimEnd('%').Length;
        return PadNumber(sign, body[..end], body[end..], 3);
    }

    private string FormatDecimal(JinjaDecimal value)
    {
        if (!value.IsFinite)
        {
            return Pad(string.Empty, value.Str(), '>');
        }

        var body = Type switch
        {
            'f' or 'F' => value.Magnitude().Round(Precision >= 0 ? Precision : Math.Max(0, -value.Exponent)).ToFixed(),
            '%' => value.Magnitude().Times100().Round(Precision >= 0 ? Precision : Math.Max(0, -value.Exponent - 2)).ToFixed() + "%",
            '\0' or 'g' or 'G' or 'n' when Precision < 0 => value.Magnitude().Str(),
            _ => Body(value.Magnitude().ToDouble()),
        };
        var end = body.AsSpan().IndexOfAny('.', 'e', 'E') is var at and >= 0 ? at : body.TrimEnd('%').Length;
        return PadNumber(SignOf(value.IsNegative), body[..end], body[end..], 3);
    }

    private string Body(double value)
    {
        if (!double.IsFinite(value))
        {
            var text = double.IsNaN(value) ? "nan" : "inf";
            return (Type is 'E' or 'F' or 'G' ? text.ToUpperInvariant() : text) + (Type == '%' ? "%" : string.Empty);
        }

        if (Type == '\0' && Precision < 0)
        {
            return Numbers.Repr(value);
        }

        return FloatBody(value, Type == '\0' ? 'r' : Type, Precision < 0 ? 6 : Precision, Alternate);
    }

    /// <summary>The digits of a float that is not negative; type <c>r</c> is <c>g</c> with at least one decimal.</summary>
    public static string FloatBody(double value, char type, int precision, bool alternate)
    {
        switch (type)
        {
            case 'f' or 'F':
                return Numbers.Fixed(value, precision) + (alternate && precision == 0 ? "." : string.Empty);
            case '%':
                return Numbers.Fixed(value * 100, precision) + "%";
            case 'e' or 'E':
                {
                    var (digits, exponent) = Numbers.Scientific(value, precision + 1);
                    return Exponential(digits, exponent, type, alternate, keepZeros: true);
                }

            default:
                {
                    var significant = Math.Max(1, precision);
                    var (digits, exponent) = Numbers.Scientific(value, significant);
                    var letter = type == 'G' ? 'E' : 'e';
                    var limit = type == 'r' ? significant - 1 : significant;
                    if (exponent < -4 || exponent >= limit)
                    {
                        return Exponential(alternate ? digits : digits.TrimEnd('0') is { Length: > 0 } trimmed ? trimmed : "0", exponent, letter, alternate, keepZeros: alternate);
                    }

                    if (!alternate)
                    {
                        digits = digits.TrimEnd('0');
                        digits = digits.Length == 0 ? "0" : digits;
                    }

                    var text = Numbers.Layout(digits, exponent + 1, scientific: false, 'e', alwaysPoint: type == 'r');
                    return text;
                }
        }
    }

    private static string Exponential(string digits, int exponent, char letter, bool alternate, bool keepZeros)
    {
        var text = new StringBuilder().Append(digits[0]);
        if (digits.Length > 1 && keepZeros | digits.Length > 1)
        {
            text.Append('.').Append(digits, 1, digits.Length - 1);
        }
        else if (alternate)
        {
            text.Append('.');
        }

        return text.Append(letter).Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture)).ToString();
    }

    public static string Radix(BigInteger value, int radix)
    {
        if (value.IsZero)
        {
            return "0";
        }

        var digits = new StringBuilder();
        var bits = radix switch { 16 => 4, 8 => 3, _ => 1 };
        for (var rest = value; !rest.IsZero; rest >>= bits)
        {
            digits.Insert(0, "0123456789abcdef"[(int)(rest & (radix - 1))]);
        }

        return digits.ToString();
    }

    private string SignOf(bool negative) => negative ? "-" : Sign == '+' ? "+" : Sign == ' ' ? " " : string.Empty;

    private string PadNumber(string sign, string digits, string rest, int group)
    {
        if (Grouping != '\0')
        {
            var zeros = Align == '=' && Fill == "0" ? Width - sign.Length - rest.Length : 0;
            digits = Group(digits, Grouping, group, zeros);
        }

        return Pad(sign, digits + rest, '>');
    }

    private static string Group(string digits, char separator, int size, int width)
    {
        string Grouped(string text)
        {
            var result = new StringBuilder();
            for (var i = 0; i < text.Length; i++)
            {
                if (i > 0 && (text.Length - i) % size == 0)
                {
                    result.Append(separator);
                }

                result.Append(text[i]);
            }

            return result.ToString();
        }

        var grouped = Grouped(digits);
        while (grouped.Length < width)
        {
            digits = "0" + digits;
            grouped = Grouped(digits);
        }

        return grouped;
    }

    private string Pad(string sign, string text, char natural)
    {
        var missing = Width - sign.Length - Text.Length(text);
        if (missing <= 0)
        {
            return sign + text;
        }

        var align = Align == '\0' ? natural : Align;
        var left = align switch { '<' => 0, '^' => missing / 2, _ => missing };
        var fill = Fill;
        string Fills(int count) => fill.Length == 1 ? new string(fill[0], count) : string.Concat(Enumerable.Repeat(fill, count));
        return align == '=' ? sign + Fills(missing) + text : Fills(left) + sign + text + Fills(missing - left);
    }
}

/// <summary>A value with format specifications of its own, such as a date.</summary>
internal interface IFormatsItself
{
    string Format(string spec);
}
