using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Insurance;

/// <summary>Who owns a policy, seen from the patient.</summary>
public enum PlanOwner
{
    /// <summary>Nobody: no insurance.</summary>
    None,

    /// <summary>The patient.</summary>
    Self,

    /// <summary>The spouse.</summary>
    Spouse,

    /// <summary>A parent or other guardian.</summary>
    Guardian,
}

/// <summary>A year of insurance, from about one birthday to the next, with what was paid in it.</summary>
public sealed class PlanYear
{
    internal PlanYear(InsurancePlan plan, InsurancePlan? secondary, long start, long stop)
    {
        Plan = plan;
        Secondary = secondary;
        Start = start;
        Stop = stop;
        DeductibleLeft = plan.Deductible;
    }

    /// <summary>First instant.</summary>
    public long Start { get; }

    /// <summary>Last instant.</summary>
    public long Stop { get; internal set; }

    /// <summary>The plan.</summary>
    public InsurancePlan Plan { get; }

    /// <summary>The second plan, if any.</summary>
    public InsurancePlan? Secondary { get; }

    /// <summary>Who owns the policy.</summary>
    public PlanOwner Owner { get; internal set; }

    /// <summary>Name of the owner; empty without insurance.</summary>
    public string OwnerName { get; internal set; } = "";

    /// <summary>The member's number; empty (all zero) without insurance.</summary>
    public Guid MemberId { get; internal set; }

    /// <summary>What is left of the deductible.</summary>
    public Money DeductibleLeft { get; private set; }

    /// <summary>What the patient has paid for care in this year.</summary>
    public Money OutOfPocket { get; private set; }

    /// <summary>What the plan has paid.</summary>
    public Money Covered { get; private set; }

    /// <summary>What the second plan has paid.</summary>
    public Money CoveredBySecondary { get; private set; }

    /// <summary>Premiums that the patient has paid.</summary>
    public Money Premiums { get; internal set; }

    internal void UseDeductible(Money amount) => DeductibleLeft -= amount;

    internal void Add(ClaimCosts costs)
    {
        OutOfPocket += costs.PatientTotal;
        Covered += costs.Covered;
        CoveredBySecondary += costs.PaidBySecondary;
    }
}
