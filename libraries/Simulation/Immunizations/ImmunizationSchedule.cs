using FhirAspire.Simulation.Engine;

namespace FhirAspire.Simulation.Immunizations;

/// <summary>
/// Vaccinations by schedule at each encounter of the scheduler (modules.md 9.4): a dose is due if its month has come, fewer than all doses were
/// given, and it is less than 48 months overdue; one dose per vaccine and visit.
/// </summary>
internal sealed class ImmunizationSchedule(Life life)
{
    private const int MaximumDelay = 48;
    private readonly int[] given = new int[life.World.Vaccines.Count];

    public void Reset() => Array.Clear(given);

    public void Give(long time)
    {
        var months = life.AgeInMonths(time);
        var year = life.YearOf(time);
        for (var i = 0; i < given.Length; i++)
        {
            var vaccine = life.World.Vaccines[i];
            if (given[i] >= vaccine.Months.Length || year < vaccine.FirstYear)
            {
                continue;
            }

            // Doses whose time has passed for good are left out.
            while (given[i] < vaccine.Months.Length && months >= vaccine.Months[given[i]] + MaximumDelay)
            {
                given[i]++;
            }

            if (given[i] < vaccine.Months.Length && months >= vaccine.Months[given[i]])
            {
                given[i]++;
                life.Writer.AddImmunization(vaccine.Code, given[i], time);
            }
        }
    }
}
