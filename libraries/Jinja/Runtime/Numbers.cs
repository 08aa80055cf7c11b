using System.Globalization;
using System.Numerics;
using System.Text;

namespace FhirAspire.Jinja.Runtime;

/// <summary>Numbers as text and back, exactly as Python does it.</summary>
internal static class Numbers
{
    private const int MaxDigits = 4300;
    private static readonly double[] Powers = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

    public static string Digits(BigInteger value)
    {
        // About 3.32 bits a digit; the exact count is taken only near the limit.
        if (value.GetBitLength() > 14000)
        {
            var text = value.GetBitLength() > 15000 ? null : value.ToString(CultureInfo.InvariantCulture);
            if (text is null || text.TrimStart('-').Length > MaxDigits)
            {
                throw Fault.Value($"Exceeds the limit ({MaxDigits} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit");
            }

            return text;
        }

        return value.ToString(CultureInfo.InvariantCulture);
    }

    public static string Repr(double value)
    {
        if (double.IsNaN(value))
        {
            return "nan";
        }

        if (double.IsInfinity(value))
        {
            return value > 0 ? "inf" : "-inf";
        }

        if (value == 0)
        {
            return double.IsNegative(value) ? "-0.0" : "0.0";
        }

        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var (negative, digits, point) = Decompose(shortest);
        return (negative ? "-" : string.Empty) + Layout(digits, point, point is <= -4 or > 16, 'e', alwaysPoint: true);
    }

    /// <summary>Digits and the place of the point (0.digits × 10^point) of a number as .NET prints it.</summary>
    public static (bool Negative, string Digits, int Point) Decompose(string text)
    {
        var negative = text[0] == '-';
        var body = negative ? text.AsSpan(1) : text;
        var exponent = 0;
        var e = body.IndexOfAny('e', 'E');
        if (e >= 0)
        {
            exponent = int.Parse(body[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            body = body[..e];
        }

        var dot = body.IndexOf('.');
        var digits = dot < 0 ? body.ToString() : string.Concat(body[..dot], body[(dot + 1)..]);
        var point = (dot < 0 ? body.Length : dot) + exponent;
        var stripped = digits.TrimStart('0');
        point -= digits.Length - stripped.Length;
        stripped = stripped.TrimEnd('0');
        return stripped.Length == 0 ? (negative, "0", 1) : (negative, stripped, point);
    }

    public static string Layout(string digits, int point, bool scientific, char e, bool alwaysPoint)
    {
        var text = new StringBuilder();
        if (scientific)
        {
            text.Append(digits[0]);
            if (digits.Length > 1)
            {
                text.Append('.').Append(digits, 1, digits.Length - 1);
            }

            var exponent = point - 1;
            text.Append(e).Append(exponent < 0 ? '-' : '+').Append(Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture));
        }
        else if (point <= 0)
        {
            text.Append("0.").Append('0', -point).Append(digits);
        }
        else if (point >= digits.Length)
        {
            text.Append(digits).Append('0', point - digits.Length);
            if (alwaysPoint)
            {
                text.Append(".0");
            }
        }
        else
        {
            text.Append(digits, 0, point).Append('.').Append(digits, point, digits.Length - point);
        }

        return text.ToString();
    }

    /// <summary>The absolute value with a number of decimals (may be negative), rounded half to even on the exact binary value.</summary>
    public static string Fixed(double value, int decimals)
    {
        // Far from a tie and small enough, the product's error cannot change the digits.
        if (decimals is >= 0 and <= 9 && value is > -1e9 and < 1e9)
        {
            var product = Math.Abs(value) * Powers[decimals];
            var whole = Math.Floor(product);
            if (product < 1e9 && Math.Abs(product - whole - 0.5) > 1e-5)
            {
                var text = ((long)(product - whole > 0.5 ? whole + 1 : whole)).ToString(CultureInfo.InvariantCulture);
                if (decimals == 0)
                {
                    return text;
                }

                text = text.PadLeft(decimals + 1, '0');
                return string.Concat(text.AsSpan(0, text.Length - decimals), ".", text.AsSpan(text.Length - decimals));
            }
        }

        var scaled = ScaledRound(value, decimals);
        var digits = scaled.ToString(CultureInfo.InvariantCulture);
        if (decimals <= 0)
        {
            return scaled.IsZero ? "0" : digits + new string('0', -decimals);
        }

        if (digits.Length <= decimals)
        {
            digits = new string('0', decimals - digits.Length + 1) + digits;
        }

        return string.Concat(digits.AsSpan(0, digits.Length - decimals), ".", digits.AsSpan(digits.Length - decimals));
    }

    /// <summary>Digits (count of them) and exponent of the absolute value in scientific form, rounded half to even.</summary>
    public static (string Digits, int Exponent) Scientific(double value, int count)
    {
        value = Math.Abs(value);
        if (value == 0)
        {
            return (new string('0', count), 0);
        }

        var exponent = (int)Math.Floor(Math.Log10(value));
        while (true)
        {
            var digits = ScaledRound(value, count - 1 - exponent).ToString(CultureInfo.InvariantCulture);
            if (digits.Length == count)
            {
                return (digits, exponent);
            }

            if (digits.Length > count && digits.AsSpan(1).Trim('0').Length == 0 && ScaledRound(value, count - 2 - exponent).ToString(CultureInfo.InvariantCulture).Length == count)
            {
                return (digits[..count], exponent + 1);
            }

            exponent += digits.Length > count ? 1 : -1;
        }
    }

    public static object? ParseInt(string text, int radix)
    {
        var body = Text.Strip(text, null, true, true);
        if (body.Length == 0)
        {
            return null;
        }

        var negative = body[0] == '-';
        if (body[0] is '+' or '-')
        {
            body = body[1..];
        }

        if (body.Length > 1 && body[0] == '0')
        {
            var prefix = char.ToLowerInvariant(body[1]) switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 0 };
            if (prefix != 0 && (radix == prefix || radix == 0))
            {
                radix = prefix;
                body = body[2..];
                if (body.StartsWith('_'))
                {
                    body = body[1..];
                }
            }
            else if (radix == 0 && body.Trim('0', '_').Length > 0)
            {
                return null;
            }
        }

        radix = radix == 0 ? 10 : radix;
        if (body.Length == 0 || body[^1] == '_' || body[0] == '_' || body.Contains("__", StringComparison.Ordinal))
        {
            return null;
        }

        if (radix == 10 && body.Length > MaxDigits)
        {
            throw Fault.Value($"Exceeds the limit ({MaxDigits} digits) for integer string conversion: value has {body.Length} digits; use sys.set_int_max_str_digits() to increase the limit");
        }

        long small = 0;
        var big = BigInteger.Zero;
        var isBig = false;
        foreach (var c in body)
        {
            if (c == '_')
            {
                continue;
            }

            var digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : c > 127 && char.IsDigit(c) ? (int)char.GetNumericValue(c) : 99;
            if (digit >= radix)
            {
                return null;
            }

            if (!isBig && small < (long.MaxValue - 40) / 40)
            {
                small = (small * radix) + digit;
            }
            else
            {
                big = isBig ? big : small;
                isBig = true;
                big = (big * radix) + digit;
            }
        }

        return isBig ? Boxed.Of(negative ? -big : big) : Boxed.Of(negative ? -small : small);
    }

    public static bool TryParseFloat(string text, out double value)
    {
        var body = Text.Strip(text, null, true, true);
        value = 0;
        if (body.Length == 0)
        {
            return false;
        }

        if (body.Contains('_'))
        {
            for (var i = 0; i < body.Length; i++)
            {
                if (body[i] == '_' && (i == 0 || i == body.Length - 1 || !char.IsAsciiDigit(body[i - 1]) || !char.IsAsciiDigit(body[i + 1])))
                {
                    return false;
                }
            }

            body = body.Replace("_", string.Empty, StringComparison.Ordinal);
        }

        var unsigned = body[0] is '+' or '-' ? body[1..] : body;
        switch (unsigned.ToLowerInvariant())
        {
            case "inf" or "infinity":
                value = body[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
                return true;
            case "nan":
                value = double.NaN;
                return true;
        }

        if (unsigned.Length == 0 || !(char.IsAsciiDigit(unsigned[0]) || unsigned[0] == '.') || unsigned == ".")
        {
            return false;
        }

        return double.TryParse(body, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>Whether a float is an integer, and which.</summary>
    public static bool TryInteger(double value, out BigInteger integer)
    {
        integer = default;
        if (!double.IsFinite(value) || Math.Floor(value) != value)
        {
            return false;
        }

        integer = new BigInteger(value);
        return true;
    }

    /// <summary>mantissa × 2^exponent of the absolute value.</summary>
    public static (ulong Mantissa, int Exponent) Parts(double value)
    {
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)((bits >> 52) & 0x7ff);
        var mantissa = (ulong)bits & 0xfffffffffffffUL;
        return exponent == 0 ? (mantissa, -1074) : (mantissa | 0x10000000000000UL, exponent - 1075);
    }

    /// <summary>round-half-even(|value| × 10^decimals)</summary>
    private static BigInteger ScaledRound(double value, int decimals)
    {
        var (mantissa, exponent) = Parts(value);
        BigInteger numerator = mantissa;
        var denominator = BigInteger.One;
        if (exponent > 0)
        {
            numerator <<= exponent;
        }
        else
        {
            denominator <<= -exponent;
        }

        if (decimals >= 0)
        {
            numerator *= BigInteger.Pow(10, decimals);
        }
        else
        {
            denominator *= BigInteger.Pow(10, -decimals);
        }

        return DivideHalfEven(numerator, denominator);
    }

    public static BigInteger DivideHalfEven(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        var twice = BigInteger.Abs(remainder) * 2;
        var order = twice.CompareTo(BigInteger.Abs(denominator));
        if (order > 0 || (order == 0 && !quotient.IsEven))
        {
            quotient += numerator.Sign * denominator.Sign;
        }

        return quotient;
    }
}
