using FhirAspire.Simulation.Engine;

namespace FhirAspire.Simulation.Risk;

/// <summary>
/// Risks of heart and vessels (modules.md 9.6). They change each step and are read seldom, so they are computed when a module reads one.
/// </summary>
internal sealed class HeartRisks(Life life)
{
    private const double StepShare = 7.0 / 3650;
    private const double MonthShare = 30.0 / 3650;
    private readonly bool[] owned = OwnedSlots(life);
    private bool computing;

    public bool IsStale { get; private set; }

    public void Reset() => IsStale = false;

    public void Invalidate() => IsStale = true;

    public bool Owns(int slot) => owned[slot];

    public void Compute()
    {
        if (computing)
        {
            return;
        }

        computing = true;
        IsStale = false;
        var slots = life.World.Slots;
        var age = life.AgeInYears(life.StepTime);
        var isMale = life.Gender == "M";
        var pressure = life.Vitals.Systolic(life.StepTime);
        var vessels = PooledCohort.TenYearRisk(
            age, isMale, life.Race == "black", pressure, life.Vitals.TotalCholesterol, life.Vitals.Hdl,
            life.Attributes[slots.Smoker].IsTrue, life.Attributes[slots.Diabetes].IsTrue, life.Attributes[slots.Hypertension].IsTrue);
        var month = Within(vessels, MonthShare);
        life.Set(slots.CardioRisk, AttributeValue.OfReal(Within(vessels, StepShare)));
        life.Set(slots.InfarctionRisk, AttributeValue.OfReal(month));
        life.Set(slots.IschaemiaRisk, AttributeValue.OfReal(month * 5));
        var isTreated = life.Attributes[slots.PressureControlled].IsTrue;
        life.Set(slots.FibrillationRisk, AttributeValue.OfReal(life.Attributes[slots.Fibrillation].Exists ? 0
            : Within(Framingham.FibrillationTenYearRisk(age, isMale, life.Vitals.Bmi, pressure, isTreated), StepShare)));
        life.Set(slots.StrokeRisk, AttributeValue.OfReal(Within(
            Framingham.StrokeTenYearRisk(
                age, isMale, pressure, isTreated, life.Attributes[slots.Smoker].IsTrue, life.Attributes[slots.VentricularHypertrophy].IsTrue,
                life.Attributes[slots.Diabetes].IsTrue, life.Attributes[slots.CoronaryDisease].IsTrue, life.Attributes[slots.Fibrillation].IsTrue),
            StepShare)));
        computing = false;
    }

    private static bool[] OwnedSlots(Life life)
    {
        var slots = life.World.Slots;
        var result = new bool[life.World.Modules.Attributes.Count];
        foreach (var slot in new[] { slots.InfarctionRisk, slots.IschaemiaRisk, slots.StrokeRisk, slots.FibrillationRisk, slots.CardioRisk })
        {
            result[slot] = true;
        }

        return result;
    }

    /// <summary>The risk within a part of the ten years.</summary>
    private static double Within(double tenYearRisk, double share) => tenYearRisk <= 0 ? 0 : 1 - Math.Pow(1 - Math.Min(tenYearRisk, 1), share);
}
