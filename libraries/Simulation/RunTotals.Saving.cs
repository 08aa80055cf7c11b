using System.Text.Json;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation;

// Sums as JSON, so that an interrupted run goes on with them.
public sealed partial class RunTotals
{
    /// <summary>All sums, for <see cref="Load"/>.</summary>
    public JsonElement Save() => JsonSerializer.SerializeToElement(new Saved(
        Patients, Living, Sparse(Encounters), Sparse(Procedures), Sparse(Labs), Sparse(Prescriptions), payers.ToDictionary(p => p.Key, p => p.Value.Save())));

    /// <summary>Takes over sums that <see cref="Save"/> has given for a run with the same providers and payers.</summary>
    /// <exception cref="SimulationException">They are of another run.</exception>
    public void Load(JsonElement saved)
    {
        var sums = saved.Deserialize<Saved>();
        if (sums is null || sums.Payers.Keys.Any(id => !payers.ContainsKey(id)) || sums.Encounters.Keys.Any(number => number >= Encounters.Length))
        {
            throw new SimulationException("SIM060", "RunTotals", "found sums of providers or payers that this run does not have; expected those of the same run");
        }

        Patients = sums.Patients;
        Living = sums.Living;
        Fill(Encounters, sums.Encounters);
        Fill(Procedures, sums.Procedures);
        Fill(Labs, sums.Labs);
        Fill(Prescriptions, sums.Prescriptions);
        foreach (var (id, payer) in sums.Payers)
        {
            payers[id].Load(payer);
        }
    }

    private static Dictionary<int, int> Sparse(int[] counts)
    {
        var sparse = new Dictionary<int, int>();
        for (var i = 0; i < counts.Length; i++)
        {
            if (counts[i] > 0)
            {
                sparse.Add(i, counts[i]);
            }
        }

        return sparse;
    }

    private static void Fill(int[] counts, Dictionary<int, int> sparse)
    {
        Array.Clear(counts);
        foreach (var (number, count) in sparse)
        {
            counts[number] = count;
        }
    }

    private sealed record Saved(
        int Patients, int Living, Dictionary<int, int> Encounters, Dictionary<int, int> Procedures, Dictionary<int, int> Labs, Dictionary<int, int> Prescriptions,
        Dictionary<Guid, SavedPayer> Payers);

    internal sealed record SavedPayer(
        long Covered, long Uncovered, long Revenue, int Encounters, int Medications, int Procedures, int Immunizations, int Members, int MemberMonths, double Qols, int Years);

    public sealed partial class PayerTotals
    {
        internal SavedPayer Save()
            => new(Covered.Cents, Uncovered.Cents, Revenue.Cents, Encounters, Medications, Procedures, Immunizations, Members, MemberMonths, qols, years);

        internal void Load(SavedPayer saved)
        {
            Covered = new Money(saved.Covered);
            Uncovered = new Money(saved.Uncovered);
            Revenue = new Money(saved.Revenue);
            Encounters = saved.Encounters;
            Medications = saved.Medications;
            Procedures = saved.Procedures;
            Immunizations = saved.Immunizations;
            Members = saved.Members;
            MemberMonths = saved.MemberMonths;
            qols = saved.Qols;
            years = saved.Years;
        }
    }
}
