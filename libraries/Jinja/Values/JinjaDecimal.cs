using System.Globalization;
using System.Numerics;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's <c>decimal.Decimal</c> in its default context: 28 digits, half to even. Exponents and trailing zeros are kept.</summary>
public sealed class JinjaDecimal : JinjaObject, IJinjaNumeric
{
    private const int Precision = 28;

    private readonly BigInteger _coefficient;
    private readonly bool _negative;
    private readonly char _special;

    /// <summary>Takes a .NET decimal with its scale.</summary>
    public JinjaDecimal(decimal value)
        : this(Mantissa(value, out var scale), -scale, value < 0)
    {
    }

    private JinjaDecimal(BigInteger coefficient, int exponent, bool negative, char special = '\0')
    {
        _coefficient = coefficient;
        Exponent = exponent;
        _negative = negative;
        _special = special;
    }

    /// <inheritdoc />
    public override string TypeName => "decimal.Decimal";

    internal int Exponent { get; }

    internal bool IsNegative => _negative;

    internal bool IsFinite => _special == '\0';

    private BigInteger Signed => _negative ? -_coefficient : _coefficient;

    /// <inheritdoc />
    public override bool IsTrue => _special != '\0' || !_coefficient.IsZero;

    /// <summary>Reads what Python's constructor reads; false for anything else.</summary>
    public static bool TryParse(string text, out JinjaDecimal value)
    {
        var body = Text.Strip(text, null, true, true).Replace("_", string.Empty, StringComparison.Ordinal);
        var negative = body.StartsWith('-');
        if (body.Length > 0 && body[0] is ('+' or '-'))
        {
            body = body[1..];
        }

        value = new JinjaDecimal(0, 0, negative, 'n');
        switch (body.ToLowerInvariant())
        {
            case "nan":
                return true;
            case "inf" or "infinity":
                value = new JinjaDecimal(0, 0, negative, 'i');
                return true;
        }

        var e = body.AsSpan().IndexOfAny('e', 'E');
        var exponent = 0;
        if (e >= 0)
        {
            if (!int.TryParse(body.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs((long)exponent) > 1_000_000)
            {
                return false;
            }

            body = body[..e];
        }

        var dot = body.IndexOf('.', StringComparison.Ordinal);
        var digits = dot < 0 ? body : body.Remove(dot, 1);
        if (digits.Length is 0 or > 100_000 || !digits.All(char.IsAsciiDigit))
        {
            return false;
        }

        value = new JinjaDecimal(BigInteger.Parse(digits, CultureInfo.InvariantCulture), exponent - (dot < 0 ? 0 : body.Length - dot - 1), negative);
        return true;
    }

    /// <summary>The value as .NET decimal, or null when it does not fit.</summary>
    public decimal? ToDecimal() => IsFinite && decimal.TryParse(Str(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : null;

    /// <inheritdoc />
    public override string Str()
    {
        var sign = _negative ? "-" : string.Empty;
        if (_special != '\0')
        {
            return sign + (_special == 'n' ? "NaN" : "Infinity");
        }

        var digits = _coefficient.ToString(CultureInfo.InvariantCulture);
        var left = Exponent + digits.Length;
        if (Exponent <= 0 && left > -6)
        {
            if (Exponent == 0)
            {
                return sign + digits;
            }

            return left > 0 ? $"{sign}{digits[..left]}.{digits[left..]}" : $"{sign}0.{new string('0', -left)}{digits}";
        }

        var mantissa = digits.Length > 1 ? $"{digits[0]}.{digits[1..]}" : digits;
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{mantissa}E{(left > 0 ? "+" : string.Empty)}{left - 1}");
    }

    /// <inheritdoc />
    public override string Repr() => $"Decimal('{Str()}')";

    internal string ToFixed()
    {
        var value = Exponent > 0 ? new JinjaDecimal(_coefficient * BigInteger.Pow(10, Exponent), 0, _negative) : this;
        var digits = value._coefficient.ToString(CultureInfo.InvariantCulture);
        var decimals = -value.Exponent;
        if (decimals == 0)
        {
            return digits;
        }

        digits = digits.PadLeft(decimals + 1, '0');
        return $"{digits[..^decimals]}.{digits[^decimals..]}";
    }

    internal double ToDouble() => _special switch
    {
        'n' => double.NaN,
        'i' => _negative ? double.NegativeInfinity : double.PositiveInfinity,
        _ => double.Parse(Str(), NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    internal BigInteger? Truncate() => !IsFinite ? null : Exponent >= 0 ? Signed * BigInteger.Pow(10, Exponent) : Signed / BigInteger.Pow(10, -Exponent);

    internal BigInteger Integral(bool ceiling)
    {
        var whole = Truncate() ?? throw Fault.Value("cannot convert NaN to integer");
        var exact = Exponent >= 0 || whole * BigInteger.Pow(10, -Exponent) == Signed;
        return exact ? whole : ceiling ? (_negative ? whole : whole + 1) : (_negative ? whole - 1 : whole);
    }

    internal JinjaDecimal Magnitude() => new(_coefficient, Exponent, false, _special);

    internal JinjaDecimal Times100() => new(_coefficient, Exponent + 2, _negative, _special);

    internal JinjaDecimal Round(int decimals)
    {
        if (!IsFinite || -Exponent == decimals)
        {
            return this;
        }

        var shift = -Exponent - decimals;
        return shift < 0
            ? new JinjaDecimal(_coefficient * BigInteger.Pow(10, -shift), -decimals, _negative)
            : new JinjaDecimal(Numbers.DivideHalfEven(_coefficient, BigInteger.Pow(10, shift)), -decimals, _negative);
    }

    /// <inheritdoc />
    public override bool ValueEquals(object? other) => Compare(other) == 0;

    /// <inheritdoc />
    public override int ValueHash()
    {
        if (!IsFinite)
        {
            return _special;
        }

        var whole = Truncate()!.Value;
        return Exponent >= 0 || whole * BigInteger.Pow(10, -Exponent) == Signed ? Equality.Hash(Boxed.Of(whole)) : Equality.HashFloat(ToDouble());
    }

    /// <inheritdoc />
    public override int? CompareTo(object? other) => Compare(other);

    private int? Compare(object? other)
    {
        if (other is double number)
        {
            if (double.IsNaN(number) || _special == 'n')
            {
                return int.MinValue;
            }

            if (double.IsInfinity(number) || !IsFinite)
            {
                return ToDouble().CompareTo(number);
            }

            // Floats are compared exactly.
            var (mantissa, exponent) = Numbers.Parts(number);
            BigInteger n = mantissa;
            n = number < 0 ? -n : n;
            var (left, right) = (Signed, n);
            if (Exponent >= 0)
            {
                left *= BigInteger.Pow(10, Exponent);
            }
            else
            {
                right *= BigInteger.Pow(10, -Exponent);
            }

            if (exponent >= 0)
            {
                right <<= exponent;
            }
            else
            {
                left <<= -exponent;
            }

            return left.CompareTo(right);
        }

        if (Operand(other) is not { } value)
        {
            return null;
        }

        if (_special == 'n' || value._special == 'n')
        {
            return int.MinValue;
        }

        if (!IsFinite || !value.IsFinite)
        {
            return ToDouble().CompareTo(value.ToDouble());
        }

        var common = Math.Min(Exponent, value.Exponent);
        return (Signed * BigInteger.Pow(10, Exponent - common)).CompareTo(value.Signed * BigInteger.Pow(10, value.Exponent - common));
    }

    /// <inheritdoc />
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "real" => this,
            "is_nan" => Function(_ => Boxed.Of(_special == 'n')),
            "is_infinite" => Function(_ => Boxed.Of(_special == 'i')),
            "is_finite" => Function(_ => Boxed.Of(IsFinite)),
            "is_zero" => Function(_ => Boxed.Of(IsFinite && _coefficient.IsZero)),
            "is_signed" => Function(_ => Boxed.Of(_negative)),
            "normalize" => Function(_ => Normalize()),
            "copy_abs" => Function(_ => Magnitude()),
            "copy_negate" => Function(_ => new JinjaDecimal(_coefficient, Exponent, !_negative, _special)),
            "to_integral_value" or "to_integral" => Function(_ => Exponent >= 0 ? this : Round(0)),
            "quantize" => Function(call => Operand(call.Get(0, "exp")) is { } unit ? Round(-unit.Exponent) : throw Fault.Type($"conversion from {Types.Short(call.Get(0, "exp"))} to Decimal is not supported")),
            "as_tuple" => Function(_ => new JinjaTuple(Boxed.Of(_negative ? 1L : 0L), new JinjaTuple([.. _coefficient.ToString(CultureInfo.InvariantCulture).Select(c => Boxed.Of((long)(c - '0')))]), Boxed.Of((long)Exponent))),
            _ => null,
        };
        return value is not null;

        object Function(JinjaCallable body) => new Builtins.BuiltinFunction(name, body, "builtin_function_or_method");
    }

    bool IJinjaNumeric.Unary(char op, out object? result)
    {
        result = op switch
        {
            '-' => new JinjaDecimal(_coefficient, Exponent, !_negative && !_coefficient.IsZero, _special).Rounded(),
            'a' => Magnitude().Rounded(),
            _ => Rounded(),
        };
        return true;
    }

    bool IJinjaNumeric.Binary(string op, object? other, bool reflected, out object? result)
    {
        result = null;
        if (Operand(other) is not { } value)
        {
            return false;
        }

        var (a, b) = reflected ? (value, this) : (this, value);
        if (!a.IsFinite || !b.IsFinite)
        {
            var (x, y) = (a.ToDouble(), b.ToDouble());
            var computed = op switch { "+" => x + y, "-" => x - y, "*" => x * y, "/" => x / y, _ => double.NaN };
            result = TryParse(Numbers.Repr(computed), out var special) ? special : null;
            return true;
        }

        result = op switch
        {
            "+" => Sum(a, b.Signed, b),
            "-" => Sum(a, -b.Signed, b),
            "*" => Of(a.Signed * b.Signed, a.Exponent + b.Exponent, a._negative != b._negative).Rounded(),
            "/" => Divide(a, b),
            "//" => b._coefficient.IsZero ? throw DivisionByZero(a) : Of(WholeQuotient(a, b), 0, a._negative != b._negative),
            "%" => b._coefficient.IsZero ? throw new JinjaException(JinjaErrorKind.Runtime, "InvalidOperation", "[<class 'decimal.InvalidOperation'>]") : Remainder(a, b),
            "** or pow()" => Power(a, b),
            _ => null,
        };
        return result is not null;
    }

    private static BigInteger Mantissa(decimal value, out int scale)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        scale = (bits[3] >> 16) & 0xff;
        return ((BigInteger)(uint)bits[2] << 64) | ((BigInteger)(uint)bits[1] << 32) | (uint)bits[0];
    }

    private static JinjaDecimal? Operand(object? value) => value switch
    {
        JinjaDecimal number => number,
        long or bool or BigInteger => Of(Ops.ToBig(value), 0, Ops.ToBig(value).Sign < 0),
        _ => null,
    };

    private static JinjaDecimal Of(BigInteger signed, int exponent, bool negative) => new(BigInteger.Abs(signed), exponent, signed.IsZero ? negative : signed.Sign < 0);

    private static JinjaDecimal Sum(JinjaDecimal a, BigInteger other, JinjaDecimal b)
    {
        if (Math.Abs((long)a.Exponent - b.Exponent) > 100_000)
        {
            throw Fault.Overflow("decimal exponents are too far apart");
        }

        var common = Math.Min(a.Exponent, b.Exponent);
        var sum = (a.Signed * BigInteger.Pow(10, a.Exponent - common)) + (other * BigInteger.Pow(10, b.Exponent - common));
        return Of(sum, common, false).Rounded();
    }

    private static JinjaException DivisionByZero(JinjaDecimal left) => left._coefficient.IsZero
        ? new JinjaException(JinjaErrorKind.Runtime, "InvalidOperation", "[<class 'decimal.DivisionUndefined'>]")
        : new JinjaException(JinjaErrorKind.Runtime, "DivisionByZero", "[<class 'decimal.DivisionByZero'>]");

    private static JinjaDecimal Divide(JinjaDecimal a, JinjaDecimal b)
    {
        if (b._coefficient.IsZero)
        {
            throw DivisionByZero(a);
        }

        var negative = a._negative != b._negative;
        var ideal = a.Exponent - b.Exponent;
        if (a._coefficient.IsZero)
        {
            return new JinjaDecimal(0, ideal, negative);
        }

        var shift = Math.Max(0, Digits(b._coefficient) - Digits(a._coefficient) + Precision + 1);
        var quotient = BigInteger.DivRem(a._coefficient * BigInteger.Pow(10, shift), b._coefficient, out var remainder);
        var exponent = ideal - shift;
        if (!remainder.IsZero)
        {
            // A sticky digit keeps the one rounding below correct.
            if (quotient % 5 == 0)
            {
                quotient += 1;
            }
        }
        else
        {
            while (exponent < ideal && quotient % 10 == 0)
            {
                quotient /= 10;
                exponent++;
            }
        }

        return new JinjaDecimal(quotient, exponent, negative).Rounded();
    }

    private static BigInteger WholeQuotient(JinjaDecimal a, JinjaDecimal b)
    {
        var common = Math.Min(a.Exponent, b.Exponent);
        return a.Signed * BigInteger.Pow(10, a.Exponent - common) / (b.Signed * BigInteger.Pow(10, b.Exponent - common));
    }

    private static JinjaDecimal Remainder(JinjaDecimal a, JinjaDecimal b)
    {
        var common = Math.Min(a.Exponent, b.Exponent);
        var remainder = BigInteger.Remainder(a.Signed * BigInteger.Pow(10, a.Exponent - common), b.Signed * BigInteger.Pow(10, b.Exponent - common));
        return Of(remainder, common, a._negative).Rounded();
    }

    private static JinjaDecimal Power(JinjaDecimal a, JinjaDecimal b)
    {
        if (b.Truncate() is { } whole && Equality.Same(b, Boxed.Of(whole)) && BigInteger.Abs(whole) < 10_000)
        {
            var power = new JinjaDecimal(BigInteger.Pow(a._coefficient, (int)BigInteger.Abs(whole)), a.Exponent * (int)BigInteger.Abs(whole), a._negative && !whole.IsEven).Rounded();
            return whole.Sign >= 0 ? power : Divide(new JinjaDecimal(1, 0, false), power);
        }

        return TryParse(Numbers.Repr(Math.Pow(a.ToDouble(), b.ToDouble())), out var value) ? value : throw Fault.Value("no such power");
    }

    private static int Digits(BigInteger value) => value.ToString(CultureInfo.InvariantCulture).Length;

    private JinjaDecimal Normalize()
    {
        var (coefficient, exponent) = (_coefficient, Exponent);
        if (coefficient.IsZero)
        {
            return new JinjaDecimal(0, 0, _negative);
        }

        while (coefficient % 10 == 0)
        {
            coefficient /= 10;
            exponent++;
        }

        return new JinjaDecimal(coefficient, exponent, _negative).Rounded();
    }

    private JinjaDecimal Rounded()
    {
        var excess = IsFinite ? Digits(_coefficient) - Precision : 0;
        if (excess <= 0)
        {
            return this;
        }

        var rounded = new JinjaDecimal(Numbers.DivideHalfEven(_coefficient, BigInteger.Pow(10, excess)), Exponent + excess, _negative);
        return Digits(rounded._coefficient) > Precision ? rounded.Rounded() : rounded;
    }
}
