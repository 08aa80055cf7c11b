using FhirAspire.Jinja.Builtins;
using FhirAspire.Jinja.Modules;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's <c>datetime.time</c>.</summary>
internal sealed class JinjaTime : JinjaObject, IFormatsItself
{
    public JinjaTime(long hour, long minute, long second, long microsecond, JinjaTimeZone? zone)
    {
        Check(hour, minute, second, microsecond);
        (_hour, _minute, _second, _microsecond, _zone) = ((int)hour, (int)minute, (int)second, (int)microsecond, zone);
    }

    private readonly int _hour;
    private readonly int _minute;
    private readonly int _second;
    private readonly int _microsecond;
    private readonly JinjaTimeZone? _zone;

    public override string TypeName => "datetime.time";

    private long Value => (((((_hour * 60L) + _minute) * 60) + _second) * 1_000_000) + _microsecond;

    public static void Check(long hour, long minute, long second, long microsecond)
    {
        if (hour is < 0 or > 23)
        {
            throw Fault.Value("hour must be in 0..23");
        }

        if (minute is < 0 or > 59)
        {
            throw Fault.Value("minute must be in 0..59");
        }

        if (second is < 0 or > 59)
        {
            throw Fault.Value("second must be in 0..59");
        }

        if (microsecond is < 0 or > 999_999)
        {
            throw Fault.Value("microsecond must be in 0..999999");
        }
    }

    public static string Clock(int hour, int minute, int second, int microsecond, string timespec) => timespec switch
    {
        "auto" => $"{hour:00}:{minute:00}:{second:00}" + (microsecond == 0 ? string.Empty : $".{microsecond:000000}"),
        "hours" => $"{hour:00}",
        "minutes" => $"{hour:00}:{minute:00}",
        "seconds" => $"{hour:00}:{minute:00}:{second:00}",
        "milliseconds" => $"{hour:00}:{minute:00}:{second:00}.{microsecond / 1000:000}",
        "microseconds" => $"{hour:00}:{minute:00}:{second:00}.{microsecond:000000}",
        _ => throw Fault.Value("Unknown timespec value"),
    };

    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "hour" => Boxed.Of(_hour),
            "minute" => Boxed.Of(_minute),
            "second" => Boxed.Of(_second),
            "microsecond" => Boxed.Of(_microsecond),
            "tzinfo" => _zone,
            "isoformat" => new BuiltinFunction(name, call => Clock(_hour, _minute, _second, _microsecond, Runtime.Repr.Str(call.Get(0, "timespec", "auto"))) + _zone?.Suffix),
            "strftime" => new BuiltinFunction(name, call => TimeFormat.Format(Parts(), Runtime.Repr.Str(call.Bind("strftime", "format")[0]))),
            "replace" => new BuiltinFunction(name, Replace),
            "min" => new JinjaTime(0, 0, 0, 0, null),
            "max" => new JinjaTime(23, 59, 59, 999999, null),
            "resolution" => new JinjaTimeDelta(1),
            _ => null,
        };
        return value is not null || name == "tzinfo";
    }

    public override string Str() => Clock(_hour, _minute, _second, _microsecond, "auto") + _zone?.Suffix;

    public override string Repr() => $"datetime.time({_hour}, {_minute}{(_second != 0 || _microsecond != 0 ? $", {_second}" : string.Empty)}{(_microsecond != 0 ? $", {_microsecond}" : string.Empty)})";

    public override bool ValueEquals(object? other) => other is JinjaTime time && time.Value == Value;

    public override int ValueHash() => Value.GetHashCode();

    public override int? CompareTo(object? other) => other is JinjaTime time ? Value.CompareTo(time.Value) : null;

    public string Format(string spec) => spec.Length == 0 ? Str() : TimeFormat.Format(Parts(), spec);

    private TimeParts Parts() => new(new DateTime(1900, 1, 1, _hour, _minute, _second, DateTimeKind.Unspecified), _microsecond, _zone);

    private object Replace(JinjaCall call)
    {
        var a = Signature.Bind("replace", Signature.Parse("hour=None, minute=None, second=None, microsecond=None"), call.Positional, call.Keywords);
        return new JinjaTime(Pick(a[0], _hour), Pick(a[1], _minute), Pick(a[2], _second), Pick(a[3], _microsecond), _zone);

        static long Pick(object? given, long otherwise) => given is null ? otherwise : Ops.ToIndex(given);
    }
}
