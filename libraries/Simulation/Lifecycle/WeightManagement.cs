using FhirAspire.Simulation.Engine;

namespace FhirAspire.Simulation.Lifecycle;

/// <summary>
/// Attempts to lose weight (modules.md 9.2): begun with 49.3 % a week at a BMI of 30, or of the 95th percentile below 20; 60.5 % adhere and lose
/// 7 to 10 % over a year; one in five keeps it, the others regain it over four years (MMWR 67:41, 2018; Am J Clin Nutr 82:222S, 2005).
/// </summary>
internal sealed class WeightManagement(Life life)
{
    private const long Year = 365 * SimTime.Day;
    private long start;
    private double startWeight;
    private double lossShare;
    private bool keeps;

    public void Reset() => start = SimTime.None;

    public void Step(long time)
    {
        var slots = life.World.Slots;
        if (!life.Attributes[slots.WeightManagement].IsTrue)
        {
            if (WillStart(time))
            {
                Begin(time);
            }

            return;
        }

        if (start == SimTime.None)
        {
            // A module has switched it on.
            Begin(time);
        }

        var adheres = life.Attributes[slots.WeightLossAdherence].IsTrue;
        if (start >= time - Year)
        {
            if (adheres)
            {
                Lose(time);
            }
        }
        else if (start >= time - (5 * Year))
        {
            if (adheres && !keeps)
            {
                Regain(time);
            }
        }
        else if (!keeps)
        {
            start = SimTime.None;
            life.Set(slots.WeightManagement, AttributeValue.Of(false));
            life.Set(slots.WeightLossAdherence, AttributeValue.None);
        }
    }

    private bool WillStart(long time)
    {
        var slots = life.World.Slots;
        if (life.Attributes[slots.TriggerWeightLoss].IsTrue)
        {
            life.Set(slots.TriggerWeightLoss, AttributeValue.None);
            return true;
        }

        var months = life.AgeInMonths(time);
        if (months < 60)
        {
            return false;
        }

        var limit = months >= 216 ? 30 : life.World.Growth.Bmi.Value(life.Gender, months, 0.95);
        return life.Vitals.Bmi >= limit && life.Random.NextDouble() <= 0.493;
    }

    private void Begin(long time)
    {
        start = time;
        startWeight = life.Vitals.Weight;
        var adheres = life.Random.NextDouble() <= 0.605;
        lossShare = adheres ? life.Random.Uniform(0.07, 0.1) : 0;
        keeps = adheres && life.Random.NextDouble() <= 0.2;
        life.Set(life.World.Slots.WeightManagement, AttributeValue.Of(true));
        life.Set(life.World.Slots.WeightLossAdherence, AttributeValue.Of(adheres));
    }

    private void Lose(long time)
    {
        var weight = startWeight - (startWeight * lossShare * (time - start) / Year);
        var months = life.AgeInMonths(time);
        if (months < 240)
        {
            weight = Math.Max(weight, life.World.Growth.Weight.Value(life.Gender, months, 0.6));
        }

        life.Body.SetWeight(weight);
    }

    private void Regain(long time)
    {
        var rest = 1 - ((time - start - Year) / (4.0 * Year));
        var months = life.AgeInMonths(time);
        var goal = startWeight;
        if (months < 240)
        {
            goal = life.World.Growth.Weight.Value(life.Gender, months, life.Vitals.WeightPercentile);
        }
        else if (life.AgeInYears(start) < 20)
        {
            goal = life.World.Growth.Weight.Value(life.Gender, 240, life.Vitals.WeightPercentile);
        }

        life.Body.SetWeight(goal - (goal * lossShare * rest));
    }
}
