using FhirAspire.Jinja.Modules;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's <c>datetime.datetime</c>, with or without an offset from UTC.</summary>
public sealed class JinjaDateTime : JinjaDate
{
    internal JinjaDateTime(long year, long month, long day, long hour, long minute, long second, long microsecond, JinjaTimeZone? zone)
        : base(year, month, day)
    {
        JinjaTime.Check(hour, minute, second, microsecond);
        (Hour, Minute, Second, Microsecond, Zone) = ((int)hour, (int)minute, (int)second, (int)microsecond, zone);
    }

    /// <inheritdoc />
    public override string TypeName => "datetime.datetime";

    internal int Hour { get; }

    internal int Minute { get; }

    internal int Second { get; }

    internal int Microsecond { get; }

    internal JinjaTimeZone? Zone { get; }

    internal DateTime Clock => new DateTime(Year, Month, Day, Hour, Minute, Second, DateTimeKind.Unspecified).AddTicks(Microsecond * 10L);

    private DateTime Utc => Zone is null ? Clock : Clock.AddTicks(-Zone.Offset.Ticks);

    /// <summary>Takes a .NET date and time; an offset makes it aware.</summary>
    public static JinjaDateTime From(DateTime moment, TimeSpan? offset) => From(moment, offset is { } span ? new JinjaTimeZone(span) : null);

    internal static JinjaDateTime From(DateTime moment, JinjaTimeZone? zone) =>
        new(moment.Year, moment.Month, moment.Day, moment.Hour, moment.Minute, moment.Second, moment.Ticks % TimeSpan.TicksPerSecond / 10, zone);

    /// <summary>The same as <see cref="DateTimeOffset"/> when aware, else <see cref="DateTime"/>.</summary>
    public object ToPlain() => Zone is null ? Clock : (object)new DateTimeOffset(Clock, Zone.Offset);

    /// <inheritdoc />
    public override bool TryGetAttribute(string name, out object? value)
    {
        switch (name)
        {
            case "hour":
                value = Boxed.Of(Hour);
                return true;
            case "minute":
                value = Boxed.Of(Minute);
                return true;
            case "second":
                value = Boxed.Of(Second);
                return true;
            case "microsecond":
                value = Boxed.Of(Microsecond);
                return true;
            case "fold":
                value = Boxed.Zero;
                return true;
            case "tzinfo":
                value = Zone;
                return true;
            case "date":
                value = Method(_ => new JinjaDate(Year, Month, Day));
                return true;
            case "time":
                value = Method(_ => new JinjaTime(Hour, Minute, Second, Microsecond, null));
                return true;
            case "timetz":
                value = Method(_ => new JinjaTime(Hour, Minute, Second, Microsecond, Zone));
                return true;
            case "utcoffset":
                value = Method(_ => Zone is null ? null : new JinjaTimeDelta(Zone.Offset.Ticks / 10));
                return true;
            case "dst":
                value = Method(_ => null);
                return true;
            case "tzname":
                value = Method(_ => Zone?.Name);
                return true;
            case "timestamp":
                value = Method(_ => (Utc - DateTime.UnixEpoch).Ticks / 10 / 1e6);
                return true;
            case "isoformat":
                value = Method(call => Iso(Ops.TryText(call.Get(0, "sep", "T"), out var separator) ? separator : "T", Repr2(call.Get(1, "timespec", "auto"))));
                return true;
            case "astimezone":
                value = Method(call => AsTimeZone(call.Get(0, "tz")));
                return true;
            case "utctimetuple":
                value = Method(_ => new TimeTuple(new TimeParts(Utc, Microsecond, Zone)));
                return true;
            case "min":
                value = new JinjaDateTime(1, 1, 1, 0, 0, 0, 0, null);
                return true;
            case "max":
                value = new JinjaDateTime(9999, 12, 31, 23, 59, 59, 999999, null);
                return true;
            case "resolution":
                value = new JinjaTimeDelta(1);
                return true;
            default:
                return base.TryGetAttribute(name, out value);
        }
    }

    private static string Repr2(object? value) => Runtime.Repr.Str(value);

    private JinjaDateTime AsTimeZone(object? zone)
    {
        // A naive time is taken for UTC: templates have no local zone.
        var target = zone as JinjaTimeZone ?? (zone is null ? JinjaTimeZone.Utc : throw Fault.Type($"tzinfo argument must be None or of a tzinfo subclass, not type '{Types.Name(zone)}'"));
        return In(target);
    }

    /// <summary>The same moment on the clock of a zone.</summary>
    internal JinjaDateTime In(JinjaTimeZone zone)
    {
        var target = zone.At(Utc);
        return From(Utc.AddTicks(target.Offset.Ticks), target);
    }

    internal override TimeParts Parts() => new(Clock, Microsecond, Zone);

    private protected override object Replace(JinjaCall call)
    {
        var a = Signature.Bind("replace", Signature.Parse("year=None, month=None, day=None, hour=None, minute=None, second=None, microsecond=None, tzinfo=0"), call.Positional, call.Keywords);
        return new JinjaDateTime(Part(a[0], Year), Part(a[1], Month), Part(a[2], Day), Part(a[3], Hour), Part(a[4], Minute), Part(a[5], Second), Part(a[6], Microsecond), a[7] is long ? Zone : a[7] as JinjaTimeZone);
    }

    internal string Iso(string separator, string timespec) => base.Str() + separator + JinjaTime.Clock(Hour, Minute, Second, Microsecond, timespec) + (Zone?.Suffix ?? string.Empty);

    /// <inheritdoc />
    public override string Str() => Iso(" ", "auto");

    /// <inheritdoc />
    public override string Repr()
    {
        var text = $"datetime.datetime({Year}, {Month}, {Day}, {Hour}, {Minute}";
        if (Second != 0 || Microsecond != 0)
        {
            text += $", {Second}";
        }

        if (Microsecond != 0)
        {
            text += $", {Microsecond}";
        }

        return text + (Zone is null ? ")" : $", tzinfo={Zone.Repr()})");
    }

    /// <inheritdoc />
    public override bool ValueEquals(object? other) => other is JinjaDateTime moment && (moment.Zone is null) == (Zone is null) && moment.Utc == Utc;

    /// <inheritdoc />
    public override int ValueHash() => Utc.GetHashCode();

    /// <inheritdoc />
    public override int? CompareTo(object? other) => other switch
    {
        JinjaDateTime moment => (moment.Zone is null) != (Zone is null) ? throw Fault.Type("can't compare offset-naive and offset-aware datetimes") : Utc.CompareTo(moment.Utc),
        JinjaDate => throw Fault.Type("can't compare datetime.datetime to datetime.date"),
        _ => null,
    };

    private protected override object? Arithmetic(string op, object? other, bool reflected) => (op, other) switch
    {
        ("+", JinjaTimeDelta delta) => Shift(delta.Microseconds),
        ("-", JinjaTimeDelta delta) when !reflected => Shift(-delta.Microseconds),
        ("-", JinjaDateTime moment) when !reflected => (moment.Zone is null) != (Zone is null)
            ? throw Fault.Type("can't subtract offset-naive and offset-aware datetimes")
            : new JinjaTimeDelta((Utc - moment.Utc).Ticks / 10),
        _ => null,
    };

    private JinjaDateTime Shift(long microseconds)
    {
        try
        {
            return From(Clock.AddTicks(checked(microseconds * 10)), Zone);
        }
        catch (Exception error) when (error is ArgumentOutOfRangeException or OverflowException)
        {
            throw Fault.Overflow("date value out of range");
        }
    }
}
