namespace FhirAspire.Simulation.Record;

/// <summary>
/// One item of a health record. Times are milliseconds since 1970 UTC (see <see cref="SimTime"/>);
/// an open entry has <see cref="Stop"/> = <see cref="SimTime.None"/>.
/// </summary>
public abstract class Entry
{
    private Code[] codes = [];

    /// <summary>The life that the entry belongs to; source of its ids.</summary>
    public PatientKey Patient { get; internal set; }

    /// <summary>Number of the entry in its life, from 1.</summary>
    public int Number { get; internal set; }

    /// <summary>The entry's id: stable, and unique in its run.</summary>
    public Guid Id => Patient.Id(Number);

    /// <summary>Begin, or the instant of what has no duration.</summary>
    public long Start { get; internal set; }

    /// <summary>End; <see cref="SimTime.None"/> while open.</summary>
    public long Stop { get; internal set; } = SimTime.None;

    /// <summary>Whether the entry has not ended.</summary>
    public bool IsOpen => Stop == SimTime.None;

    /// <summary>All codes; the first one counts.</summary>
    public IReadOnlyList<Code> Codes => codes;

    /// <summary>The first code.</summary>
    public Code Code => codes[0];

    /// <summary>The encounter that the entry is filed under; itself for an encounter; null for observations outside of any (quality of life).</summary>
    public Encounter? Encounter { get; internal set; }

    /// <summary>Price; zero for what has none (conditions, observations, care plans).</summary>
    public Money Cost { get; internal set; }

    /// <summary>Name of the state that wrote the entry (last, when several did).</summary>
    internal string Name { get; set; } = "";

    /// <summary>The id of something derived from this entry.</summary>
    public Guid DerivedId(IdKind kind, int part = 0) => Patient.Id(Number, kind, part);

    internal void SetCodes(Code[] value) => codes = value;

    /// <inheritdoc/>
    public override string ToString() => $"{GetType().Name} {(codes.Length > 0 ? codes[0] : null)} {SimTime.ToDateTimeOffset(Start):O}";
}
