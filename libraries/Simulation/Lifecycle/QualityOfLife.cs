using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Lifecycle;

/// <summary>
/// Quality of life, once a year (modules.md 9.5): disability weights of the conditions that were there when the year of life began, weighted by age
/// (0.1658 x age x e^(-0.04 age), Murray 1994), at most 1 a year. What comes and goes within a year doesn't count: so the distribution is that of real data.
/// </summary>
internal sealed class QualityOfLife(Life life)
{
    private int lastYear;
    private double lostYears;

    public void Reset()
    {
        lastYear = int.MinValue;
        lostYears = 0;
    }

    public void Step(long time)
    {
        var year = life.YearOf(time);
        if (year == lastYear)
        {
            return;
        }

        lastYear = year;
        Compute(time);
    }

    private void Compute(long time)
    {
        var weighted = life.Writer.DisablingConditions;
        var age = life.AgeInYears(time);
        var from = life.Person.Birth + ((long)(365.25 * age) * SimTime.Day);
        var sum = 0.0;
        foreach (var condition in weighted)
        {
            if (condition.Start <= from && (condition.IsOpen || condition.Stop > from))
            {
                sum += life.World.DisabilityWeight(condition.Code);
            }
        }

        weighted.RemoveAll(c => !c.IsOpen && c.Stop <= from);
        var lost = Math.Min(1, sum * 0.1658 * (age + 1) * Math.Exp(-0.04 * (age + 1)));
        lostYears += lost;
        var person = life.Person;
        person.Daly = lostYears;
        person.Qaly = Math.Max(0, age - lostYears);
        person.Qols = 1 - lost;
        Write(time);
    }

    private void Write(long time)
    {
        // The date is the birthday of the year.
        SimTime.Civil(SimTime.DayNumber(life.Person.Birth), out _, out var month, out var day);
        var birthday = SimTime.Of(life.YearOf(time), month, Math.Min(day, month == 2 ? 28 : day))
            + (life.Person.Birth - (SimTime.DayNumber(life.Person.Birth) * SimTime.Day));
        Add(life.Known.Qaly, life.Person.Qaly, "a", birthday);
        Add(life.Known.Daly, life.Person.Daly, "a", birthday);
        Add(life.Known.Qols, life.Person.Qols, "{score}", birthday);
    }

    private void Add(Code code, double value, string unit, long time)
    {
        var observation = life.Writer.File(new Observation { Start = time, Stop = time, Unit = unit }, null);
        observation.SetCodes([code]);
        observation.Set(value);
        life.Record.QualityList.Add(observation);
    }
}
