using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Insurance;

/// <summary>A life's insurance, a plan year at each birthday (modules.md 9.7).</summary>
internal sealed class Coverage(Life life)
{
    private const double IncomeShare = 0.034;
    private const double MandateOccupation = 0.2;
    private const double EmployerShare = 0.83;

    private const int LastGuardedAge = 18;

    private readonly List<PlanYear> years = [];
    private Guid memberId;
    private int memberChanges;
    private long nextRenewal = long.MinValue;
    private long nextPremium;

    public IReadOnlyList<PlanYear> Years => years;

    /// <summary>Whether the insurance is one whose members go to the emergency department more often.</summary>
    public bool HasHighEmergencyUse => years.Count == 0 || years[^1].Plan.Payer is { IsNone: true } or { Name: "Medicaid" or "Dual Eligible" };

    /// <summary>The plan year at an instant; the last one after death.</summary>
    public PlanYear YearAt(long time)
    {
        if (years.Count == 0)
        {
            Renew(time);
        }

        for (var i = years.Count - 1; i >= 0; i--)
        {
            if (years[i].Start <= time)
            {
                return years[i];
            }
        }

        return years[0];
    }

    /// <summary>Chooses a plan when a year of insurance begins, and pays premiums.</summary>
    public void Renew(long time)
    {
        if (time < nextRenewal)
        {
            PayPremium(time);
            return;
        }

        var facts = new PlanFacts(life, time, CareCostsOfYear());
        var age = life.AgeInYears(time);
        var current = years.Count > 0 ? years[^1] : null;
        var plan = Choose(facts, current, time);
        InsurancePlan? secondary = null;
        if (plan.Payer.Name == "Medicare")
        {
            secondary = current is { Plan.Payer.Name: "Medicare" } ? current.Secondary
                : life.Random.NextDouble() < 0.9 ? life.World.Plans.Find(p => p.IsSupplement) : null;
        }

        // A year is as long as the calendar's, up to the next birthday.
        var start = years.Count == 0 ? life.Person.Birth : time;
        nextRenewal = NextBirthday(time);
        if (current is not null)
        {
            current.Stop = time;
        }

        var year = new PlanYear(plan, secondary, start, nextRenewal);
        SetOwner(year, current, age);
        years.Add(year);
        nextPremium = time;
        life.Set(life.World.Slots.InsuranceStatus, AttributeValue.Of(Status(plan)));
        PayPremium(time);
    }

    private Money CareCostsOfYear() => years.Count == 0 ? Money.Zero : years[^1].OutOfPocket;

    private long NextBirthday(long time)
    {
        var birth = life.Person.Birth;
        SimTime.Civil(SimTime.DayNumber(birth), out _, out var month, out var day);
        var timeOfDay = birth - (SimTime.DayNumber(birth) * SimTime.Day);
        var year = SimTime.Year(time);
        if (month == 2 && day == 29)
        {
            day = 28;
        }

        var next = SimTime.Of(year, month, day) + timeOfDay;
        return next > time ? next : SimTime.Of(year + 1, month, day) + timeOfDay;
    }

    private InsurancePlan Choose(PlanFacts facts, PlanYear? current, long time)
    {
        var year = life.YearOf(time);
        var candidates = new List<InsurancePlan>();
        var best = int.MaxValue;
        foreach (var plan in life.World.Plans)
        {
            if (plan.IsSupplement || year < plan.StartYear || year > plan.EndYear || plan.Priority > best)
            {
                continue;
            }

            if (!plan.Eligibility.Test(facts) || !(plan.Payer.IsGovernment || IsAffordable(plan, time)))
            {
                continue;
            }

            if (plan.Priority < best)
            {
                best = plan.Priority;
                candidates.Clear();
            }

            candidates.Add(plan);
        }

        var found = candidates.Count == 0 ? life.World.NoInsurance : candidates[life.Random.NextInt(candidates.Count)];
        if (found.Payer.IsGovernment)
        {
            return found;
        }

        // Without a government plan, last year's private one is kept while it accepts the person.
        return current is { Plan: { IsNone: false, Payer.IsGovernment: false } kept }
            && kept.Eligibility.Test(facts) && IsAffordable(kept, time) ? kept : found;
    }

    private bool IsAffordable(InsurancePlan plan, long time)
    {
        var income = life.Person.Income;
        if (time >= InsurancePlan.MandateTime && life.Person.OccupationLevel >= MandateOccupation)
        {
            return true;
        }

        return plan.PremiumFor(income).Cents * 12 <= income * IncomeShare * 100;
    }

    private void PayPremium(long time)
    {
        if (years.Count == 0 || years[^1].Plan.IsNone)
        {
            return;
        }

        var year = years[^1];
        while (nextPremium <= time)
        {
            var premium = year.Plan.PremiumFor(life.Person.Income);
            if (!year.Plan.Payer.IsGovernment && life.Person.OccupationLevel >= MandateOccupation)
            {
                premium = premium.Share(1 - EmployerShare);
            }

            year.Premiums += premium;
            if (year.Secondary is not null)
            {
                year.Premiums += year.Secondary.PremiumFor(life.Person.Income);
            }

            nextPremium += 30 * SimTime.Day;
        }
    }

    private void SetOwner(PlanYear year, PlanYear? before, int age)
    {
        if (year.Plan.IsNone)
        {
            return;
        }

        if (before is null || before.Plan.Payer != year.Plan.Payer)
        {
            memberId = life.Key.Id(0, IdKind.Coverage, ++memberChanges);
        }

        year.MemberId = memberId;
        var person = life.Person;

        // In real data the year that begins at 18 is still the guardian's; the first of one's own begins at 19.
        if (age <= LastGuardedAge && !year.Plan.Payer.IsGovernment)
        {
            year.Owner = PlanOwner.Guardian;
            year.OwnerName = life.Random.NextDouble() < 0.5 ? person.MotherName : person.FatherName;
        }
        else if (age > LastGuardedAge && person.MaritalStatus == "M" && life.Random.NextDouble() < 0.5)
        {
            year.Owner = PlanOwner.Spouse;
            year.OwnerName = life.World.Names.First(person.Gender == "M" ? "F" : "M", person.Language, life.Random) + " " + person.LastName;
        }
        else
        {
            year.Owner = PlanOwner.Self;
            year.OwnerName = person.FullName;
        }
    }

    private static string Status(InsurancePlan plan) => plan.IsNone ? "none"
        : plan.Payer.IsGovernment ? plan.Payer.Name.ToLowerInvariant() : "private";

    private sealed class PlanFacts(Life life, long time, Money careCosts) : IEligibilityFacts
    {
        public int Age => life.AgeInYears(time);

        public int AgeInMonths => life.AgeInMonths(time);

        public int YearlyIncome => life.Person.Income;

        public bool IsPregnant => life.Attributes[life.World.Slots.Pregnant].IsTrue;

        public double IncomeLeft => life.Person.Income - (careCosts.Cents / 100.0);

        public bool HasActiveCondition(string code) => life.Present.Find(life.World.CodeKey(code)) is { IsOpen: true };

        public bool HasAttribute(string name, string value)
            => life.Modules.Attributes.TryGet(name, out var slot) && slot < life.Attributes.Length && life.Attributes[slot].AsText() == value;

        public double NextDouble() => life.Random.NextDouble();
    }
}
