namespace FhirAspire.Jinja;

/// <summary>
/// A zone of the IANA database as <c>pytz</c> has it: one object for each offset of the zone, <c>localize</c> and <c>astimezone</c> choose
/// between them. The zone itself, before it is localized, has the zone's first offset, which is mostly local mean time.
/// </summary>
internal sealed class NamedTimeZone : JinjaTimeZone
{
    private static readonly DateTime First = new(1700, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private readonly TimeZoneInfo rules;
    private readonly ZoneNames names;
    private readonly bool isDaylight;

    private NamedTimeZone(TimeZoneInfo rules, ZoneNames names, TimeSpan offset, bool isDaylight)
        : base(offset, names.Of(offset, isDaylight))
    {
        (this.rules, this.names, this.isDaylight) = (rules, names, isDaylight);
    }

    public override string TypeName => "pytz.tzfile";

    /// <summary>Finds a zone; null when the system's database has none of this name.</summary>
    public static NamedTimeZone? Find(string name)
    {
        if (!name.Contains('/', StringComparison.Ordinal) && name.Any(char.IsWhiteSpace))
        {
            return null;
        }

        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var rules) || (rules.Id != name && !rules.HasIanaId && !string.Equals(rules.Id, name, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var abbreviations = ZoneNames.Read(name);
        return new NamedTimeZone(rules, abbreviations, abbreviations.FirstOffset ?? rules.GetUtcOffset(First), isDaylight: false);
    }

    public override JinjaTimeZone At(DateTime utc)
    {
        var moment = DateTime.SpecifyKind(utc, DateTimeKind.Utc);
        return With(rules.GetUtcOffset(moment), rules.IsDaylightSavingTime(moment));
    }

    public override bool TryGetAttribute(string attribute, out object? value)
    {
        if (attribute == "zone")
        {
            value = rules.Id;
            return true;
        }

        return base.TryGetAttribute(attribute, out value);
    }

    public override string Str() => rules.Id;

    public override string Repr()
    {
        var delta = new JinjaTimeDelta(Offset.Ticks / 10).Str();
        return $"<DstTzInfo {Runtime.Repr.Of(rules.Id)} {Name}{(Offset >= TimeSpan.Zero ? "+" : string.Empty)}{delta} {(isDaylight ? "DST" : "STD")}>";
    }

    public override bool ValueEquals(object? other) => other is NamedTimeZone zone && zone.rules.Id == rules.Id && zone.Offset == Offset && zone.isDaylight == isDaylight;

    public override int ValueHash() => HashCode.Combine(rules.Id, Offset);

    protected override JinjaDateTime Localize(JinjaDateTime moment, bool? isDst)
    {
        var clock = moment.Clock;
        if (isDst is null && rules.IsAmbiguousTime(clock))
        {
            throw new JinjaException(JinjaErrorKind.Runtime, "AmbiguousTimeError", moment.Str());
        }

        if (isDst is null && rules.IsInvalidTime(clock))
        {
            throw new JinjaException(JinjaErrorKind.Runtime, "NonExistentTimeError", moment.Str());
        }

        if (rules.IsAmbiguousTime(clock))
        {
            // The greater offset is the one of summer.
            var offsets = rules.GetAmbiguousTimeOffsets(clock);
            return JinjaDateTime.From(clock, With(isDst == true ? offsets.Max() : offsets.Min(), isDst == true));
        }

        if (rules.IsInvalidTime(clock))
        {
            // In the hour that clocks jump over, standard time stands unless summer time is asked for.
            var before = rules.GetUtcOffset(clock.AddHours(-3));
            var after = rules.GetUtcOffset(clock.AddHours(3));
            return JinjaDateTime.From(clock, With(isDst == true ? after : before, isDst == true));
        }

        return JinjaDateTime.From(clock, With(rules.GetUtcOffset(clock), rules.IsDaylightSavingTime(clock)));
    }

    private NamedTimeZone With(TimeSpan offset, bool daylight) => new(rules, names, offset, daylight);
}
