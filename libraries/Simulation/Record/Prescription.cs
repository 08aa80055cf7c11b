namespace FhirAspire.Simulation.Record;

/// <summary>How a medication is to be taken, as the module says.</summary>
public sealed class Prescription
{
    /// <summary>Taken when needed.</summary>
    public bool AsNeeded { get; internal set; }

    /// <summary>Refills, if given.</summary>
    public int? Refills { get; internal set; }

    /// <summary>Whether a dosage is given.</summary>
    public bool HasDosage { get; internal set; }

    /// <summary>Amount per dose.</summary>
    public double Amount { get; internal set; } = 1;

    /// <summary>Doses per period.</summary>
    public double Frequency { get; internal set; } = 1;

    /// <summary>Length of the period.</summary>
    public double Period { get; internal set; } = 1;

    /// <summary>Unit of the period: <c>hours</c>, <c>days</c>, ...</summary>
    public string PeriodUnit { get; internal set; } = "days";

    /// <summary>Length of the supply, if given.</summary>
    public double? DurationQuantity { get; internal set; }

    /// <summary>Unit of the length of the supply.</summary>
    public string DurationUnit { get; internal set; } = "days";

    /// <summary>Instructions.</summary>
    public IReadOnlyList<Code> Instructions { get; internal set; } = [];
}
