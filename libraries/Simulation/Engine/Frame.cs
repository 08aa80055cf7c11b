using FhirAspire.Simulation.Modules;
using FhirAspire.Simulation.Modules.States;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <summary>A top-level module in one life: the identity under which it and its submodules open encounters.</summary>
internal sealed class Run
{
    public required Module Module { get; init; }

    /// <summary>Number of the module among those that run.</summary>
    public required int Number { get; init; }

    public Frame Root { get; set; } = null!;

    /// <summary>The encounter that the module is in, or was in last without an end.</summary>
    public Encounter? Encounter { get; set; }

    /// <summary>Whether a wellness state has passed since the last end of an encounter.</summary>
    public bool HasUsedWellness { get; set; }

    /// <summary>The last visit of the scheduler that a wellness state of the module has joined.</summary>
    public Encounter? LastVisit { get; set; }

    public bool IsDone { get; set; }

    /// <summary>The module need not be looked at before this instant.</summary>
    public long Wake { get; set; } = long.MinValue;
}

/// <summary>Where a module or submodule stands.</summary>
internal sealed class Frame
{
    /// <summary>The wake time of what waits for an encounter of the scheduler.</summary>
    public const long WakeAtScheduledEncounter = long.MaxValue - 1;

    private readonly List<Visit> visits = [];
    private readonly List<OnsetState> pending = [];
    private int position;

    public Module Module { get; private set; } = null!;

    public Run Run { get; private set; } = null!;

    /// <summary>The frame that called this one; null for a top-level module.</summary>
    public Frame? Caller { get; private set; }

    public int Depth { get; private set; }

    public State Current { get; private set; } = null!;

    /// <summary>When the current state was first tried.</summary>
    public long Entered { get; set; }

    /// <summary>When the current state passed; set by states that end at a time of their own.</summary>
    public long Exited { get; set; }

    /// <summary>End of a delay or procedure.</summary>
    public long Until { get; set; }

    /// <summary>The submodule that the current state has called.</summary>
    public Frame? Sub { get; set; }

    public void Start(Module module, Run run, Frame? caller)
    {
        Module = module;
        Run = run;
        Caller = caller;
        Depth = caller is null ? 0 : caller.Depth + 1;
        visits.Clear();
        pending.Clear();
        position = 0;
        Sub = null;
        Enter(module.Initial);
    }

    public void Enter(State state)
    {
        Current = state;
        Entered = SimTime.None;
        Exited = SimTime.None;
        Until = SimTime.None;
        position++;
        if (state.PriorKey >= 0)
        {
            Visited(state.PriorKey, position, SimTime.None);
        }
    }

    /// <summary>Notes when the current state passed.</summary>
    public void Leave()
    {
        if (Current.PriorKey >= 0)
        {
            Visited(Current.PriorKey, position, Exited);
        }
    }

    /// <summary>The states of a submodule that has ended become part of the caller's past, and the call stands in front of them once more.</summary>
    public void TakeOver(Frame sub)
    {
        foreach (var visit in sub.visits)
        {
            Visited(visit.Key, position + visit.Position, visit.Exited);
        }

        pending.AddRange(sub.pending);
        position += sub.position + 1;
        if (Current.PriorKey >= 0)
        {
            Visited(Current.PriorKey, position, SimTime.None);
        }
    }

    public bool HasVisited(int key)
    {
        foreach (var visit in visits)
        {
            if (visit.Key == key)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Walks back from the current state: false at one that was left at or before <paramref name="window"/>, false at one named
    /// <paramref name="since"/>, true at one named <paramref name="key"/>. Only the last visit of a name matters, since times of leaving only grow.
    /// </summary>
    public bool HasVisited(int key, int since, long window)
    {
        var found = -1;
        var limit = -1;
        var left = SimTime.None;
        foreach (var visit in visits)
        {
            if (visit.Key == key)
            {
                found = visit.Position;
                left = visit.Exited;
            }

            if (visit.Key == since)
            {
                limit = visit.Position;
            }
        }

        return found >= 0 && limit < found && (left == SimTime.None || left > window);
    }

    public void AddPending(OnsetState onset) => pending.Add(onset);

    /// <summary>Takes the newest onset that waits for the encounter state; null when there is none.</summary>
    public OnsetState? TakePending(string encounterState)
    {
        for (var i = pending.Count - 1; i >= 0; i--)
        {
            if (pending[i].TargetEncounter == encounterState)
            {
                var onset = pending[i];
                pending.RemoveAt(i);
                return onset;
            }
        }

        return null;
    }

    private void Visited(int key, int at, long exited)
    {
        for (var i = 0; i < visits.Count; i++)
        {
            if (visits[i].Key == key)
            {
                visits[i] = new Visit(key, at, exited);
                return;
            }
        }

        visits.Add(new Visit(key, at, exited));
    }

    private readonly record struct Visit(int Key, int Position, long Exited);
}
