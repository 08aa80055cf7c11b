using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Modules.States;

namespace FhirAspire.Simulation.Modules.Transitions;

/// <summary>By chance, with probabilities from the first row of a table that fits the person.</summary>
internal sealed class LookupTableTransition(LookupTable table, State[] targets, int[] columns, double[] defaults) : Transition
{
    public override State Next(Life life, Frame frame, long time)
    {
        var row = table.Find(life, frame, time);
        var draw = life.Random.NextDouble();
        var sum = 0.0;
        for (var i = 0; i < targets.Length; i++)
        {
            sum += row is null ? defaults[i] : row.Probabilities[columns[i]];
            if (draw < sum)
            {
                return targets[i];
            }
        }

        return targets[^1];
    }
}
