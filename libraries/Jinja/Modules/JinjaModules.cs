using FhirAspire.Jinja.Builtins;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja.Modules;

/// <summary>The parts of Python's library that dbt gives to templates as <c>modules</c>: <c>datetime</c>, <c>re</c>, <c>itertools</c>, and a <c>pytz</c> that knows the fixed zone UTC and those of the system.</summary>
public static class JinjaModules
{
    /// <summary>The value of <c>modules</c>.</summary>
    /// <param name="time">The clock of <c>now()</c> and <c>today()</c>.</param>
    public static JinjaDict Make(TimeProvider time)
    {
        var modules = new JinjaDict();
        modules["datetime"] = DateTimeModule.Make(time);
        modules["re"] = RegexModule.Make();
        modules["itertools"] = ItertoolsModule.Make();
        modules["pytz"] = PytzModule.Make();
        return modules;
    }
}

/// <summary>A module or class: a fixed table of attributes, which may be called.</summary>
internal sealed class Members(string typeName, string name, Dictionary<string, object?> members, JinjaCallable? constructor = null) : JinjaObject
{
    public override string TypeName => typeName;

    public override bool IsCallable => constructor is not null;

    public override bool TryGetAttribute(string attribute, out object? value) => members.TryGetValue(attribute, out value);

    // dbt's modules are dicts, so that brackets work as well.
    public override bool TryGetItem(object? key, out object? value)
    {
        value = null;
        return constructor is null && key is string text && members.TryGetValue(text, out value);
    }

    public override object? Call(JinjaCall call) => constructor is null ? base.Call(call) : constructor(call);

    public override string Repr() => constructor is null ? $"<module '{name}'>" : $"<class '{name}'>";
}

internal static class PytzModule
{
    public static JinjaObject Make() => new Members("module", "pytz", new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["utc"] = JinjaTimeZone.PytzUtc,
        ["UTC"] = JinjaTimeZone.PytzUtc,
        ["FixedOffset"] = new BuiltinFunction("FixedOffset", call => new JinjaTimeZone(TimeSpan.FromMinutes(Ops.ToInt(call.Bind("FixedOffset", "offset")[0])))),
        ["timezone"] = new BuiltinFunction("timezone", call =>
        {
            var name = Repr.Str(call.Bind("timezone", "zone")[0]);
            return string.Equals(name, "UTC", StringComparison.OrdinalIgnoreCase)
                ? JinjaTimeZone.PytzUtc
                : NamedTimeZone.Find(name) ?? throw new JinjaException(JinjaErrorKind.Runtime, "UnknownTimeZoneError", $"{Repr.Of(name)}: no zone of the system's time zone database");
        }),
    });
}

/// <summary><c>datetime</c></summary>
internal static class DateTimeModule
{
    public static JinjaObject Make(TimeProvider time) => new Members("module", "datetime", new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["date"] = Date(time),
        ["datetime"] = Moment(time),
        ["time"] = new Members("type", "datetime.time", new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["min"] = new JinjaTime(0, 0, 0, 0, null),
            ["max"] = new JinjaTime(23, 59, 59, 999999, null),
            ["fromisoformat"] = Function("fromisoformat", call => IsoTime(Argument(call))),
        }, call =>
        {
            var a = Bind(call, "time", "hour=0, minute=0, second=0, microsecond=0, tzinfo=None");
            return new JinjaTime(Ops.ToIndex(a[0]), Ops.ToIndex(a[1]), Ops.ToIndex(a[2]), Ops.ToIndex(a[3]), a[4] as JinjaTimeZone);
        }),
        ["timedelta"] = new Members("type", "datetime.timedelta", [], Delta),
        ["timezone"] = new Members("type", "datetime.timezone", new Dictionary<string, object?>(StringComparer.Ordinal) { ["utc"] = JinjaTimeZone.Utc }, call =>
        {
            var a = Bind(call, "timezone", "offset, name=None");
            return a[0] is JinjaTimeDelta delta ? new JinjaTimeZone(TimeSpan.FromTicks(delta.Microseconds * 10), a[1] as string) : throw Fault.Type($"timezone() argument 1 must be datetime.timedelta, not {Types.Short(a[0])}");
        }),
        ["UTC"] = JinjaTimeZone.Utc,
        ["MINYEAR"] = Boxed.Of(1L),
        ["MAXYEAR"] = Boxed.Of(9999L),
    });

    private static Members Date(TimeProvider time) => new("type", "datetime.date", new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["today"] = Function("today", _ => JinjaDate.From(time.GetLocalNow().DateTime)),
        ["fromisoformat"] = Function("fromisoformat", call => IsoDate(Argument(call))),
        ["fromordinal"] = Function("fromordinal", call => Ops.ToIndex(call.Bind("fromordinal", "n")[0]) is >= 1 and <= 3652059 and var days
            ? JinjaDate.From(new DateTime(1, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddDays(days - 1))
            : throw Fault.Value("ordinal must be >= 1")),
        ["fromisocalendar"] = Function("fromisocalendar", call =>
        {
            var a = call.Bind("fromisocalendar", "year", "week", "day");
            return JinjaDate.From(System.Globalization.ISOWeek.ToDateTime(Ops.ToInt(a[0]), Ops.ToInt(a[1]), (DayOfWeek)(Ops.ToInt(a[2]) % 7)));
        }),
        ["fromtimestamp"] = Function("fromtimestamp", call => JinjaDate.From(Timestamp(call.Bind("fromtimestamp", "timestamp")[0]))),
        ["min"] = new JinjaDate(1, 1, 1),
        ["max"] = new JinjaDate(9999, 12, 31),
    }, call =>
    {
        Require(call);
        var a = Bind(call, "date", "year, month, day");
        return new JinjaDate(Ops.ToIndex(a[0]), Ops.ToIndex(a[1]), Ops.ToIndex(a[2]));
    });

    private static Members Moment(TimeProvider time) => new("type", "datetime.datetime", new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["now"] = Function("now", call => call.Get(0, "tz") is JinjaTimeZone zone
            ? JinjaDateTime.From(time.GetUtcNow().UtcDateTime, JinjaTimeZone.Utc).In(zone)
            : JinjaDateTime.From(time.GetLocalNow().DateTime, (JinjaTimeZone?)null)),
        ["utcnow"] = Function("utcnow", _ => JinjaDateTime.From(time.GetUtcNow().UtcDateTime, (JinjaTimeZone?)null)),
        ["today"] = Function("today", _ => JinjaDateTime.From(time.GetLocalNow().DateTime, (JinjaTimeZone?)null)),
        ["strptime"] = Function("strptime", call =>
        {
            var a = call.Bind("strptime", "date_string", "format");
            return Ops.TryText(a[0], out var text) && Ops.TryText(a[1], out var format)
                ? TimeFormat.Parse(text, format)
                : throw Fault.Type($"strptime() argument {(Ops.TryText(a[0], out _) ? 2 : 1)} must be str, not {Types.Name(Ops.TryText(a[0], out _) ? a[1] : a[0])}");
        }),
        ["fromisoformat"] = Function("fromisoformat", call => IsoMoment(Argument(call))),
        ["fromtimestamp"] = Function("fromtimestamp", call => call.Get(1, "tz") is JinjaTimeZone zone
            ? JinjaDateTime.From(Timestamp(call.Get(0, "timestamp")), JinjaTimeZone.Utc).In(zone)
            : JinjaDateTime.From(Timestamp(call.Get(0, "timestamp")), (JinjaTimeZone?)null)),
        ["utcfromtimestamp"] = Function("utcfromtimestamp", call => JinjaDateTime.From(Timestamp(call.Get(0, "timestamp")), (JinjaTimeZone?)null)),
        ["combine"] = Function("combine", call => call.Get(0, "date") is JinjaDate date && call.Get(1, "time") is JinjaTime clock
            ? IsoMoment(new JinjaDate(date.Year, date.Month, date.Day).Str() + "T" + clock.Str())
            : throw Fault.Type("combine() takes a date and a time")),
        ["min"] = new JinjaDateTime(1, 1, 1, 0, 0, 0, 0, null),
        ["max"] = new JinjaDateTime(9999, 12, 31, 23, 59, 59, 999999, null),
    }, call =>
    {
        Require(call);
        var a = Bind(call, "datetime", "year, month, day, hour=0, minute=0, second=0, microsecond=0, tzinfo=None");
        return new JinjaDateTime(Ops.ToIndex(a[0]), Ops.ToIndex(a[1]), Ops.ToIndex(a[2]), Ops.ToIndex(a[3]), Ops.ToIndex(a[4]), Ops.ToIndex(a[5]), Ops.ToIndex(a[6]), a[7] as JinjaTimeZone);
    });

    private static object Delta(JinjaCall call)
    {
        var a = Bind(call, "timedelta", "days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0");
        long[] units = [JinjaTimeDelta.Day, JinjaTimeDelta.Second, 1, 1000, 60 * JinjaTimeDelta.Second, 3600 * JinjaTimeDelta.Second, 7 * JinjaTimeDelta.Day];
        var total = System.Numerics.BigInteger.Zero;
        var fraction = 0.0;
        for (var i = 0; i < units.Length; i++)
        {
            if (a[i] is double number)
            {
                fraction += double.IsFinite(number) ? number * units[i] : throw Fault.Overflow("cannot convert float infinity to integer");
            }
            else if (a[i] is long or bool or System.Numerics.BigInteger)
            {
                total += Ops.ToBig(a[i]) * units[i];
            }
            else
            {
                throw Fault.Type($"unsupported type for timedelta {Signature.Parse("days=0, seconds=0, microseconds=0, milliseconds=0, minutes=0, hours=0, weeks=0")[i].Name} component: {Types.Short(a[i])}");
            }
        }

        return JinjaTimeDelta.Of(total + new System.Numerics.BigInteger(Math.Round(fraction, MidpointRounding.ToEven)));
    }

    private static BuiltinFunction Function(string name, JinjaCallable body) => new(name, body, "builtin_function_or_method");

    private static object?[] Bind(JinjaCall call, string name, string parameters) => Signature.Bind(name, Signature.Parse(parameters), call.Positional, call.Keywords);

    private static void Require(JinjaCall call)
    {
        string[] names = ["year", "month", "day"];
        for (var i = 0; i < names.Length; i++)
        {
            if (!call.TryGet(i, names[i], out _))
            {
                throw Fault.Type($"function missing required argument '{names[i]}' (pos {i + 1})");
            }
        }
    }

    private static string Argument(JinjaCall call) => Ops.TryText(call.Get(0, "date_string"), out var text) ? text : throw Fault.Type("fromisoformat: argument must be str");

    private static DateTime Timestamp(object? value)
    {
        var seconds = Ops.ToDouble(value);
        return Math.Abs(seconds) < 2e11 ? DateTime.UnixEpoch.AddTicks((long)Math.Round(seconds * 1e6, MidpointRounding.ToEven) * 10) : throw Fault.Value($"year is out of range");
    }

    public static JinjaDate IsoDate(string text)
    {
        var digits = text.Length == 8 ? text : text.Length == 10 && text[4] == '-' && text[7] == '-' ? text.Remove(7, 1).Remove(4, 1) : string.Empty;
        return digits.Length == 8 && digits.All(char.IsAsciiDigit)
            ? new JinjaDate(int.Parse(digits[..4]), int.Parse(digits[4..6]), int.Parse(digits[6..]))
            : throw Fault.Value($"Invalid isoformat string: {Repr.Of(text)}");
    }

    public static JinjaDateTime IsoMoment(string text)
    {
        var split = text.Length > 10 && text[4] == '-' ? 10 : text.Length > 8 && !text.Contains('-') || (text.Length > 8 && text[4] != '-') ? 8 : text.Length;
        var date = IsoDate(text[..Math.Min(split, text.Length)]);
        if (text.Length <= split)
        {
            return new JinjaDateTime(date.Year, date.Month, date.Day, 0, 0, 0, 0, null);
        }

        var (hour, minute, second, micro, zone) = Clock(text[(split + 1)..], text);
        return new JinjaDateTime(date.Year, date.Month, date.Day, hour, minute, second, micro, zone);
    }

    private static JinjaTime IsoTime(string text)
    {
        var (hour, minute, second, micro, zone) = Clock(text.TrimStart('T'), text);
        return new JinjaTime(hour, minute, second, micro, zone);
    }

    private static (long Hour, long Minute, long Second, long Micro, JinjaTimeZone? Zone) Clock(string clock, string whole)
    {
        JinjaTimeZone? zone = null;
        var sign = clock.AsSpan().IndexOfAny('+', '-', 'Z');
        if (sign >= 0)
        {
            var suffix = clock[sign..];
            clock = clock[..sign];
            if (suffix == "Z")
            {
                zone = JinjaTimeZone.Utc;
            }
            else
            {
                var (hours, minutes, seconds, _, _) = Clock(suffix[1..], whole);
                var span = new TimeSpan((int)hours, (int)minutes, (int)seconds);
                zone = new JinjaTimeZone(suffix[0] == '-' ? -span : span);
            }
        }

        var fraction = clock.AsSpan().IndexOfAny('.', ',');
        long micro = 0;
        if (fraction >= 0)
        {
            var digits = clock[(fraction + 1)..];
            if (digits.Length == 0 || !digits.All(char.IsAsciiDigit))
            {
                throw Bad();
            }

            micro = long.Parse(digits.PadRight(6, '0')[..6]);
            clock = clock[..fraction];
        }

        var plain = clock.Replace(":", string.Empty, StringComparison.Ordinal);
        if (plain.Length is not (2 or 4 or 6) || !plain.All(char.IsAsciiDigit) || (clock.Contains(':') && clock.Length != plain.Length + (plain.Length / 2) - 1))
        {
            throw Bad();
        }

        return (long.Parse(plain[..2]), plain.Length > 2 ? long.Parse(plain[2..4]) : 0, plain.Length > 4 ? long.Parse(plain[4..]) : 0, micro, zone);

        JinjaException Bad() => Fault.Value($"Invalid isoformat string: {Repr.Of(whole)}");
    }
}
