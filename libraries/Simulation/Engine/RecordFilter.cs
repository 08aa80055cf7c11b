using FhirAspire.Simulation.Insurance;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <summary>
/// What is exported of a life (modules.md 10): the last years, with what is still active from before; nothing after the end; after death the
/// certificate alone.
/// </summary>
internal static class RecordFilter
{
    public static SimulatedPatient Finish(Life life, long end, SimulationOptions options)
    {
        var person = life.Person;
        if (person.Death != SimTime.None && person.Death > end)
        {
            // A death that lies beyond the end has not happened.
            person.Death = SimTime.None;
            person.CauseOfDeath = null;
        }

        Money expenses = default, covered = default;
        foreach (var year in life.Coverage.Years)
        {
            expenses += year.OutOfPocket;
            covered += year.Covered + year.CoveredBySecondary;
        }

        // The years of history of the dead end with their death.
        var last = person.Death == SimTime.None ? end : person.Death;
        var cutOff = options.YearsOfHistory == 0 ? long.MinValue : last - (options.YearsOfHistory * 365L * SimTime.Day);
        if (!options.KeepEverything)
        {
            Filter(life, cutOff, end);
        }

        var attributes = new Dictionary<string, AttributeValue>(StringComparer.Ordinal);
        for (var slot = 0; slot < life.Attributes.Length; slot++)
        {
            if (life.Attributes[slot].Exists)
            {
                attributes[life.Modules.Attributes.Name(slot)] = life.Attributes[slot];
            }
        }

        return new SimulatedPatient(
            life.Key, person, life.Record, [.. life.Coverage.Years.Where(y => y.Stop > cutOff && y.Start < end)], [.. life.Uses], attributes, expenses, covered, end);
    }

    private static void Filter(Life life, long cutOff, long end)
    {
        var person = life.Person;
        var health = life.Record;
        var last = person.Death == SimTime.None ? end : Math.Min(person.Death, end);
        foreach (var encounter in health.EncounterList)
        {
            FilterEntries(encounter, cutOff, last, person.Death != SimTime.None && encounter.Start >= person.Death);
            CutStops(encounter, end);
        }

        health.EncounterList.RemoveAll(e => e.Start > end
            || (person.Death != SimTime.None && e.Start > person.Death && e.Code.Value != "308646001")
            || !(InRange(e.Start, e.Stop, cutOff) || e.HasContent));
        health.QualityList.RemoveAll(o => o.Start < cutOff || o.Start >= last);
    }

    private static void FilterEntries(Encounter encounter, long cutOff, long last, bool isCertificate)
    {
        bool IsFuture(Entry e) => e.Start > last && !isCertificate;
        bool Unwanted(Entry e) => IsFuture(e) || !InRange(e.Start, e.Stop, cutOff);
        bool UnwantedIfOver(Entry e) => IsFuture(e) || (!e.IsOpen && !InRange(e.Start, e.Stop, cutOff));
        encounter.ConditionList.RemoveAll(UnwantedIfOver);
        encounter.AllergyList.RemoveAll(UnwantedIfOver);
        encounter.CarePlanList.RemoveAll(UnwantedIfOver);
        encounter.MedicationList.RemoveAll(UnwantedIfOver);
        encounter.ObservationList.RemoveAll(Unwanted);
        encounter.ReportList.RemoveAll(Unwanted);
        encounter.ProcedureList.RemoveAll(Unwanted);
        encounter.ImmunizationList.RemoveAll(Unwanted);

        // Studies, supplies and devices stay as long as their encounter does: in real data they are older than the cut-off wherever a condition, order or
        // plan keeps the encounter, and they keep none themselves.
        encounter.ImagingStudyList.RemoveAll(IsFuture);
        encounter.SupplyList.RemoveAll(IsFuture);
        encounter.DeviceList.RemoveAll(IsFuture);
        encounter.Claim.RemoveLines(e => e switch
        {
            Condition => UnwantedIfOver(e),
            Device or Supply => IsFuture(e),
            _ => Unwanted(e),
        });
    }

    private static bool InRange(long start, long stop, long cutOff) => start > cutOff || (stop != SimTime.None && stop > cutOff);

    /// <summary>What ends after the end of the simulation is still open.</summary>
    private static void CutStops(Encounter encounter, long end)
    {
        foreach (var entry in encounter.Conditions)
        {
            Cut(entry, end);
        }

        foreach (var entry in encounter.Allergies)
        {
            Cut(entry, end);
        }

        foreach (var entry in encounter.CarePlans)
        {
            Cut(entry, end);
        }

        foreach (var entry in encounter.Medications)
        {
            Cut(entry, end);
        }

        foreach (var entry in encounter.Devices)
        {
            Cut(entry, end);
        }
    }

    private static void Cut(Entry entry, long end)
    {
        if (entry.Stop > end)
        {
            entry.Stop = SimTime.None;
        }
    }
}
