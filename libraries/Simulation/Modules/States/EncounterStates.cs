using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules.States;

/// <summary>Whether an encounter can be one by telephone or video.</summary>
internal enum TelemedicinePossibility
{
    None,
    Possible,
    Always,
}

/// <summary>Opens an encounter of its own, or joins the one of the scheduler (wellness).</summary>
internal sealed class EncounterState : State
{
    public bool IsWellness { get; init; }

    public EncounterClass Class { get; init; }

    public Code[] Codes { get; init; } = [];

    public Reason? Reason { get; init; }

    public TelemedicinePossibility Telemedicine { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        var run = frame.Run;
        Encounter? encounter;
        if (IsWellness)
        {
            // One wellness state per visit and module, and only after an EncounterEnd since the last one (modules.md 7.2).
            if (life.ScheduledEncounter is null || run.HasUsedWellness || run.LastVisit == life.ScheduledEncounter)
            {
                return false;
            }

            // What is kept lies inside of the visit, so the visit is not joined at the end of a delay before it (it is tried again at the step's own time).
            encounter = life.ScheduledEncounter;
            if (run.Module.KeepsVisit && time < encounter.Start)
            {
                return false;
            }

            run.LastVisit = encounter;
            run.HasUsedWellness = true;
            run.Encounter = encounter;
            life.DiagnosePast(frame, Name, time);
            life.RenewChronicOrders(encounter, time);
            return true;
        }

        encounter = life.OpenEncounter(run, ClassAt(life, time), time);
        if (encounter is null)
        {
            return false;
        }

        encounter.SetCodes(Codes);
        encounter.Name = Name;
        life.PriceEncounter(encounter);
        life.DiagnosePast(frame, Name, time);
        if (Reason is not null)
        {
            Reason.Resolve(life, frame, out var code, out var entry);
            encounter.Reason = code;
            encounter.ReasonEntry = entry;
        }

        return true;
    }

    public override long WakeTime(Frame frame) => IsWellness ? Frame.WakeAtScheduledEncounter : long.MinValue;

    private EncounterClass ClassAt(Life life, long time)
    {
        if (Telemedicine == TelemedicinePossibility.Always)
        {
            return EncounterClass.Virtual;
        }

        if (Telemedicine == TelemedicinePossibility.Possible)
        {
            // Shares of telehealth before and after spring 2020 (modules.md 7.2).
            var share = time >= TelehealthUptake ? 0.15 : time >= TelehealthStart ? 0.004 : 0;
            if (share > 0 && life.Random.NextDouble() < share)
            {
                return EncounterClass.Virtual;
            }
        }

        return Class;
    }

    private static readonly long TelehealthStart = SimTime.Of(2016);
    private static readonly long TelehealthUptake = SimTime.Of(2020, 4);
}

/// <summary>Closes the module's own encounter; passes at once where there is none.</summary>
internal sealed class EncounterEndState : State
{
    public Code? Discharge { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        var run = frame.Run;
        if (run.Encounter is { } encounter)
        {
            if (Discharge is not null)
            {
                encounter.Discharge = Discharge;
            }

            if (encounter == life.KeptVisit)
            {
                life.Extend(encounter, time);
            }

            life.EndOwnEncounter(run, time);
        }

        run.HasUsedWellness = false;
        return true;
    }
}
