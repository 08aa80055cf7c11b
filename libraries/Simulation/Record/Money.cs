using System.Globalization;

namespace FhirAspire.Simulation.Record;

/// <summary>US dollars in whole cents.</summary>
/// <param name="Cents">Cents.</param>
public readonly record struct Money(long Cents) : IComparable<Money>
{
    /// <summary>No money.</summary>
    public static readonly Money Zero;

    /// <summary>Dollars, cut to cents (a millionth of a cent forgives binary fractions).</summary>
    public static Money Of(double dollars) => new((long)Math.Floor((dollars * 100) + 1e-6));

    /// <summary>The amount in dollars.</summary>
    public decimal Dollars => Cents / 100m;

    /// <summary>Sum.</summary>
    public static Money operator +(Money a, Money b) => new(a.Cents + b.Cents);

    /// <summary>Difference.</summary>
    public static Money operator -(Money a, Money b) => new(a.Cents - b.Cents);

    /// <summary>Less.</summary>
    public static bool operator <(Money a, Money b) => a.Cents < b.Cents;

    /// <summary>Greater.</summary>
    public static bool operator >(Money a, Money b) => a.Cents > b.Cents;

    /// <summary>Less or equal.</summary>
    public static bool operator <=(Money a, Money b) => a.Cents <= b.Cents;

    /// <summary>Greater or equal.</summary>
    public static bool operator >=(Money a, Money b) => a.Cents >= b.Cents;

    /// <summary>The share of an amount, rounded half to even.</summary>
    public Money Share(double fraction) => new((long)Math.Round(Cents * fraction, MidpointRounding.ToEven));

    /// <summary>The smaller one.</summary>
    public static Money Min(Money a, Money b) => a.Cents <= b.Cents ? a : b;

    /// <inheritdoc/>
    public int CompareTo(Money other) => Cents.CompareTo(other.Cents);

    /// <summary>With two decimals, e.g. <c>136.80</c>.</summary>
    public override string ToString() => Dollars.ToString("0.00", CultureInfo.InvariantCulture);
}
