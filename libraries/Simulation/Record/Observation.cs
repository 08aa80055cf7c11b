namespace FhirAspire.Simulation.Record;

/// <summary>What kind of value an observation has.</summary>
public enum ObservationValueKind
{
    /// <summary>No value: it has components, or nothing was found.</summary>
    None,

    /// <summary>A number, see <see cref="Observation.NumberValue"/>.</summary>
    Number,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A code.</summary>
    Code,

    /// <summary>True or false.</summary>
    Boolean,
}

/// <summary>An observation at <see cref="Entry.Start"/>.</summary>
public sealed class Observation : Entry
{
    private object? reference;
    private double number;

    /// <summary>laboratory, vital-signs, exam, procedure, imaging, survey, therapy or social-history.</summary>
    public string? Category { get; internal set; }

    /// <summary>UCUM unit; empty when there is none.</summary>
    public string Unit { get; internal set; } = "";

    /// <summary>What kind of value it has.</summary>
    public ObservationValueKind ValueKind { get; private set; }

    /// <summary>The value of a number.</summary>
    public double NumberValue => number;

    /// <summary>The value of a text.</summary>
    public string TextValue => (string)reference!;

    /// <summary>The value of a code.</summary>
    public Code CodeValue => (Code)reference!;

    /// <summary>The value of a boolean.</summary>
    public bool BooleanValue => number != 0;

    /// <summary>Components, e.g. systolic and diastolic pressure.</summary>
    public IReadOnlyList<Observation> Components { get; internal set; } = [];

    /// <summary>The report that it is part of, if any.</summary>
    public Report? Report { get; internal set; }

    internal void Set(double value)
    {
        ValueKind = ObservationValueKind.Number;
        number = value;
    }

    internal void Set(bool value)
    {
        ValueKind = ObservationValueKind.Boolean;
        number = value ? 1 : 0;
    }

    internal void Set(string value)
    {
        ValueKind = ObservationValueKind.Text;
        reference = value;
    }

    internal void Set(Code value)
    {
        ValueKind = ObservationValueKind.Code;
        reference = value;
    }
}
