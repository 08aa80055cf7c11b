using FhirAspire.Simulation.Insurance;

namespace FhirAspire.Simulation.Record;

/// <summary>One line of a claim.</summary>
public sealed class ClaimLine
{
    internal ClaimLine(Entry entry) => Entry = entry;

    /// <summary>What is billed.</summary>
    public Entry Entry { get; }

    /// <summary>How it is split; zero until the claim is settled.</summary>
    public ClaimCosts Costs { get; private set; }

    internal void Settle(PlanYear year)
    {
        var plan = year.Plan;
        var cost = Entry.Cost;
        var rest = cost;
        if (plan.IsNone)
        {
            Costs = new ClaimCosts(cost, default, default, default, default, default, cost);
            return;
        }

        Money copay = default, deductible = default, coinsurance = default, byPayer = default, bySecondary = default;
        if (year.OutOfPocket > plan.MaxOutOfPocket)
        {
            byPayer = rest;
            rest = default;
        }

        if (rest > Money.Zero && Entry is Encounter or Medication)
        {
            copay = Money.Min(plan.CopayFor(Entry), rest);
            rest -= copay;
        }

        if (rest > Money.Zero && year.DeductibleLeft > Money.Zero)
        {
            deductible = Money.Min(rest, year.DeductibleLeft);
            rest -= deductible;
            year.UseDeductible(deductible);
        }

        if (rest > Money.Zero)
        {
            if (plan.PatientShare > 0)
            {
                coinsurance = rest.Share(1 - plan.PatientShare);
                rest -= coinsurance;
            }
            else
            {
                byPayer += rest;
                rest = default;
            }
        }

        if (rest > Money.Zero && year.Secondary is { IsNone: false })
        {
            bySecondary = rest;
            rest = default;
        }

        Costs = new ClaimCosts(cost, copay, deductible, coinsurance, byPayer, bySecondary, rest);
    }
}
