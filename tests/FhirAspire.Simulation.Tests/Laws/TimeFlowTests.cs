using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Record;
using FhirAspire.Simulation.Reference;

namespace FhirAspire.Simulation.Tests.Laws;

/// <summary>What holds for every patient of the own modules.</summary>
public class TimeFlowTests
{
    private static readonly Lazy<List<SimulatedPatient>> People = new(() =>
    {
        var generator = new PatientGenerator(ModuleLoader.LoadOwn(), ReferenceData.Own(), new SimulationOptions { Seed = 99, AsOf = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) });
        return [.. Enumerable.Range(0, 60).SelectMany(i => generator.Generate(i))];
    });

    private static IEnumerable<(SimulatedPatient Patient, Encounter Encounter)> Encounters => People.Value.SelectMany(p => p.Record.Encounters.Select(e => (p, e)));

    [Fact]
    public void Nothing_happens_before_birth_or_after_the_end()
        => Encounters.ShouldAllBe(x => x.Encounter.Start >= x.Patient.Person.Birth && x.Encounter.Start <= x.Patient.AsOf);

    [Fact]
    public void After_death_there_is_only_the_certificate()
        => Encounters.Where(x => x.Patient.Person.Death != SimTime.None && x.Encounter.Start > x.Patient.Person.Death).ShouldAllBe(x => x.Encounter.Code.Value == "308646001");

    [Fact]
    public void Nothing_begins_after_death_but_what_the_certificate_holds()
        => Encounters.Where(x => x.Patient.Person.Death != SimTime.None && x.Encounter.Code.Value != "308646001").SelectMany(x => Entries(x.Encounter).Select(e => (Entry: e, x.Patient)))
            .ShouldAllBe(x => x.Entry.Start <= x.Patient.Person.Death);

    /// <summary>With Synthea's modules they need not (modules.md 7.2): there, what a module does outside of an encounter is filed under the latest one.</summary>
    [Fact]
    public void Parts_begin_inside_of_their_encounter()
        => Encounters.SelectMany(x => Entries(x.Encounter)).ShouldAllBe(e => e.Start >= e.Encounter!.Start && e.Start <= e.Encounter.Stop);

    [Fact]
    public void Procedures_end_inside_of_their_encounter()
        => Encounters.SelectMany(x => x.Encounter.Procedures).ShouldAllBe(p => p.Stop <= p.Encounter!.Stop);

    [Fact]
    public void Nobody_is_older_than_people_become()
        => People.Value.ShouldAllBe(p => ((p.Person.IsAlive ? p.AsOf : p.Person.Death) - p.Person.Birth) / (365.25 * SimTime.Day) < 112 && p.Person.Birth < p.AsOf);

    [Fact]
    public void Ends_come_after_starts()
        => Encounters.SelectMany(x => Entries(x.Encounter)).ShouldAllBe(e => e.IsOpen || e.Stop >= e.Start);

    [Fact]
    public void Entries_know_their_encounter_and_have_ids_of_their_own()
    {
        Encounters.SelectMany(x => Entries(x.Encounter).Select(e => (Entry: e, x.Encounter))).ShouldAllBe(x => x.Entry.Encounter == x.Encounter);
        var ids = Encounters.SelectMany(x => Entries(x.Encounter).Append(x.Encounter)).Select(e => e.Id).ToList();
        ids.Distinct().Count().ShouldBe(ids.Count);
    }

    [Fact]
    public void Claims_add_up()
        => Encounters.Select(x => x.Encounter.Claim).ShouldAllBe(c =>
            c.Totals.Cost == c.Totals.Copay + c.Totals.Deductible + c.Totals.Coinsurance + c.Totals.PaidByPayer + c.Totals.PaidBySecondary + c.Totals.OutOfPocket);

    [Fact]
    public void Every_slot_ends_with_a_living_patient_and_the_dead_died_before_the_end()
    {
        var bySlot = People.Value.GroupBy(p => p.Key.Index).ToList();
        bySlot.ShouldAllBe(slot => slot.Last().Person.IsAlive);
        People.Value.Where(p => !p.Person.IsAlive).ShouldAllBe(p => p.Person.Death < p.AsOf);
    }

    [Fact]
    public void Years_of_insurance_follow_each_other()
        => People.Value.ShouldAllBe(p => p.Coverage.Zip(p.Coverage.Skip(1)).All(pair => pair.First.Stop == pair.Second.Start));

    private static IEnumerable<Entry> Entries(Encounter e)
        => e.Conditions.Cast<Entry>().Concat(e.Allergies).Concat(e.Observations).Concat(e.Reports).Concat(e.Procedures).Concat(e.Medications)
            .Concat(e.Immunizations).Concat(e.CarePlans).Concat(e.ImagingStudies).Concat(e.Devices).Concat(e.Supplies);
}
