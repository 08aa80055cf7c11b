using FhirAspire.Simulation.Modules;

namespace FhirAspire.Simulation.Record;

/// <summary>How often a medication has been dispensed (modules.md 7.5).</summary>
public static class Dispenses
{
    /// <summary>The refills if the prescription gives them; else how often its length, by default 30 days, fits in; at least 1.</summary>
    /// <param name="medication">The order; an open one runs to the end of the simulation.</param>
    /// <param name="asOf">End of the simulation.</param>
    public static int Of(Medication medication, long asOf)
    {
        ArgumentNullException.ThrowIfNull(medication);
        if (medication.Prescription?.Refills is { } refills)
        {
            return Math.Max(refills, 1);
        }

        var length = (medication.IsOpen ? asOf : medication.Stop) - medication.Start;
        var supply = 30 * SimTime.Day;
        if (medication.Prescription is { DurationQuantity: { } quantity } prescription && TimeUnits.TryParse(prescription.DurationUnit, out var unit))
        {
            supply = Math.Max(TimeUnits.WholeToMilliseconds(unit, (long)quantity), 1);
        }

        return (int)Math.Clamp(length / supply, 1, int.MaxValue);
    }
}
