using FhirAspire.Simulation.Immunizations;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Engine;

/// <summary>Opens wellness visits when they are due, and visits because of symptoms (modules.md 9.3).</summary>
internal sealed class EncounterScheduler(Life life)
{
    private const int EmergencyThreshold = 500;
    private const int UrgentCareThreshold = 350;
    private const int CheckUpThreshold = 300;

    private readonly ImmunizationSchedule immunizations = new(life);
    private long lastWellness;
    private int lastTotal;

    public void Reset()
    {
        lastWellness = SimTime.None;
        lastTotal = 0;
        immunizations.Reset();
    }

    public void OpenIfDue(long time)
    {
        if (life.IsLocked)
        {
            return;
        }

        if (lastWellness == SimTime.None || time - lastWellness >= Interval(time))
        {
            lastWellness = time;
            Open(EncounterClass.Wellness, life.AgeInYears(time) < 18 ? life.Known.WellChildVisit : life.Known.GeneralExamination, time);
            return;
        }

        var total = life.Symptoms.Total;
        if (total <= CheckUpThreshold || total == lastTotal)
        {
            return;
        }

        lastTotal = total;
        life.Symptoms.AddressLargest();
        if (total > EmergencyThreshold)
        {
            Open(EncounterClass.Emergency, life.Known.EmergencyVisit, time);
        }
        else if (total > UrgentCareThreshold)
        {
            Open(EncounterClass.UrgentCare, life.Known.UrgentCareVisit, time);
        }
        else
        {
            Open(EncounterClass.Outpatient, life.Known.CheckUp, time);
        }
    }

    private void Open(EncounterClass kind, Code code, long time)
    {
        life.OpenScheduled(kind, code, time);
        immunizations.Give(time);
    }

    private long Interval(long time)
    {
        const long Year = 365 * SimTime.Day;
        const long Month = 30 * SimTime.Day;
        var months = life.AgeInMonths(time);
        var interval = months switch
        {
            <= 1 => Month,
            <= 5 => 2 * Month,
            <= 17 => 3 * Month,
            < 48 => 6 * Month,
            < 20 * 12 => Year,
            < 40 * 12 => 3 * Year,
            < 50 * 12 => 2 * Year,
            _ => Year,
        };
        return life.Writer.ChronicOrders.Count > 0 ? Math.Min(interval, Year) : interval;
    }
}
