using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Csv;

/// <summary>Rows of claims and claims_transactions (modules.md 9.7).</summary>
internal sealed class CsvClaims(CsvBuffer claims, CsvBuffer transactions)
{
    private static readonly string[] Methods = ["CASH", "CHECK", "CC"];
    private readonly List<(string Code, long Onset)> diagnoses = [];
    private SimulatedPatient patient = null!;
    private Guid patientId;
    private int charge;

    public void Begin(SimulatedPatient next)
    {
        patient = next;
        patientId = next.Id;
        charge = 0;
    }

    /// <summary>
    /// The rows of an encounter's claim. What it is for: the reason, then the conditions recorded here, else the kind of the visit; claims for medications of the
    /// encounter, which come before, name the same.
    /// </summary>
    public void Add(Encounter encounter)
    {
        Diagnose(encounter);
        Claim(encounter.Claim, encounter, encounter.Start, encounter.Stop);
    }

    public void Add(Medication medication)
    {
        Diagnose(medication.Encounter!);
        Claim(medication.Claim, medication.Encounter!, medication.Start, medication.Stop);
    }

    private void Diagnose(Encounter encounter)
    {
        diagnoses.Clear();
        if (encounter.Reason is { } reason)
        {
            diagnoses.Add((reason.Value, encounter.ReasonEntry?.Start ?? encounter.Start));
        }

        foreach (var condition in encounter.Conditions)
        {
            if (diagnoses.Count < 8)
            {
                diagnoses.Add((condition.Code.Value, condition.Start));
            }
        }

        if (diagnoses.Count == 0)
        {
            diagnoses.Add((encounter.Code.Value, encounter.Start));
        }
    }

    private int DepartmentOf(Encounter encounter) => encounter.Class switch
    {
        EncounterClass.Wellness => SimTime.MonthsBetween(patient.Person.Birth, encounter.Start) < 18 * 12 ? 10 : 20,
        EncounterClass.Ambulatory => 1,
        EncounterClass.Outpatient => 2,
        EncounterClass.Inpatient => 3,
        EncounterClass.Emergency => 4,
        EncounterClass.UrgentCare => 5,
        EncounterClass.Hospice => 6,
        EncounterClass.Home => 7,
        EncounterClass.Snf => 8,
        _ => 9,
    };

    private void Claim(Claim claim, Encounter encounter, long start, long stop)
    {
        var primary = claim.Plan.Plan;
        var secondary = claim.Plan.Secondary;
        var clinician = encounter.Clinician.Id;
        var department = DepartmentOf(encounter);
        var type = encounter.Class is EncounterClass.Inpatient or EncounterClass.Emergency ? 2 : 1;
        var onset = Math.Min(diagnoses.Min(d => d.Onset), encounter.Start);
        var row = claims.Id(claim.Id).Id(patientId).Id(clinician);
        row = primary.IsNone ? row.Empty() : row.Id(primary.Payer.Id);
        row = secondary is null ? row.Empty() : row.Id(secondary.Payer.Id);
        row = row.Whole(department).Whole(department);
        for (var i = 0; i < 8; i++)
        {
            row = row.Text(i < diagnoses.Count ? diagnoses[i].Code : null);
        }

        // With a second payer, its columns are empty: so real output has it.
        row.Empty().Id(encounter.Id).Instant(onset).Instant(encounter.Start).Id(clinician)
            .Text("CLOSED").Text(secondary is null ? "CLOSED" : "").Text("CLOSED")
            .Text("0").Text(secondary is null ? "0" : "").Text("0")
            .Instant(encounter.Stop).Instant(secondary is null ? encounter.Stop : SimTime.None).Instant(encounter.Stop)
            .Whole(type).Whole(secondary is null ? 0 : type).End();
        var number = 0;
        Transactions(claim, claim.Main, encounter, start, stop, department, ref number);
        foreach (var line in claim.Lines)
        {
            if (line.Entry is Procedure or Immunization or Medication)
            {
                Transactions(claim, line, encounter, line.Entry.Start, line.Entry is Immunization ? SimTime.None : line.Entry.Stop, department, ref number);
            }
        }
    }

    private void Transactions(Claim claim, ClaimLine line, Encounter encounter, long start, long stop, int department, ref int number)
    {
        var costs = line.Costs;
        var from = new Line(claim, line.Entry, encounter, start, stop, department);
        var outstanding = costs.Cost;
        Row(from, ref number, "CHARGE", amount: costs.Cost, isCharge: true);
        charge++;
        if (costs.Copay > Money.Zero)
        {
            outstanding -= costs.Copay;
            Row(from, ref number, "PAYMENT", method: "COPAY", payment: costs.Copay, outstanding: outstanding);
        }

        if (costs.Covered > Money.Zero)
        {
            outstanding -= costs.Covered;
            Row(from, ref number, "PAYMENT", method: "ECHECK", payment: costs.Covered, outstanding: outstanding);
        }

        if (costs.PaidBySecondary > Money.Zero)
        {
            Transfer(from, ref number, outstanding, "2");
            outstanding -= costs.PaidBySecondary;
            Row(from, ref number, "PAYMENT", method: "ECHECK", payment: costs.PaidBySecondary, outstanding: outstanding);
        }

        if (outstanding > Money.Zero)
        {
            if (!claim.Plan.Plan.IsNone)
            {
                Transfer(from, ref number, outstanding, "p");
            }

            // The method follows from the number of the claim's entry: the same one for all of a claim.
            Row(from, ref number, "PAYMENT", method: Methods[claim.Main.Entry.Number % Methods.Length], payment: outstanding, outstanding: Money.Zero);
        }
    }

    private void Transfer(Line from, ref int number, Money amount, string type)
    {
        var source = charge;
        Row(from, ref number, "TRANSFEROUT", transfer: amount, outstanding: amount);
        Row(from, ref number, "TRANSFERIN", amount: amount, transfer: amount, outstanding: amount, transferType: type, transferSource: source);
    }

    private void Row(
        Line line, ref int number, string type, Money? amount = null, string? method = null, Money payment = default, Money? transfer = null,
        Money outstanding = default, string? transferType = null, int? transferSource = null, bool isCharge = false)
    {
        var entry = line.Claim.Main.Entry;
        var row = transactions.Id(entry.DerivedId(IdKind.ClaimTransaction, number++)).Id(line.Claim.Id).Whole(charge++).Id(patientId).Text(type);
        row = amount is { } a ? row.Amount(a) : row.Empty();
        row = row.Text(method).Instant(line.Start).Instant(line.Stop == SimTime.None ? 0 : line.Stop).Id(line.Encounter.Provider.Id).Text(line.Entry.Code.Value).Empty().Empty();
        for (var i = 0; i < 4; i++)
        {
            row = i < diagnoses.Count ? row.Whole(i + 1) : row.Empty();
        }

        row = row.Whole(1).Whole(line.Department).Text(line.Entry.Code.Display);
        row = isCharge ? row.Amount(amount!.Value) : row.Amount(Money.Zero);
        row = transferSource is { } t ? row.Whole(t) : row.Empty();
        row = row.Text(isCharge ? (line.Claim.Plan.Plan.IsNone ? "p" : "1") : transferType);
        row = row.Amount(payment).Amount(Money.Zero);
        row = transfer is { } out1 ? row.Amount(out1) : row.Empty();
        row = row.Amount(outstanding).Id(line.Encounter.Id).Empty();
        row = line.Claim.Plan.Plan.IsNone ? row.Empty() : row.Id(patientId);
        row.Whole(1).Id(line.Encounter.Clinician.Id).Id(line.Encounter.Clinician.Id).End();
    }

    private readonly record struct Line(Claim Claim, Entry Entry, Encounter Encounter, long Start, long Stop, int Department);
}
