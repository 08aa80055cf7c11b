using FhirAspire.Simulation.Costs;
using FhirAspire.Simulation.Providers;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <content>Encounters: one at a time, over all modules (modules.md 7.2).</content>
internal sealed partial class Life
{
    /// <summary>Whether some encounter is open.</summary>
    public bool IsLocked => lockOwner is not null || schedulerHoldsLock;

    /// <summary>The module that runs; null between modules.</summary>
    public Run? Running { get; set; }

    /// <summary>The visit that the running module keeps for what it records; null with modules that don't.</summary>
    public Encounter? KeptVisit => Running is { Module.KeepsVisit: true } run ? run.Encounter : null;

    /// <summary>Opens an encounter for a module; null while another one's is open.</summary>
    public Encounter? OpenEncounter(Run run, EncounterClass kind, long time)
    {
        if (schedulerHoldsLock || (lockOwner is not null && lockOwner != run))
        {
            return null;
        }

        if (lockOwner == run)
        {
            EndOwnEncounter(run, time);
        }

        lockOwner = run;
        var encounter = NewEncounter(kind, time, run.Module.IsCardiology);
        run.Encounter = encounter;
        return encounter;
    }

    /// <summary>Opens an encounter for the scheduler, which ends with the step.</summary>
    public Encounter OpenScheduled(EncounterClass kind, Code code, long time)
    {
        schedulerHoldsLock = true;
        ScheduledEncounter = NewEncounter(kind, time, isCardiology: false);
        ScheduledEncounter.SetCodes([code]);
        PriceEncounter(ScheduledEncounter);
        return ScheduledEncounter;
    }

    public void CloseScheduled(long time)
    {
        if (ScheduledEncounter is { } encounter)
        {
            End(encounter, time);
            ScheduledEncounter = null;
            schedulerHoldsLock = false;
        }
    }

    /// <summary>An encounter that is over at once, outside of the lock (vaccination campaigns, death certificates).</summary>
    public Encounter NewEncounter(EncounterClass kind, long time, bool isCardiology)
    {
        var provider = isCardiology ? World.Providers.First : ProviderFor(kind);
        var encounter = Writer.File(
            new Encounter { Start = time, Class = kind, Provider = provider, Clinician = provider.Clinician, Position = Record.EncounterList.Count, Stop = time + DefaultLength(kind) }, null);
        encounter.Encounter = encounter;
        encounter.Claim = new Claim(encounter, Coverage.YearAt(time));
        Record.EncounterList.Add(encounter);
        Use(provider).Encounters++;
        return encounter;
    }

    public void PriceEncounter(Encounter encounter) => encounter.Cost = Prices.Price(encounter, Random);

    /// <summary>Ends the module's own encounter, if one is open, and lets others have theirs.</summary>
    public void EndOwnEncounter(Run run, long time)
    {
        if (lockOwner == run)
        {
            End(run.Encounter!, time);
            lockOwner = null;
        }

        run.Encounter = null;
    }

    public void End(Encounter encounter, long time)
    {
        if (encounter.Ended)
        {
            return;
        }

        Extend(encounter, time);
        encounter.Ended = true;
        encounter.Claim.Settle();
    }

    /// <summary>The recorded end is the latest of all that happens in it before it is ended, or while a module keeps it; what is filed later may lie outside.</summary>
    public void Extend(Encounter encounter, long time)
    {
        if (!encounter.Ended || encounter == KeptVisit)
        {
            encounter.Stop = Math.Max(encounter.Stop, time);
        }
    }

    /// <summary>
    /// The encounter that something at this time is filed under: the latest begun, even of another module and long closed.
    /// Who has had none yet gets a well child visit.
    /// </summary>
    public Encounter CurrentEncounter(long time)
    {
        if (KeptVisit is { } kept)
        {
            Extend(kept, time);
            return kept;
        }

        var encounters = Record.EncounterList;
        for (var i = encounters.Count - 1; i >= 0; i--)
        {
            if (encounters[i].Start <= time)
            {
                return encounters[i];
            }
        }

        var encounter = NewEncounter(EncounterClass.Wellness, time, isCardiology: false);
        encounter.SetCodes([Known.WellChildVisit]);
        PriceEncounter(encounter);
        return encounter;
    }

    /// <summary>Records the onsets that wait for this encounter state, newest first.</summary>
    public void DiagnosePast(Frame frame, string encounterState, long time)
    {
        while (frame.TakePending(encounterState) is { } onset)
        {
            onset.Diagnose(this, time);
        }
    }

    /// <summary>The first module that passes its wellness state renews all chronic orders of the visit.</summary>
    public void RenewChronicOrders(Encounter encounter, long time)
    {
        if (!encounter.ChronicRenewed)
        {
            encounter.ChronicRenewed = true;
            Writer.RenewChronicOrders(time);
        }
    }

    public ProviderUse Use(Provider provider)
    {
        if (!uses.TryGetValue(provider.Number, out var use))
        {
            use = new ProviderUse(provider.Number);
            uses.Add(provider.Number, use);
        }

        return use;
    }

    private Provider ProviderFor(EncounterClass kind) => providers[(int)kind] ??= World.Providers.Find(
        kind, Person.Latitude, Person.Longitude, Attributes[World.Slots.Veteran].Exists, Person.Race == "native");

    private static long DefaultLength(EncounterClass kind) => kind switch
    {
        EncounterClass.Emergency => SimTime.Hour,
        EncounterClass.Inpatient or EncounterClass.Snf or EncounterClass.Hospice => SimTime.Day,
        _ => 15 * SimTime.Minute,
    };
}
