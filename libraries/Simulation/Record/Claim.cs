using FhirAspire.Simulation.Insurance;

namespace FhirAspire.Simulation.Record;

/// <summary>A claim: for an encounter with what was done in it, or for a medication.</summary>
public sealed class Claim
{
    private EntryList<ClaimLine> lines;

    internal Claim(Entry entry, PlanYear plan)
    {
        Main = new ClaimLine(entry);
        Plan = plan;
    }

    /// <summary>The encounter or the medication.</summary>
    public ClaimLine Main { get; }

    /// <summary>What else is billed with it.</summary>
    public EntryList<ClaimLine> Lines => lines;

    /// <summary>The plan year that it is settled in.</summary>
    public PlanYear Plan { get; }

    /// <summary>The id of the claim.</summary>
    public Guid Id => Main.Entry.DerivedId(IdKind.Claim);

    /// <summary>Sum of all lines.</summary>
    public ClaimCosts Totals { get; private set; }

    internal void Add(Entry entry) => lines.Add(new ClaimLine(entry));

    internal void RemoveLines(Predicate<Entry> unwanted) => lines.RemoveAll(line => unwanted(line.Entry));

    /// <summary>Splits the costs of all lines between plan, second plan and patient.</summary>
    internal void Settle()
    {
        Main.Settle(Plan);
        var totals = Main.Costs;
        foreach (var line in lines)
        {
            line.Settle(Plan);
            totals += line.Costs;
        }

        Totals = totals;
        Plan.Add(totals);
    }
}
