using System.Numerics;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's <c>datetime.timedelta</c>, in microseconds.</summary>
public sealed class JinjaTimeDelta(long microseconds) : JinjaObject, IJinjaNumeric
{
    internal const long Second = 1_000_000;
    internal const long Day = 86400 * Second;
    private const long Limit = 999_999_999L;

    /// <summary>The whole span in microseconds.</summary>
    public long Microseconds { get; } = microseconds;

    /// <inheritdoc />
    public override string TypeName => "datetime.timedelta";

    /// <inheritdoc />
    public override bool IsTrue => Microseconds != 0;

    private long Days => Math.DivRem(Microseconds - Mod(Microseconds, Day), Day).Quotient;

    private long Rest => Mod(Microseconds, Day);

    internal static JinjaTimeDelta Of(BigInteger microseconds)
    {
        var days = BigInteger.Divide(microseconds, Day);
        return BigInteger.Abs(days) > 106_000_000 || BigInteger.Abs(days) > Limit
            ? throw Fault.Overflow($"days={days}; must have magnitude <= {Limit}")
            : new JinjaTimeDelta((long)microseconds);
    }

    private static long Mod(long value, long by) => ((value % by) + by) % by;

    /// <inheritdoc />
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "days" => Boxed.Of(Days),
            "seconds" => Boxed.Of(Rest / Second),
            "microseconds" => Boxed.Of(Rest % Second),
            "total_seconds" => new Builtins.BuiltinFunction(name, _ => Ops.Divide(Boxed.Of(Microseconds), Boxed.Of(Second)), "builtin_function_or_method"),
            "resolution" => new JinjaTimeDelta(1),
            _ => null,
        };
        return value is not null;
    }

    /// <inheritdoc />
    public override string Str()
    {
        var seconds = Rest / Second;
        var text = $"{seconds / 3600}:{seconds / 60 % 60:00}:{seconds % 60:00}";
        if (Rest % Second != 0)
        {
            text += $".{Rest % Second:000000}";
        }

        return Days == 0 ? text : $"{Days} day{(Math.Abs(Days) == 1 ? string.Empty : "s")}, {text}";
    }

    /// <inheritdoc />
    public override string Repr()
    {
        var parts = new List<string>();
        if (Days != 0)
        {
            parts.Add($"days={Days}");
        }

        if (Rest / Second != 0)
        {
            parts.Add($"seconds={Rest / Second}");
        }

        if (Rest % Second != 0)
        {
            parts.Add($"microseconds={Rest % Second}");
        }

        return $"datetime.timedelta({(parts.Count == 0 ? "0" : string.Join(", ", parts))})";
    }

    /// <inheritdoc />
    public override bool ValueEquals(object? other) => other is JinjaTimeDelta delta && delta.Microseconds == Microseconds;

    /// <inheritdoc />
    public override int ValueHash() => Microseconds.GetHashCode();

    /// <inheritdoc />
    public override int? CompareTo(object? other) => other is JinjaTimeDelta delta ? Microseconds.CompareTo(delta.Microseconds) : null;

    bool IJinjaNumeric.Unary(char op, out object? result)
    {
        result = new JinjaTimeDelta(op == '-' ? -Microseconds : op == 'a' ? Math.Abs(Microseconds) : Microseconds);
        return true;
    }

    bool IJinjaNumeric.Binary(string op, object? other, bool reflected, out object? result)
    {
        result = (op, other) switch
        {
            ("+", JinjaTimeDelta delta) => Of((BigInteger)Microseconds + delta.Microseconds),
            ("-", JinjaTimeDelta delta) when !reflected => Of((BigInteger)Microseconds - delta.Microseconds),
            ("*", long or bool or BigInteger) => Of(Microseconds * Ops.ToBig(other)),
            ("*", double factor) => Of(Scale(Microseconds * factor)),
            ("/", JinjaTimeDelta delta) when !reflected => delta.Microseconds == 0 ? throw Fault.Zero("division by zero") : Ops.Divide(Boxed.Of(Microseconds), Boxed.Of(delta.Microseconds)),
            ("/", long or bool or BigInteger) when !reflected => Ops.ToBig(other).IsZero ? throw Fault.Zero("integer division or modulo by zero") : Of(Numbers.DivideHalfEven(Microseconds, Ops.ToBig(other))),
            ("/", double divisor) when !reflected => divisor == 0 ? throw Fault.Zero("integer division or modulo by zero") : Of(Scale(Microseconds / divisor)),
            ("//", JinjaTimeDelta delta) when !reflected => Ops.FloorDivide(Boxed.Of(Microseconds), Boxed.Of(delta.Microseconds)),
            ("//", long or bool) when !reflected => Of(Ops.ToBig(Ops.FloorDivide(Boxed.Of(Microseconds), other))),
            ("%", JinjaTimeDelta delta) when !reflected => Of(Ops.ToBig(Ops.Modulo(Boxed.Of(Microseconds), Boxed.Of(delta.Microseconds)))),
            _ => null,
        };
        return result is not null;
    }

    private static BigInteger Scale(double value) => double.IsFinite(value) ? new BigInteger(Math.Round(value, MidpointRounding.ToEven)) : throw Fault.Overflow("cannot convert float infinity to integer");
}
