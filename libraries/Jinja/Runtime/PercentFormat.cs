using System.Numerics;
using System.Text;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Python's <c>text % values</c>.</summary>
internal static class PercentFormat
{
    public static string Format(string format, object? arguments, bool escape)
    {
        var tuple = arguments as JinjaTuple;
        var mapping = arguments is JinjaObject { IsMapping: true } ? (JinjaObject)arguments : null;
        var next = 0;
        var usedMapping = false;
        var result = new StringBuilder(format.Length + 16);
        for (var i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                result.Append(format[i]);
                continue;
            }

            i++;
            object? fixedValue = null;
            var named = false;
            if (i < format.Length && format[i] == '(')
            {
                var depth = 1;
                var start = ++i;
                for (; i < format.Length && depth > 0; i++)
                {
                    depth += format[i] == '(' ? 1 : format[i] == ')' ? -1 : 0;
                }

                if (depth > 0)
                {
                    throw Fault.Value("incomplete format key");
                }

                if (mapping is null)
                {
                    throw Fault.Type("format requires a mapping");
                }

                var key = format[start..(i - 1)];
                fixedValue = mapping.TryGetItem(key, out var item) ? item : throw Fault.Key(key);
                named = usedMapping = true;
            }

            var (left, plus, space, alternate, zero) = (false, false, false, false, false);
            for (; i < format.Length; i++)
            {
                switch (format[i])
                {
                    case '-':
                        left = true;
                        continue;
                    case '+':
                        plus = true;
                        continue;
                    case ' ':
                        space = true;
                        continue;
                    case '#':
                        alternate = true;
                        continue;
                    case '0':
                        zero = true;
                        continue;
                }

                break;
            }

            var width = Count(format, ref i, Next, out var negative);
            left |= negative;
            var precision = -1;
            if (i < format.Length && format[i] == '.')
            {
                i++;
                precision = Math.Max(0, Count(format, ref i, Next, out negative));
                precision = negative ? 0 : precision;
            }

            while (i < format.Length && format[i] is ('h' or 'l' or 'L'))
            {
                i++;
            }

            if (i >= format.Length)
            {
                throw Fault.Value("incomplete format");
            }

            var type = format[i];
            if (type == '%')
            {
                result.Append('%');
                continue;
            }

            Ops.Guard(Math.Max(width, precision));
            if (type is not ('s' or 'r' or 'a' or 'd' or 'i' or 'u' or 'x' or 'X' or 'o' or 'c' or 'e' or 'E' or 'f' or 'F' or 'g' or 'G'))
            {
                throw Fault.Value($"unsupported format character '{type}' (0x{(int)type:x}) at index {i}");
            }

            var value = named ? fixedValue : Next();
            var (sign, body) = Convert(type, value, precision, alternate, escape);
            if (sign.Length == 0 && type is not ('s' or 'r' or 'a' or 'c'))
            {
                sign = plus ? "+" : space ? " " : string.Empty;
            }

            var missing = width - Text.Length(sign) - Text.Length(body);
            if (missing <= 0)
            {
                result.Append(sign).Append(body);
            }
            else if (left)
            {
                result.Append(sign).Append(body).Append(' ', missing);
            }
            else if (zero && type is not ('s' or 'r' or 'a' or 'c') && body is not ("inf" or "nan"))
            {
                var prefix = alternate && type is ('x' or 'X' or 'o') ? body[..2] : string.Empty;
                result.Append(sign).Append(prefix).Append('0', missing).Append(body, prefix.Length, body.Length - prefix.Length);
            }
            else
            {
                result.Append(' ', missing).Append(sign).Append(body);
            }
        }

        if (!usedMapping && mapping is null && (tuple is not null ? next < tuple.Items.Length : next == 0 && !IsListLike(arguments)))
        {
            throw Fault.Type("not all arguments converted during string formatting");
        }

        return result.ToString();

        object? Next()
        {
            if (tuple is not null)
            {
                return next < tuple.Items.Length ? tuple.Items[next++] : throw Fault.Type("not enough arguments for format string");
            }

            return next++ == 0 ? arguments : throw Fault.Type("not enough arguments for format string");
        }
    }

    // A value with items that is no tuple or text may be a mapping, so Python does not complain when it is not used.
    private static bool IsListLike(object? value) => value is JinjaList or JinjaDict or JinjaRange or JinjaBytes or JinjaUndefined;

    private static int Count(string format, ref int i, Func<object?> next, out bool negative)
    {
        negative = false;
        if (i < format.Length && format[i] == '*')
        {
            i++;
            var value = next();
            if (!Ops.TryIndex(value, out var count))
            {
                throw Fault.Type("* wants int");
            }

            negative = count < 0;
            return (int)Math.Min(Math.Abs(Math.Max(count, -int.MaxValue)), int.MaxValue);
        }

        long number = 0;
        for (; i < format.Length && char.IsAsciiDigit(format[i]); i++)
        {
            number = Math.Min((number * 10) + (format[i] - '0'), int.MaxValue);
        }

        return (int)number;
    }

    private static (string Sign, string Body) Convert(char type, object? value, int precision, bool alternate, bool escape)
    {
        switch (type)
        {
            case 's' or 'r' or 'a':
                {
                    var text = type == 's' ? Repr.Str(value) : type == 'r' ? Repr.Of(value) : StrFormat.AsciiOf(Repr.Of(value));
                    if (escape && !(type == 's' && value is Markup))
                    {
                        text = Markup.Escape(text);
                    }

                    return (string.Empty, precision >= 0 ? text[..Text.Offset(text, precision)] : text);
                }

            case 'c':
                if (Ops.TryText(value, out var letter))
                {
                    return Text.Length(letter) == 1 ? (string.Empty, letter) : throw Fault.Type("%c requires int or char");
                }

                return value is long code ? (string.Empty, char.ConvertFromUtf32((int)Math.Clamp(code, 0, 0x10ffff))) : throw Fault.Type("%c requires int or char");

            case 'd' or 'i' or 'u' or 'x' or 'X' or 'o':
                return Integer(type, value, precision, alternate);

            default:
                {
                    if (value is JinjaUndefined undefined)
                    {
                        throw undefined.Error();
                    }

                    var number = value is JinjaDecimal exact ? exact.ToDouble() : Ops.IsNumber(value) ? Ops.ToDouble(value) : throw Fault.Type($"must be real number, not {Types.Name(value)}");
                    var sign = double.IsNegative(number) && !double.IsNaN(number) ? "-" : string.Empty;
                    if (!double.IsFinite(number))
                    {
                        return (sign, double.IsNaN(number) ? "nan" : "inf");
                    }

                    return (sign, FormatSpec.FloatBody(Math.Abs(number), type, precision < 0 ? 6 : precision, alternate));
                }
        }
    }

    private static (string Sign, string Body) Integer(char type, object? value, int precision, bool alternate)
    {
        BigInteger number;
        switch (value)
        {
            case long or bool or BigInteger:
                number = Ops.ToBig(value);
                break;
            case double real when type is 'd' or 'i' or 'u':
                if (!double.IsFinite(real))
                {
                    throw double.IsNaN(real) ? Fault.Value("cannot convert float NaN to integer") : Fault.Overflow("cannot convert float infinity to integer");
                }

                number = new BigInteger(Math.Truncate(real));
                break;
            case JinjaDecimal exact when type is 'd' or 'i' or 'u':
                number = exact.Truncate() ?? 0;
                break;
            default:
                throw type is 'd' or 'i' or 'u'
                    ? Fault.Type($"%{type} format: a real number is required, not {Types.Name(value)}")
                    : Fault.Type($"%{type} format: an integer is required, not {Types.Name(value)}");
        }

        var magnitude = BigInteger.Abs(number);
        var digits = type switch
        {
            'x' => FormatSpec.Radix(magnitude, 16),
            'X' => FormatSpec.Radix(magnitude, 16).ToUpperInvariant(),
            'o' => FormatSpec.Radix(magnitude, 8),
            _ => Numbers.Digits(magnitude),
        };
        if (digits.Length < precision)
        {
            digits = digits.PadLeft(precision, '0');
        }

        return (number.Sign < 0 ? "-" : string.Empty, alternate && type is ('x' or 'X' or 'o') ? $"0{type}{digits}" : digits);
    }
}
