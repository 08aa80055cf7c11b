using System.Globalization;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <summary>Kinds of attribute values.</summary>
public enum AttributeKind
{
    /// <summary>There is no such attribute.</summary>
    None,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>A number that was written without a fraction.</summary>
    Integer,

    /// <summary>Another number.</summary>
    Real,

    /// <summary>Text.</summary>
    Text,

    /// <summary>A code.</summary>
    Code,

    /// <summary>An entry of the health record.</summary>
    Entry,
}

/// <summary>The value of a person's attribute.</summary>
public readonly struct AttributeValue : IEquatable<AttributeValue>
{
    private readonly object? reference;

    private AttributeValue(AttributeKind kind, double number, object? reference)
    {
        Kind = kind;
        Number = number;
        this.reference = reference;
    }

    /// <summary>No value.</summary>
    public static readonly AttributeValue None;

    /// <summary>Kind of the value.</summary>
    public AttributeKind Kind { get; }

    /// <summary>The number; 1 or 0 for a boolean.</summary>
    public double Number { get; }

    /// <summary>Whether there is a value.</summary>
    public bool Exists => Kind != AttributeKind.None;

    /// <summary>Whether it is the boolean true.</summary>
    public bool IsTrue => Kind == AttributeKind.Boolean && Number != 0;

    /// <summary>The text, when it is one.</summary>
    public string? Text => reference as string;

    /// <summary>The entry, when it is one.</summary>
    public Entry? Entry => reference as Entry;

    /// <summary>Whether it is a number.</summary>
    public bool IsNumber => Kind is AttributeKind.Integer or AttributeKind.Real;

    /// <summary>A boolean.</summary>
    public static AttributeValue Of(bool value) => new(AttributeKind.Boolean, value ? 1 : 0, null);

    /// <summary>A text.</summary>
    public static AttributeValue Of(string value) => new(AttributeKind.Text, 0, value);

    /// <summary>A code.</summary>
    public static AttributeValue Of(Code value) => new(AttributeKind.Code, 0, value);

    /// <summary>An entry.</summary>
    public static AttributeValue Of(Entry value) => new(AttributeKind.Entry, 0, value);

    /// <summary>A whole number.</summary>
    public static AttributeValue OfInteger(long value) => new(AttributeKind.Integer, value, null);

    /// <summary>A number.</summary>
    public static AttributeValue OfReal(double value) => new(AttributeKind.Real, value, null);

    /// <summary>The code that the value is or holds.</summary>
    public Code? AsCode() => reference switch
    {
        Code code => code,
        Entry { Codes.Count: > 0 } entry => entry.Code,
        _ => null,
    };

    /// <summary>As text, as lookup tables compare it: a whole number as "3", a counter's as "3.0".</summary>
    public string? AsText() => Kind switch
    {
        AttributeKind.Boolean => Number != 0 ? "true" : "false",
        AttributeKind.Integer => ((long)Number).ToString(CultureInfo.InvariantCulture),
        AttributeKind.Real => Number == Math.Floor(Number) && Math.Abs(Number) < 1e7
            ? Number.ToString("0.0", CultureInfo.InvariantCulture)
            : Number.ToString("R", CultureInfo.InvariantCulture),
        AttributeKind.Text => Text,
        AttributeKind.Code => ((Code)reference!).Value,
        _ => null,
    };

    /// <summary>For messages.</summary>
    public string Describe() => Kind switch
    {
        AttributeKind.None => "nothing",
        AttributeKind.Text => $"the text '{Text}'",
        AttributeKind.Code or AttributeKind.Entry => $"{(Kind == AttributeKind.Code ? "the code" : "the entry")} {AsCode()}",
        AttributeKind.Boolean => AsText()!,
        _ => $"the number {AsText()}",
    };

    /// <inheritdoc/>
    public bool Equals(AttributeValue other) => Kind == other.Kind && Number.Equals(other.Number) && Equals(reference, other.reference);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AttributeValue other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Number, reference);

    /// <summary>Same kind and value.</summary>
    public static bool operator ==(AttributeValue left, AttributeValue right) => left.Equals(right);

    /// <summary>Different kind or value.</summary>
    public static bool operator !=(AttributeValue left, AttributeValue right) => !left.Equals(right);

    /// <inheritdoc/>
    public override string ToString() => Describe();
}
