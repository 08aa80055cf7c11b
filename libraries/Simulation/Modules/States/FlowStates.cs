using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Modules.Conditions;

namespace FhirAspire.Simulation.Modules.States;

/// <summary>Initial and Simple: routing only.</summary>
internal sealed class SimpleState : State
{
    public override bool Process(Life life, Frame frame, long time) => true;
}

/// <summary>The end of a module. That of a top-level module closes the module's open encounter.</summary>
internal sealed class TerminalState : State
{
    public override bool IsTerminal => true;

    public override bool Process(Life life, Frame frame, long time)
    {
        if (frame.Caller is null)
        {
            life.EndOwnEncounter(frame.Run, time);
        }

        return false;
    }

    public override long WakeTime(Frame frame) => long.MaxValue;
}

/// <summary>Lets time pass.</summary>
internal sealed class DelayState : State
{
    public required NumberSource Amount { get; init; }

    public required TimeUnit Unit { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        if (frame.Until == SimTime.None)
        {
            frame.Until = time + Amount.DrawDuration(life.Random, Unit);
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

/// <summary>Waits until a condition holds.</summary>
internal sealed class GuardState : State
{
    public required Condition Allow { get; init; }

    public override bool Process(Life life, Frame frame, long time) => Allow.Test(life, frame, time);
}

/// <summary>Runs a submodule, and stands still until it ends.</summary>
internal sealed class CallSubmoduleState : State
{
    public Module Submodule { get; set; } = null!;

    public override bool Process(Life life, Frame frame, long time)
    {
        var sub = frame.Sub ??= life.Call(Submodule, frame);
        if (!life.Advance(sub, time))
        {
            return false;
        }

        frame.Exited = sub.Entered;
        frame.TakeOver(sub);
        life.Release(sub);
        frame.Sub = null;
        return true;
    }

    public override long WakeTime(Frame frame) => frame.Sub is { } sub ? sub.Current.WakeTime(sub) : long.MinValue;
}

/// <summary>A physiology model, which is off: the alternative way is taken (its transition is that of <c>alt_direct_transition</c>).</summary>
internal sealed class PhysiologyState : State
{
    public override bool Process(Life life, Frame frame, long time) => true;
}

/// <summary>Sets the time of death.</summary>
internal sealed class DeathState : State
{
    public NumberSource? Delay { get; init; }

    public TimeUnit Unit { get; init; }

    public int Attribute { get; init; } = -1;

    public Record.Code[]? Codes { get; init; }

    public string? OnsetState { get; init; }

    public override bool Process(Life life, Frame frame, long time)
    {
        var cause = Codes is { Length: > 0 } ? Codes[0] : null;
        if (cause is null && OnsetState is not null)
        {
            cause = life.Present.FindByState(OnsetState)?.Code;
        }

        if (cause is null && Attribute >= 0)
        {
            cause = life.Attributes[Attribute].AsCode();
        }

        var at = Delay is null ? time : time + Delay.DrawDuration(life.Random, Unit);
        life.SetDeath(at, cause);
        return true;
    }
}
