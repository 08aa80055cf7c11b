using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Random;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Costs;

/// <summary>A price: an exponential around the mode, cut to the range.</summary>
internal readonly record struct PriceRange(double Min, double Mode, double Max)
{
    public double Draw(SimRandom random) => Math.Clamp(random.NextExponential(Mode), Min, Max);
}

/// <summary>Prices of the simulated state.</summary>
internal sealed class PriceList
{
    private const string RenalDialysis = "265764009";
    private static readonly double[] Defaults = [125, 500, 255, 136, 100, 0, 0];

    private readonly Dictionary<string, PriceRange>[] prices;
    private readonly double[] factors;
    private readonly double[] encounterFactors;
    private readonly double dialysisFactor;

    public PriceList(Dictionary<string, PriceRange>[] prices, double[] factors, double[] encounterFactors, double dialysisFactor)
    {
        this.dialysisFactor = dialysisFactor;
        this.prices = prices;
        this.factors = factors;
        this.encounterFactors = encounterFactors;
    }

    public Money Price(CostKind kind, Code code, SimRandom random)
        => Money.Of(Base(kind, code, random, out _) * (kind == CostKind.Procedure && code.Value == RenalDialysis ? dialysisFactor : factors[(int)kind]));

    public Money Price(Encounter encounter, SimRandom random)
        => Money.Of(Base(CostKind.Encounter, encounter.Code, random, out _) * encounterFactors[(int)encounter.Class]);

    /// <summary>Times the quantity, but only where the code has a price of its own.</summary>
    public Money Price(Medication medication, SimRandom random)
    {
        var price = Base(CostKind.Medication, medication.Code, random, out var isKnown);
        if (isKnown)
        {
            price *= Quantity(medication);
        }

        return Money.Of(price * factors[(int)CostKind.Medication]);
    }

    private double Base(CostKind kind, Code code, SimRandom random, out bool isKnown)
    {
        isKnown = prices[(int)kind].TryGetValue(code.Value, out var range);
        return isKnown ? range.Draw(random) : Defaults[(int)kind];
    }

    /// <summary>Doses of a prescription: amount x frequency x (duration / period), by default 1, one month and one day; 30 without one, 1 when given on the spot.</summary>
    internal static double Quantity(Medication medication)
    {
        if (medication.IsAdministration)
        {
            return 1;
        }

        if (medication.Prescription is not { } prescription || (!prescription.HasDosage && prescription.DurationQuantity is null))
        {
            return 30;
        }

        var duration = Length(prescription.DurationQuantity ?? 1, prescription.DurationQuantity is null ? "months" : prescription.DurationUnit);
        var period = prescription.HasDosage ? Length(prescription.Period, prescription.PeriodUnit) : SimTime.Day;
        return period <= 0 ? 30 : Math.Max(1, prescription.Amount * prescription.Frequency * duration / period);
    }

    private static double Length(double quantity, string unit)
        => TimeUnits.TryParse(unit, out var parsed) ? TimeUnits.ToMilliseconds(parsed, quantity) : quantity * SimTime.Day;
}
