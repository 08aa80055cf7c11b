using FhirAspire.Jinja.Builtins;
using FhirAspire.Jinja.Modules;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's <c>datetime.date</c>.</summary>
public class JinjaDate : JinjaObject, IJinjaNumeric, IFormatsItself
{
    /// <summary>Makes a date.</summary>
    /// <exception cref="JinjaException">There is no such day.</exception>
    public JinjaDate(long year, long month, long day)
    {
        if (year is < 1 or > 9999)
        {
            throw Fault.Value($"year {year} is out of range");
        }

        if (month is < 1 or > 12)
        {
            throw Fault.Value("month must be in 1..12");
        }

        if (day < 1 || day > DateTime.DaysInMonth((int)year, (int)month))
        {
            throw Fault.Value("day is out of range for month");
        }

        (Year, Month, Day) = ((int)year, (int)month, (int)day);
    }

    /// <summary>The year.</summary>
    public int Year { get; }

    /// <summary>The month, from 1.</summary>
    public int Month { get; }

    /// <summary>The day of the month, from 1.</summary>
    public int Day { get; }

    /// <inheritdoc />
    public override string TypeName => "datetime.date";

    internal DateTime Calendar => new(Year, Month, Day, 0, 0, 0, DateTimeKind.Unspecified);

    internal static JinjaDate From(DateTime date) => new(date.Year, date.Month, date.Day);

    /// <inheritdoc />
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch
        {
            "year" => Boxed.Of(Year),
            "month" => Boxed.Of(Month),
            "day" => Boxed.Of(Day),
            "isoformat" => Method(_ => Str()),
            "ctime" => Method(_ => TimeFormat.Format(Parts(), "%a %b %e %H:%M:%S %Y")),
            "strftime" => Method(call => TimeFormat.Format(Parts(), call.Bind("strftime", "format")[0] is var format && Ops.TryText(format, out var text) ? text : throw Fault.Type($"strftime() argument 1 must be str, not {Types.Name(format)}"))),
            "weekday" => Method(_ => Boxed.Of(((int)Calendar.DayOfWeek + 6) % 7)),
            "isoweekday" => Method(_ => Boxed.Of((((int)Calendar.DayOfWeek + 6) % 7) + 1)),
            "toordinal" => Method(_ => Boxed.Of((Calendar.Ticks / TimeSpan.TicksPerDay) + 1)),
            "isocalendar" => Method(_ => new IsoCalendar(System.Globalization.ISOWeek.GetYear(Calendar), System.Globalization.ISOWeek.GetWeekOfYear(Calendar), (((int)Calendar.DayOfWeek + 6) % 7) + 1)),
            "timetuple" => Method(_ => new TimeTuple(Parts())),
            "replace" => Method(Replace),
            "min" => new JinjaDate(1, 1, 1),
            "max" => new JinjaDate(9999, 12, 31),
            "resolution" => new JinjaTimeDelta(JinjaTimeDelta.Day),
            _ => null,
        };
        return value is not null;
    }

    internal object Method(JinjaCallable body) => new BuiltinFunction("method", body, "builtin_function_or_method");

    internal virtual TimeParts Parts() => new(Calendar, 0, null);

    private protected virtual object Replace(JinjaCall call)
    {
        var a = Signature.Bind("replace", Signature.Parse("year=None, month=None, day=None"), call.Positional, call.Keywords);
        return new JinjaDate(Part(a[0], Year), Part(a[1], Month), Part(a[2], Day));
    }

    private protected static long Part(object? given, long otherwise) => given is null ? otherwise : Ops.ToIndex(given);

    /// <inheritdoc />
    public override string Str() => $"{Year:0000}-{Month:00}-{Day:00}";

    /// <inheritdoc />
    public override string Repr() => $"datetime.date({Year}, {Month}, {Day})";

    /// <inheritdoc />
    public override bool ValueEquals(object? other) => other is JinjaDate and not JinjaDateTime && ((JinjaDate)other).Calendar == Calendar;

    /// <inheritdoc />
    public override int ValueHash() => Calendar.GetHashCode();

    /// <inheritdoc />
    public override int? CompareTo(object? other) => other switch
    {
        JinjaDateTime => throw Fault.Type("can't compare datetime.datetime to datetime.date"),
        JinjaDate date => Calendar.CompareTo(date.Calendar),
        _ => null,
    };

    string IFormatsItself.Format(string spec) => spec.Length == 0 ? Str() : TimeFormat.Format(Parts(), spec);

    bool IJinjaNumeric.Unary(char op, out object? result)
    {
        result = null;
        return false;
    }

    bool IJinjaNumeric.Binary(string op, object? other, bool reflected, out object? result) => (result = Arithmetic(op, other, reflected)) is not null;

    private protected virtual object? Arithmetic(string op, object? other, bool reflected) => (op, other) switch
    {
        ("+", JinjaTimeDelta delta) => Shift(FloorDays(delta.Microseconds)),
        ("-", JinjaTimeDelta delta) when !reflected => Shift(-FloorDays(delta.Microseconds)),
        ("-", JinjaDate date and not JinjaDateTime) when !reflected => new JinjaTimeDelta((Calendar - date.Calendar).Ticks / 10),
        _ => null,
    };

    private static long FloorDays(long microseconds) => (long)Math.Floor(microseconds / (double)JinjaTimeDelta.Day);

    private JinjaDate Shift(long days)
    {
        try
        {
            return From(Calendar.AddDays(days));
        }
        catch (ArgumentOutOfRangeException)
        {
            throw Fault.Overflow("date value out of range");
        }
    }
}

/// <summary>What <c>isocalendar()</c> gives.</summary>
internal sealed class IsoCalendar(int year, int week, int weekday) : JinjaTuple(Boxed.Of(year), Boxed.Of(week), Boxed.Of(weekday))
{
    public override bool TryGetAttribute(string name, out object? value)
    {
        value = name switch { "year" => this[0], "week" => this[1], "weekday" => this[2], _ => null };
        return value is not null;
    }

    public override string Repr() => $"datetime.IsoCalendarDate(year={this[0]}, week={this[1]}, weekday={this[2]})";
}

/// <summary>What <c>timetuple()</c> gives.</summary>
internal sealed class TimeTuple(TimeParts parts) : JinjaTuple(
    Boxed.Of(parts.Time.Year), Boxed.Of(parts.Time.Month), Boxed.Of(parts.Time.Day), Boxed.Of(parts.Time.Hour), Boxed.Of(parts.Time.Minute), Boxed.Of(parts.Time.Second),
    Boxed.Of(((int)parts.Time.DayOfWeek + 6) % 7), Boxed.Of(parts.Time.DayOfYear), Boxed.Of(parts.Offset is null ? -1 : 0))
{
    private static readonly string[] Names = ["tm_year", "tm_mon", "tm_mday", "tm_hour", "tm_min", "tm_sec", "tm_wday", "tm_yday", "tm_isdst"];

    public override bool TryGetAttribute(string name, out object? value)
    {
        var index = Array.IndexOf(Names, name);
        value = index < 0 ? null : this[index];
        return index >= 0;
    }

    public override string Repr() => $"time.struct_time({string.Join(", ", Names.Select((name, i) => $"{name}={this[i]}"))})";
}
