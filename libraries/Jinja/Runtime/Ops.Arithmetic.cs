using System.Numerics;

namespace FhirAspire.Jinja.Runtime;

/// <content>Arithmetic with Python's numbers: integers of any size, floats, decimals.</content>
internal static partial class Ops
{
    /// <summary>The longest text or list that one operation may make; set by the running session.</summary>
    [ThreadStatic]
    internal static int SizeLimit;

    public static bool IsNumber(object? value) => value is long or double or bool or BigInteger;

    private static bool IsInteger(object? value) => value is long or bool or BigInteger;

    public static BigInteger ToBig(object? value) => value switch
    {
        long number => number,
        bool flag => flag ? BigInteger.One : BigInteger.Zero,
        BigInteger number => number,
        _ => throw Fault.Type($"'{Types.Name(value)}' object cannot be interpreted as an integer"),
    };

    public static double ToDouble(object? value) => value switch
    {
        double number => number,
        long number => number,
        bool flag => flag ? 1 : 0,
        BigInteger number => BigToDouble(number),
        _ => throw Fault.Type($"must be real number, not {Types.Name(value)}"),
    };

    public static double BigToDouble(BigInteger number)
    {
        var value = (double)number;
        if (double.IsInfinity(value))
        {
            throw Fault.Overflow("int too large to convert to float");
        }

        // The conversion of .NET truncates; Python rounds to the nearest.
        var bits = (int)BigInteger.Abs(number).GetBitLength();
        if (bits <= 53)
        {
            return value;
        }

        var shift = bits - 53;
        var mantissa = Numbers.DivideHalfEven(number, BigInteger.One << shift);
        value = Math.ScaleB((double)mantissa, shift);
        return double.IsInfinity(value) ? throw Fault.Overflow("int too large to convert to float") : value;
    }

    /// <summary>Orders two numbers exactly, also integers beyond a float's precision.</summary>
    public static int CompareNumbers(object? left, object? right)
    {
        if (left is long a && right is long b)
        {
            return a.CompareTo(b);
        }

        if (left is double x && right is double y)
        {
            return double.IsNaN(x) || double.IsNaN(y) ? 1 : x.CompareTo(y);
        }

        if (left is double number)
        {
            return -CompareToFloat(ToBig(right), number);
        }

        if (right is double other)
        {
            return CompareToFloat(ToBig(left), other);
        }

        return ToBig(left).CompareTo(ToBig(right));
    }

    private static int CompareToFloat(BigInteger integer, double number)
    {
        if (double.IsNaN(number))
        {
            return 1;
        }

        if (double.IsInfinity(number))
        {
            return number > 0 ? -1 : 1;
        }

        var floor = Math.Floor(number);
        var order = integer.CompareTo(new BigInteger(floor));
        return order != 0 ? order : floor < number ? -1 : 0;
    }

    public static object? Add(object? left, object? right)
    {
        if (left is long a && right is long b)
        {
            var sum = unchecked(a + b);
            return ((a ^ sum) & (b ^ sum)) < 0 ? (BigInteger)a + b : Boxed.Of(sum);
        }

        if (left is string s && right is string t)
        {
            Guard((long)s.Length + t.Length);
            return string.Concat(s, t);
        }

        if (IsNumber(left) && IsNumber(right))
        {
            return left is double || right is double ? ToDouble(left) + ToDouble(right) : Boxed.Of(ToBig(left) + ToBig(right));
        }

        if (TryObject("+", left, right, out var result))
        {
            return result;
        }

        switch (left)
        {
            case string or StringValue:
                TryText(left, out var text);
                if (!TryText(right, out var other))
                {
                    throw right is JinjaUndefined undefined ? undefined.Error() : Fault.Type($"can only concatenate str (not \"{Types.Name(right)}\") to str");
                }

                Guard((long)text.Length + other.Length);
                return left is Markup || right is Markup
                    ? new Markup((left is Markup ? text : Markup.Escape(text)) + (right is Markup ? other : Markup.Escape(other)))
                    : text + other;

            case JinjaList list when right is JinjaList more:
                {
                    Guard((long)list.Count + more.Count);
                    var joined = new List<object?>(list.Count + more.Count);
                    joined.AddRange(list.Items);
                    joined.AddRange(more.Items);
                    return new JinjaList(joined, own: true);
                }

            case JinjaList when right is not JinjaUndefined:
                throw Fault.Type($"can only concatenate list (not \"{Types.Name(right)}\") to list");
            case JinjaTuple tuple when right is JinjaTuple more:
                return new JinjaTuple([.. tuple.Items, .. more.Items]);
            case JinjaTuple when right is not JinjaUndefined:
                throw Fault.Type($"can only concatenate tuple (not \"{Types.Name(right)}\") to tuple");
            case JinjaBytes bytes when right is JinjaBytes more:
                return new JinjaBytes([.. bytes.Data, .. more.Data]);
        }

        throw Unsupported("+", left, right);
    }

    public static object? Subtract(object? left, object? right)
    {
        if (left is long a && right is long b)
        {
            var difference = unchecked(a - b);
            return ((a ^ b) & (a ^ difference)) < 0 ? (BigInteger)a - b : Boxed.Of(difference);
        }

        if (IsNumber(left) && IsNumber(right))
        {
            return left is double || right is double ? ToDouble(left) - ToDouble(right) : Boxed.Of(ToBig(left) - ToBig(right));
        }

        if (TryObject("-", left, right, out var result))
        {
            return result;
        }

        if (left is JinjaSet set && right is JinjaSet other)
        {
            return new JinjaSet(set.Iterate().Where(item => !other.Has(item)));
        }

        throw Unsupported("-", left, right);
    }

    public static object? Multiply(object? left, object? right)
    {
        if (left is long a && right is long b)
        {
            var high = Math.BigMul(a, b, out var low);
            return (high == 0 && low >= 0) || (high == -1 && low < 0) ? Boxed.Of(low) : (BigInteger)a * b;
        }

        if (IsNumber(left) && IsNumber(right))
        {
            if (left is double || right is double)
            {
                return ToDouble(left) * ToDouble(right);
            }

            var (x, y) = (ToBig(left), ToBig(right));
            GuardBits(x.GetBitLength() + y.GetBitLength());
            return Boxed.Of(x * y);
        }

        if (TryObject("*", left, right, out var result))
        {
            return result;
        }

        if (IsSequence(left) && !IsSequence(right) && right is not JinjaUndefined)
        {
            return Repeat(left, right);
        }

        if (IsSequence(right) && !IsSequence(left) && left is not JinjaUndefined)
        {
            return Repeat(right, left);
        }

        if (IsSequence(left) && IsSequence(right))
        {
            throw Fault.Type($"can't multiply sequence by non-int of type '{Types.Name(right)}'");
        }

        throw Unsupported("*", left, right);
    }

    public static object? Divide(object? left, object? right)
    {
        if (IsNumber(left) && IsNumber(right))
        {
            if (left is double || right is double)
            {
                var divisor = ToDouble(right);
                return divisor == 0 ? throw Fault.Zero("float division by zero") : ToDouble(left) / divisor;
            }

            if (left is long a and > -(1L << 53) and < 1L << 53 && right is long b and > -(1L << 53) and < 1L << 53 && b != 0)
            {
                return (double)a / b;
            }

            return DivideBig(ToBig(left), ToBig(right));
        }

        return TryObject("/", left, right, out var result) ? result : throw Unsupported("/", left, right);
    }

    /// <summary>The float nearest to the quotient of two integers.</summary>
    private static object DivideBig(BigInteger left, BigInteger right)
    {
        if (right.IsZero)
        {
            throw Fault.Zero("division by zero");
        }

        if (left.IsZero)
        {
            return 0.0;
        }

        // 55 significant bits of quotient, the last one sticky, are rounded once by the conversion.
        var shift = (int)(55 - (BigInteger.Abs(left).GetBitLength() - BigInteger.Abs(right).GetBitLength()));
        var (numerator, denominator) = (BigInteger.Abs(left), BigInteger.Abs(right));
        if (shift > 0)
        {
            numerator <<= shift;
        }
        else
        {
            denominator <<= -shift;
        }

        var quotient = BigInteger.DivRem(numerator, denominator, out var remainder);
        if (!remainder.IsZero)
        {
            quotient |= BigInteger.One;
        }

        var value = Math.ScaleB((double)(ulong)quotient, -shift);
        return double.IsInfinity(value) ? throw Fault.Overflow("integer division result too large for a float") : left.Sign * right.Sign * value;
    }

    public static object? FloorDivide(object? left, object? right)
    {
        if (left is long a && right is long b && b is not (0 or -1))
        {
            var quotient = a / b;
            return Boxed.Of((a % b != 0) && ((a < 0) != (b < 0)) ? quotient - 1 : quotient);
        }

        if (IsNumber(left) && IsNumber(right))
        {
            if (left is double || right is double)
            {
                var (x, y) = (ToDouble(left), ToDouble(right));
                if (y == 0)
                {
                    throw Fault.Zero("float floor division by zero");
                }

                return FloatDivMod(x, y).Quotient;
            }

            var divisor = ToBig(right);
            if (divisor.IsZero)
            {
                throw Fault.Zero("integer division or modulo by zero");
            }

            var quotient = BigInteger.DivRem(ToBig(left), divisor, out var remainder);
            return Boxed.Of(!remainder.IsZero && (remainder.Sign < 0) != (divisor.Sign < 0) ? quotient - 1 : quotient);
        }

        return TryObject("//", left, right, out var result) ? result : throw Unsupported("//", left, right);
    }

    public static object? Modulo(object? left, object? right)
    {
        if (left is long a && right is long b && b is not (0 or -1))
        {
            var remainder = a % b;
            return Boxed.Of(remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder);
        }

        if (left is string or StringValue && right is not JinjaUndefined { Kind: UndefinedKind.Strict })
        {
            TryText(left, out var format);
            return left is Markup ? new Markup(PercentFormat.Format(format, right, escape: true)) : PercentFormat.Format(format, right, escape: false);
        }

        if (IsNumber(left) && IsNumber(right))
        {
            if (left is double || right is double)
            {
                var (x, y) = (ToDouble(left), ToDouble(right));
                return y == 0 ? throw Fault.Zero("float modulo") : FloatDivMod(x, y).Remainder;
            }

            var divisor = ToBig(right);
            if (divisor.IsZero)
            {
                throw Fault.Zero("integer modulo by zero");
            }

            var remainder = BigInteger.Remainder(ToBig(left), divisor);
            return Boxed.Of(!remainder.IsZero && (remainder.Sign < 0) != (divisor.Sign < 0) ? remainder + divisor : remainder);
        }

        return TryObject("%", left, right, out var result) ? result : throw Unsupported("%", left, right);
    }

    private static (double Quotient, double Remainder) FloatDivMod(double x, double y)
    {
        var remainder = x % y;
        var quotient = (x - remainder) / y;
        if (remainder != 0)
        {
            if ((y < 0) != (remainder < 0))
            {
                remainder += y;
                quotient -= 1;
            }
        }
        else
        {
            remainder = Math.CopySign(0, y);
        }

        if (quotient != 0)
        {
            var floor = Math.Floor(quotient);
            quotient = quotient - floor > 0.5 ? floor + 1 : floor;
        }
        else
        {
            quotient = Math.CopySign(0, x / y);
        }

        return (quotient, remainder);
    }

    public static object? Power(object? left, object? right)
    {
        if (IsNumber(left) && IsNumber(right))
        {
            if (IsInteger(left) && IsInteger(right) && ToBig(right).Sign >= 0)
            {
                var (x, exponent) = (ToBig(left), ToBig(right));
                if (x.IsOne || x.IsZero || exponent.IsZero)
                {
                    return Boxed.Of(exponent.IsZero ? BigInteger.One : x);
                }

                if (x == BigInteger.MinusOne)
                {
                    return Boxed.Of(exponent.IsEven ? BigInteger.One : x);
                }

                GuardBits(exponent > int.MaxValue ? long.MaxValue : (long)x.GetBitLength() * (long)exponent);
                return Boxed.Of(BigInteger.Pow(x, (int)exponent));
            }

            var (b, e) = (ToDouble(left), ToDouble(right));
            if (b == 0 && e < 0)
            {
                throw Fault.Zero("0.0 cannot be raised to a negative power");
            }

            if (b < 0 && double.IsFinite(b) && double.IsFinite(e) && Math.Floor(e) != e)
            {
                throw Fault.Value("a negative number cannot be raised to a fractional power: templates have no complex numbers");
            }

            var power = Math.Pow(b, e);
            return double.IsInfinity(power) && double.IsFinite(b) && double.IsFinite(e) ? throw Fault.Overflow("(34, 'Numerical result out of range')") : power;
        }

        return TryObject("** or pow()", left, right, out var result) ? result : throw Unsupported("** or pow()", left, right);
    }

    public static object? Negate(object? value) => value switch
    {
        long number when number != long.MinValue => Boxed.Of(-number),
        double number => -number,
        bool flag => Boxed.Of(flag ? -1 : 0),
        long or BigInteger => Boxed.Of(-ToBig(value)),
        IJinjaNumeric numeric when numeric.Unary('-', out var result) => result,
        JinjaUndefined undefined => throw undefined.Error(),
        _ => throw Fault.Type($"bad operand type for unary -: '{Types.Name(value)}'"),
    };

    public static object? Plus(object? value) => value switch
    {
        long or double or BigInteger => value,
        bool flag => Boxed.Of(flag ? 1L : 0L),
        IJinjaNumeric numeric when numeric.Unary('+', out var result) => result,
        JinjaUndefined undefined => throw undefined.Error(),
        _ => throw Fault.Type($"bad operand type for unary +: '{Types.Name(value)}'"),
    };

    public static object? Abs(object? value) => value switch
    {
        long number when number != long.MinValue => Boxed.Of(Math.Abs(number)),
        double number => Math.Abs(number),
        bool flag => Boxed.Of(flag ? 1L : 0L),
        long or BigInteger => Boxed.Of(BigInteger.Abs(ToBig(value))),
        IJinjaNumeric numeric when numeric.Unary('a', out var result) => result,
        _ => throw Fault.Type($"bad operand type for abs(): '{Types.Name(value)}'"),
    };

    private static bool IsSequence(object? value) => value is string or StringValue or JinjaList or JinjaTuple or JinjaBytes;

    private static object Repeat(object? sequence, object? times)
    {
        if (times is BigInteger)
        {
            throw Fault.Overflow("cannot fit 'int' into an index-sized integer");
        }

        if (!TryIndex(times, out var count))
        {
            throw Fault.Type($"can't multiply sequence by non-int of type '{Types.Name(times)}'");
        }

        count = Math.Max(0, count);
        switch (sequence)
        {
            case string or StringValue:
                {
                    TryText(sequence, out var text);
                    GuardProduct(text.Length, count);
                    var repeated = count == 0 || text.Length == 0 ? string.Empty : text.Length == 1 ? new string(text[0], (int)count) : new System.Text.StringBuilder().Insert(0, text, (int)count).ToString();
                    return sequence is Markup ? new Markup(repeated) : repeated;
                }

            case JinjaBytes bytes:
                GuardProduct(bytes.Data.Length, count);
                return new JinjaBytes([.. Enumerable.Repeat(bytes.Data, (int)count).SelectMany(part => part)]);

            default:
                {
                    var items = (IReadOnlyList<object?>)sequence!;
                    GuardProduct(items.Count, count);
                    var result = new List<object?>((int)(items.Count * count));
                    for (var i = 0L; i < count && items.Count > 0; i++)
                    {
                        result.AddRange(items);
                    }

                    return sequence is JinjaList ? new JinjaList(result, own: true) : new JinjaTuple([.. result]);
                }
        }
    }

    private static void GuardProduct(long length, long count) => Guard(length == 0 ? 0 : count > int.MaxValue ? long.MaxValue : length * count);

    public static void Guard(long size)
    {
        if (size > (SizeLimit > 0 ? SizeLimit : 50_000_000))
        {
            throw Fault.Memory($"an operation would make {size} characters or items, which is more than the limit of {(SizeLimit > 0 ? SizeLimit : 50_000_000)}");
        }
    }

    private static void GuardBits(long bits)
    {
        if (bits > 2_000_000)
        {
            throw Fault.Memory("an integer would have more than 2000000 bits, which is the limit");
        }
    }

    private static bool TryObject(string op, object? left, object? right, out object? result)
    {
        if (left is IJinjaNumeric a && a.Binary(op, right, reflected: false, out result))
        {
            return true;
        }

        if (right is IJinjaNumeric b && b.Binary(op, left, reflected: true, out result))
        {
            return true;
        }

        result = null;
        return false;
    }

    private static JinjaException Unsupported(string op, object? left, object? right) =>
        left is JinjaUndefined undefined ? undefined.Error()
        : right is JinjaUndefined other ? other.Error()
        : Fault.Type($"unsupported operand type(s) for {op}: '{Types.Name(left)}' and '{Types.Name(right)}'");
}

/// <summary>An object that takes part in arithmetic.</summary>
internal interface IJinjaNumeric
{
    bool Binary(string op, object? other, bool reflected, out object? result);

    bool Unary(char op, out object? result);
}
