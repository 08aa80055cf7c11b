using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Modules.Transitions;

namespace FhirAspire.Simulation.Modules.States;

/// <summary>A state of a module. It holds no data of a run: that is in the <see cref="Frame"/>.</summary>
internal abstract class State
{
    public required string Name { get; init; }

    public required Module Module { get; init; }

    /// <summary>Where to go next; never used on a Terminal.</summary>
    public Transition Transition { get; set; } = null!;

    /// <summary>Number of the name among those that are looked back at; -1 for most.</summary>
    public int PriorKey { get; set; } = -1;

    /// <summary>Whether the module ends here.</summary>
    public virtual bool IsTerminal => false;

    /// <summary>Does what the state does.</summary>
    /// <returns>Whether it passes; otherwise it is tried again later.</returns>
    public abstract bool Process(Life life, Frame frame, long time);

    /// <summary>The earliest instant at which trying again can make a difference.</summary>
    public virtual long WakeTime(Frame frame) => long.MinValue;
}
