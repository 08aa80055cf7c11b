using FhirAspire.Simulation.Engine;

namespace FhirAspire.Simulation.Lifecycle;

/// <summary>
/// Blood pressure: a baseline drawn once for each state of hypertension, minus the effects of drugs and of an exercise plan, plus a variation
/// over the day (modules.md 9.2). One value for an instant.
/// </summary>
internal sealed class BloodPressure(Life life)
{
    private readonly double[] baselines = new double[4];
    private readonly Dictionary<int, (double Systolic, double Diastolic)> drugEffects = [];
    private bool? adheres;
    private long systolicTime = SimTime.None;
    private long diastolicTime = SimTime.None;
    private double systolic;
    private double diastolic;

    public void Reset()
    {
        Array.Fill(baselines, double.NaN);
        drugEffects.Clear();
        adheres = null;
        systolicTime = SimTime.None;
        diastolicTime = SimTime.None;
    }

    public double Systolic(long time)
    {
        if (systolicTime != time)
        {
            systolic = Value(time, isSystolic: true);
            systolicTime = time;
        }

        return systolic;
    }

    public double Diastolic(long time)
    {
        if (diastolicTime != time)
        {
            diastolic = Value(time, isSystolic: false);
            diastolicTime = time;
        }

        return diastolic;
    }

    private double Value(long time, bool isSystolic)
    {
        var baseline = Baseline(isSystolic);
        var variation = Math.Abs(life.Random.NextNormal()) * (isSystolic ? 8 : 5);
        var halfDay = time / (12 * SimTime.Hour);
        return baseline + DrugEffect(isSystolic) + PlanEffect(baseline, time, isSystolic) + (halfDay % 2 == 0 ? variation : -variation);
    }

    private double Baseline(bool isSystolic)
    {
        var slots = life.World.Slots;
        var isHypertensive = life.Attributes[slots.Hypertension].IsTrue;
        var index = (isHypertensive ? 2 : 0) + (isSystolic ? 1 : 0);
        if (double.IsNaN(baselines[index]))
        {
            var random = life.Random;
            var value = isSystolic
                ? isHypertensive
                    ? life.Attributes[slots.HypertensionSevere].IsTrue ? random.Uniform(160, 200) : random.Uniform(140, 160)
                    : random.Uniform(100, 139)
                : isHypertensive ? random.Uniform(90, 120) : random.Uniform(70, 89);
            baselines[index] = value + (life.Gender == "M" ? 1 : -1);
        }

        return baselines[index];
    }

    private double DrugEffect(bool isSystolic)
    {
        var sum = 0.0;
        foreach (var drug in life.World.PressureDrugs)
        {
            if (life.Present.Find(drug.CodeKey) is not { IsOpen: true })
            {
                continue;
            }

            if (!drugEffects.TryGetValue(drug.CodeKey, out var effect))
            {
                effect = (life.Random.Uniform(drug.SystolicMax, drug.SystolicMin), life.Random.Uniform(drug.DiastolicMax, drug.DiastolicMin));
                drugEffects.Add(drug.CodeKey, effect);
            }

            sum += isSystolic ? effect.Systolic : effect.Diastolic;
        }

        return sum;
    }

    /// <summary>Diet and exercise lower the pressure over a year by up to 14/8 mmHg, not below 124/78, in the 15 % who keep to the plan.</summary>
    private double PlanEffect(double baseline, long time, bool isSystolic)
    {
        if (life.Present.Find(life.Known.HypertensionPlanKey) is not { IsOpen: true } plan)
        {
            return 0;
        }

        adheres ??= life.Random.NextDouble() < 0.15;
        if (adheres != true)
        {
            return 0;
        }

        var drop = isSystolic ? Math.Min(Math.Abs(baseline - 124), 14) : Math.Min(Math.Abs(baseline - 78), 8);
        return -drop * Math.Clamp((time - plan.Start) / (365.0 * SimTime.Day), 0, 1);
    }
}

/// <summary>How far a drug lowers the pressure, mmHg (negative).</summary>
internal readonly record struct PressureDrug(int CodeKey, double SystolicMin, double SystolicMax, double DiastolicMin, double DiastolicMax);
