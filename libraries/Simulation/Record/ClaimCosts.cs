namespace FhirAspire.Simulation.Record;

/// <summary>How the price of something is split.</summary>
/// <param name="Cost">The whole price.</param>
/// <param name="Copay">Copay, paid by the patient.</param>
/// <param name="Deductible">Paid by the patient until the plan's deductible is used up.</param>
/// <param name="Coinsurance">The plan's share where the patient bears another one.</param>
/// <param name="PaidByPayer">Paid by the plan alone.</param>
/// <param name="PaidBySecondary">Paid by the second plan.</param>
/// <param name="OutOfPocket">The rest, paid by the patient.</param>
public readonly record struct ClaimCosts(
    Money Cost, Money Copay, Money Deductible, Money Coinsurance, Money PaidByPayer, Money PaidBySecondary, Money OutOfPocket)
{
    /// <summary>What the first plan pays.</summary>
    public Money Covered => Coinsurance + PaidByPayer;

    /// <summary>What the patient pays.</summary>
    public Money PatientTotal => Copay + Deductible + OutOfPocket;

    /// <summary>Sum.</summary>
    public static ClaimCosts operator +(ClaimCosts a, ClaimCosts b) => new(
        a.Cost + b.Cost,
        a.Copay + b.Copay,
        a.Deductible + b.Deductible,
        a.Coinsurance + b.Coinsurance,
        a.PaidByPayer + b.PaidByPayer,
        a.PaidBySecondary + b.PaidBySecondary,
        a.OutOfPocket + b.OutOfPocket);
}
