using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Insurance;

/// <summary>What a payer offers.</summary>
public sealed class InsurancePlan
{
    /// <summary>From 2006 on (the insurance mandate of Massachusetts) wellness visits are free of copay.</summary>
    internal static readonly long MandateTime = SimTime.Of(2006);

    internal InsurancePlan(Payer payer, string name)
    {
        Payer = payer;
        Name = name;
    }

    /// <summary>Who offers it.</summary>
    public Payer Payer { get; }

    /// <summary>Name.</summary>
    public string Name { get; }

    /// <summary>Yearly deductible.</summary>
    public Money Deductible { get; internal init; }

    /// <summary>Share of the costs that the patient bears after the deductible, 0 to 1.</summary>
    public double PatientShare { get; internal init; }

    /// <summary>Copay per encounter or medication.</summary>
    public Money Copay { get; internal init; }

    /// <summary>Monthly premium in dollars, or its share of the yearly income where <see cref="IsIncomeBased"/>.</summary>
    public double MonthlyPremium { get; internal init; }

    /// <summary>Whether the premium is a share of the income.</summary>
    public bool IsIncomeBased { get; internal init; }

    /// <summary>The patient pays no more than this in a year.</summary>
    public Money MaxOutOfPocket { get; internal init; }

    /// <summary>Whether it only supplements Medicare.</summary>
    public bool IsSupplement { get; internal init; }

    /// <summary>Whether it is a subsidised plan of the health insurance marketplace.</summary>
    public bool IsMarketplace { get; internal init; }

    /// <summary>Plans with a smaller number are chosen first.</summary>
    public int Priority { get; internal init; } = int.MaxValue;

    /// <summary>Who may have it.</summary>
    internal Eligibility Eligibility { get; init; } = Eligibility.Anybody;

    /// <summary>First year in which it exists.</summary>
    internal int StartYear { get; init; }

    /// <summary>Last year in which it exists, 9999 if it still does.</summary>
    internal int EndYear { get; init; } = 9999;

    /// <summary>Whether it stands for no insurance.</summary>
    public bool IsNone => Payer.IsNone;

    /// <summary>The premium of one month for a person with that yearly income.</summary>
    public Money PremiumFor(int yearlyIncome) => Money.Of(IsIncomeBased ? MonthlyPremium * yearlyIncome / 12 : MonthlyPremium);

    internal Money CopayFor(Entry entry)
        => entry is Encounter { Class: EncounterClass.Wellness } && entry.Start > MandateTime ? Money.Zero : Copay;

    /// <inheritdoc/>
    public override string ToString() => Name;
}
