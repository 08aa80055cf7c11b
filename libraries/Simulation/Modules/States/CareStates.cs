using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Modules.States;

/// <summary>A procedure; with a duration it blocks the module for that long.</summary>
internal sealed class ProcedureState : State
{
    public required Code[] Codes { get; init; }

    public NumberSource? Duration { get; init; }

    public TimeUnit Unit { get; init; }

    public Reason? Reason { get; init; }

    /// <summary>Slot to hold the entry; -1 for none.</summary>
    public int Attribute { get; init; } = -1;

    public override bool Process(Life life, Frame frame, long time)
    {
        if (frame.Until == SimTime.None)
        {
            var length = Duration is null ? 15 * SimTime.Minute : TimeUnits.ToMilliseconds(Unit, Duration.Draw(life.Random));
            var procedure = life.Writer.AddProcedure(Codes, time, time + length);
            procedure.Name = Name;
            if (Reason is not null)
            {
                Reason.Resolve(life, frame, out var code, out var entry);
                procedure.Reason = code;
                procedure.ReasonEntry = entry;
            }

            if (Attribute >= 0)
            {
                life.Set(Attribute, AttributeValue.Of(procedure));
            }

            frame.Until = Duration is null ? time : procedure.Stop;
        }

        if (time < frame.Until || !life.IsAlive(frame.Until))
        {
            return false;
        }

        frame.Exited = frame.Until;
        return true;
    }

    public override long WakeTime(Frame frame) => frame.Until;
}

/// <summary>A medication is ordered or given.</summary>
internal sealed class MedicationOrderState : State
{
    public required Code[] Codes { get; init; }

    public Reason? Reason { get; init; }

    public Prescription? Prescription { get; init; }

    public bool IsChronic { get; init; }

    public bool IsAdministration { get; init; }

    /// <summary>Slot to hold the entry; -1 for none.</summary>
    public int Attribute { get; init; } = -1;

    public override bool Process(Life life, Frame frame, long time)
    {
        Code? code = null;
        Entry? reason = null;
        Reason?.Resolve(life, frame, out code, out reason);
        Entry? entry = null;
        if (IsAdministration)
        {
            entry = life.Writer.AddAdministration(Codes, Prescription, code, reason, Name, time);
        }

        if (!IsAdministration || IsChronic)
        {
            entry = life.Writer.StartMedication(Codes, Prescription, code, reason, Name, IsChronic, time);
        }

        if (Attribute >= 0)
        {
            life.Set(Attribute, AttributeValue.Of(entry!));
        }

        return true;
    }
}

/// <summary>A care plan begins.</summary>
internal sealed class CarePlanStartState : State
{
    public required Code[] Codes { get; init; }

    public Code[] Activities { get; init; } = [];

    public Goal[] Goals { get; init; } = [];

    public Reason? Reason { get; init; }

    /// <summary>Slot to hold the entry; -1 for none.</summary>
    public int Attribute { get; init; } = -1;

    public override bool Process(Life life, Frame frame, long time)
    {
        var entry = life.Writer.StartCarePlan(Codes, time, out var isNew);
        entry.Name = Name;
        if (entry is CarePlan plan)
        {
            if (isNew)
            {
                plan.Activities = Activities;
                plan.Goals = Goals;
            }

            if (Reason is not null)
            {
                Reason.Resolve(life, frame, out var code, out var reason);
                plan.Reason = code;
                plan.ReasonEntry = reason;
            }
        }

        if (Attribute >= 0)
        {
            life.Set(Attribute, AttributeValue.Of(entry));
        }

        return true;
    }
}

/// <summary>A device is given: each time a new one.</summary>
internal sealed class DeviceState : State
{
    public required Code Code { get; init; }

    public string? Manufacturer { get; init; }

    public string? Model { get; init; }

    /// <summary>Slot to hold the entry; -1 for none.</summary>
    public int Attribute { get; init; } = -1;

    public override bool Process(Life life, Frame frame, long time)
    {
        var device = life.Writer.AddDevice(Code, Manufacturer, Model, time);
        device.Name = Name;
        if (Attribute >= 0)
        {
            life.Set(Attribute, AttributeValue.Of(device));
        }

        return true;
    }
}

/// <summary>Supplies are handed out.</summary>
internal sealed class SupplyListState : State
{
    public required (Code Code, int Quantity)[] Supplies { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        foreach (var (code, quantity) in Supplies)
        {
            life.Writer.AddSupply(code, quantity, time).Name = Name;
        }

        return true;
    }
}

/// <summary>A vaccination outside of the schedule.</summary>
internal sealed class VaccineState : State
{
    public required Code[] Codes { get; init; }

    public int Series { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        life.Writer.AddImmunization(Codes, Series, time).Name = Name;
        return true;
    }
}
