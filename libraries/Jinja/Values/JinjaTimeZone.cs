using FhirAspire.Jinja.Builtins;
using FhirAspire.Jinja.Runtime;

namespace FhirAspire.Jinja;

/// <summary>Python's <c>datetime.timezone</c>, and the base of the zones of <c>pytz</c>.</summary>
internal class JinjaTimeZone(TimeSpan offset, string? name = null, string? repr = null) : JinjaObject
{
    public static readonly JinjaTimeZone Utc = new(TimeSpan.Zero);

    /// <summary><c>pytz.utc</c></summary>
    public static readonly JinjaTimeZone PytzUtc = new(TimeSpan.Zero, null, "<UTC>");

    public TimeSpan Offset { get; } = offset;

    public string Name => name ?? (Offset == TimeSpan.Zero ? "UTC" : "UTC" + Suffix);

    public override string TypeName => "datetime.timezone";

    public string Suffix
    {
        get
        {
            var span = Offset.Duration();
            var text = $"{(Offset < TimeSpan.Zero ? '-' : '+')}{(int)span.TotalHours:00}:{span.Minutes:00}";
            return span.Seconds == 0 ? text : text + $":{span.Seconds:00}";
        }
    }

    /// <summary>The zone as it is at a moment in UTC: another object where offsets change.</summary>
    public virtual JinjaTimeZone At(DateTime utc) => this;

    public override bool TryGetAttribute(string attribute, out object? value)
    {
        value = attribute switch
        {
            "utcoffset" => new BuiltinFunction(attribute, _ => new JinjaTimeDelta(Offset.Ticks / 10)),
            "tzname" => new BuiltinFunction(attribute, _ => Name),
            "zone" => Name,
            "localize" => new BuiltinFunction(attribute, call => Localize(Naive(call), call.Get(1, "is_dst", false) is { } isDst ? JinjaValue.IsTrue(isDst) : null)),
            "normalize" => new BuiltinFunction(attribute, call => call.Get(0, "dt") is JinjaDateTime moment ? moment.In(this) : throw Fault.Type("normalize() takes a datetime")),
            _ => null,
        };
        return value is not null;
    }

    public override string Str() => Name;

    public override string Repr() => repr ?? (Offset == TimeSpan.Zero && name is null ? "datetime.timezone.utc" : $"datetime.timezone({new JinjaTimeDelta(Offset.Ticks / 10).Repr()})");

    public override bool ValueEquals(object? other) => other is JinjaTimeZone zone and not NamedTimeZone && zone.Offset == Offset;

    public override int ValueHash() => Offset.GetHashCode();

    /// <summary>Gives a time without zone this zone. The clock stays as it is.</summary>
    /// <param name="moment">A naive time.</param>
    /// <param name="isDst">Which of two offsets a doubtful time has; null to refuse such times.</param>
    protected virtual JinjaDateTime Localize(JinjaDateTime moment, bool? isDst) => JinjaDateTime.From(moment.Clock, this);

    private static JinjaDateTime Naive(JinjaCall call) => call.Get(0, "dt") switch
    {
        JinjaDateTime { Zone: null } moment => moment,
        JinjaDateTime => throw Fault.Value("Not naive datetime (tzinfo is already set)"),
        var other => throw Fault.Type($"localize() takes a datetime, not {Types.Short(other)}"),
    };
}
