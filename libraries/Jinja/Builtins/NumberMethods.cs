using System.Numerics;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Builtins;

/// <summary>The methods of int, float and bytes.</summary>
internal static class NumberMethods
{
    public static Dictionary<string, Method> MakeInt() => Table(
        "int",
        ("bit_length", 0, c => Boxed.Of((long)BigInteger.Abs(Ops.ToBig(c.Self)).GetBitLength())),
        ("bit_count", 0, c => Boxed.Of(BigInteger.Abs(Ops.ToBig(c.Self)).ToByteArray().Sum(b => (long)BitOperations.PopCount(b)))),
        ("conjugate", 0, c => Ops.Plus(c.Self)),
        ("as_integer_ratio", 0, c => new JinjaTuple(Ops.Plus(c.Self), Boxed.Of(1L))));

    public static Dictionary<string, Method> MakeFloat() => Table(
        "float",
        ("is_integer", 0, c => Boxed.Of(Numbers.TryInteger((double)c.Self!, out _))),
        ("conjugate", 0, c => c.Self),
        ("as_integer_ratio", 0, c => Ratio((double)c.Self!)),
        ("hex", 0, c => Hex((double)c.Self!)));

    public static Dictionary<string, Method> MakeBytes() => Table(
        "bytes",
        ("decode", 2, Decode),
        ("hex", 0, c => Convert.ToHexStringLower(((JinjaBytes)c.Self!).Data)));

    private static Dictionary<string, Method> Table(string type, params (string Name, int Most, MethodBody Body)[] methods) =>
        methods.ToDictionary(item => item.Name, item => new Method(type, item.Name, 0, item.Most, item.Most > 0 ? Style.Named : Style.Positional, ["encoding", "errors"], item.Body), StringComparer.Ordinal);

    private static object Decode(MethodCall c)
    {
        var name = c.Count > 0 ? Repr.Str(c.Args[0]) : "utf-8";
        var encoding = Encodings.Find(name) ?? throw new JinjaException(JinjaErrorKind.Runtime, "LookupError", $"unknown encoding: {name}");
        return encoding.GetString(((JinjaBytes)c.Self!).Data);
    }

    private static JinjaTuple Ratio(double value)
    {
        if (!double.IsFinite(value))
        {
            throw double.IsNaN(value) ? Fault.Value("cannot convert NaN to integer ratio") : Fault.Overflow("cannot convert Infinity to integer ratio");
        }

        var (mantissa, exponent) = Numbers.Parts(value);
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

        var divisor = BigInteger.GreatestCommonDivisor(numerator, denominator);
        return new JinjaTuple(Boxed.Of(numerator / divisor * Math.Sign(value)), Boxed.Of(denominator / divisor));
    }

    private static string Hex(double value)
    {
        if (!double.IsFinite(value))
        {
            return Numbers.Repr(value);
        }

        var (mantissa, exponent) = Numbers.Parts(value);
        var sign = double.IsNegative(value) ? "-" : string.Empty;
        if (mantissa == 0)
        {
            return sign + "0x0.0p+0";
        }

        var normal = mantissa >> 52 != 0;
        return $"{sign}0x{(normal ? 1 : 0)}.{mantissa & 0xfffffffffffffUL:x13}p{exponent + 52:+0;-0}";
    }
}
