using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Modules.Conditions;
using FhirAspire.Simulation.Modules.States;

namespace FhirAspire.Simulation.Modules.Transitions;

/// <summary>Chooses the next state.</summary>
internal abstract class Transition
{
    public abstract State Next(Life life, Frame frame, long time);
}

/// <summary>Always the same state.</summary>
internal sealed class DirectTransition(State target) : Transition
{
    public override State Next(Life life, Frame frame, long time) => target;
}

/// <summary>A way with its condition; no condition is true.</summary>
internal readonly record struct ConditionalWay(Condition? Condition, State Target);

/// <summary>The first way whose condition is true; the last one when none is.</summary>
internal sealed class ConditionalTransition(ConditionalWay[] ways) : Transition
{
    public override State Next(Life life, Frame frame, long time)
    {
        foreach (var way in ways)
        {
            if (way.Condition is null || way.Condition.Test(life, frame, time))
            {
                return way.Target;
            }
        }

        return ways[^1].Target;
    }
}

/// <summary>A way with its probability: a number, or that of an attribute if it is there.</summary>
internal readonly record struct WeightedWay(double Weight, int Attribute, State Target)
{
    public double WeightFor(Life life, Frame frame)
    {
        if (Attribute < 0)
        {
            return Weight;
        }

        var value = life.ReadAttribute(Attribute);
        return value.Kind switch
        {
            AttributeKind.None => Weight,
            AttributeKind.Integer or AttributeKind.Real => value.Number,
            _ => throw life.Fault(frame, $"the attribute '{life.Modules.Attributes.Name(Attribute)}' of a distribution holds {value.Describe()}; expected a number"),
        };
    }
}

/// <summary>By chance: a running sum against one draw; what is left over goes to the last way.</summary>
internal sealed class DistributedTransition(WeightedWay[] ways) : Transition
{
    public override State Next(Life life, Frame frame, long time) => Choose(ways, life, frame);

    public static State Choose(WeightedWay[] ways, Life life, Frame frame)
    {
        var draw = life.Random.NextDouble();
        var sum = 0.0;
        foreach (var way in ways)
        {
            sum += way.WeightFor(life, frame);
            if (draw < sum)
            {
                return way.Target;
            }
        }

        return ways[^1].Target;
    }
}

/// <summary>A condition with either one target or a distribution.</summary>
internal readonly record struct ComplexWay(Condition? Condition, State? Target, WeightedWay[]? Ways);

/// <summary>The first way whose condition is true, else the last one; then by chance where it has a distribution.</summary>
internal sealed class ComplexTransition(ComplexWay[] ways) : Transition
{
    public override State Next(Life life, Frame frame, long time)
    {
        var chosen = ways[^1];
        foreach (var way in ways)
        {
            if (way.Condition is null || way.Condition.Test(life, frame, time))
            {
                chosen = way;
                break;
            }
        }

        return chosen.Target ?? DistributedTransition.Choose(chosen.Ways!, life, frame);
    }
}

/// <summary>By the kind of care: more people go to the emergency department who have public or no insurance, and less since telehealth.</summary>
internal sealed class TypeOfCareTransition(State ambulatory, State emergency, State telemedicine) : Transition
{
    private static readonly long TelemedicineStart = SimTime.Of(2020);

    public override State Next(Life life, Frame frame, long time)
    {
        var draw = life.Random.NextDouble();
        if (time >= TelemedicineStart)
        {
            return draw < 0.56 ? ambulatory : draw < 0.76 ? emergency : telemedicine;
        }

        return draw < (life.Coverage.HasHighEmergencyUse ? 0.65 : 0.75) ? ambulatory : emergency;
    }
}
