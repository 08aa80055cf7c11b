using FhirAspire.Simulation.Engine;
using FhirAspire.Simulation.Record;

namespace FhirAspire.Simulation.Immunizations;

/// <summary>
/// COVID-19 vaccination (modules.md 9.4): from 2020-12-11 for those of 16 and more, from May 2021 for those of 12; on visits of its own.
/// Who decides against it may still come later, with a chance that halves every two weeks.
/// </summary>
internal sealed class CovidVaccination(Life life)
{
    private static readonly long FirstDay = SimTime.Of(2020, 12, 11, 12);
    private static readonly long SecondBrand = SimTime.Of(2020, 12, 18, 12);
    private static readonly long ThirdBrand = SimTime.Of(2021, 2, 27, 12);
    private static readonly long ForTwelve = SimTime.Of(2021, 5, 10, 12);
    private static readonly long LateStart = SimTime.Of(2021, 9, 14, 12);

    private Status status;
    private long due;
    private int brand;
    private double lateChance;
    private long lateChecked;

    private enum Status
    {
        NotEligible,
        Waiting,
        PerhapsLater,
        Never,
        OnceVaccinated,
        Done,
    }

    public void Reset()
    {
        status = Status.NotEligible;
        lateChance = 0;
    }

    public void Step(long time)
    {
        if (time < FirstDay || status is Status.Never or Status.Done)
        {
            return;
        }

        switch (status)
        {
            case Status.NotEligible:
                Decide(time);
                break;
            case Status.Waiting when due <= time && life.Present.Find(life.Known.CovidKey) is null:
                Vaccinate(time, 1);
                var days = life.World.Covid.Brands[brand].DaysToSecond;
                due = time + (days * SimTime.Day);
                status = days > 0 ? Status.OnceVaccinated : Finish();
                break;
            case Status.OnceVaccinated when due <= time:
                Vaccinate(time, 2);
                status = Finish();
                break;
            case Status.PerhapsLater when time >= LateStart:
                ConsiderAgain(time);
                break;
        }
    }

    private void Decide(long time)
    {
        var age = life.AgeInYears(time);
        if (age < 12 || (age < 16 && time < ForTwelve))
        {
            return;
        }

        var groups = life.World.Covid.Groups;
        var group = groups[0];
        foreach (var candidate in groups)
        {
            if (age >= candidate.MinAge && age <= candidate.MaxAge)
            {
                group = candidate;
            }
        }

        if (life.Random.NextDouble() > group.Share)
        {
            status = Status.PerhapsLater;
            return;
        }

        status = Status.Waiting;
        var draw = life.Random.NextDouble() * group.CumulativeDoses[^1];
        var day = Array.BinarySearch(group.CumulativeDoses, draw);
        day = Math.Clamp(day < 0 ? ~day : day, 0, group.Days.Length - 1);
        due = Math.Max(group.Days[day], time);
        brand = ChooseBrand(due);
    }

    private int ChooseBrand(long day)
    {
        if (day < SecondBrand)
        {
            return 0;
        }

        var draw = life.Random.NextDouble();
        if (day <= ThirdBrand)
        {
            return draw < 0.5 ? 0 : 1;
        }

        var brands = life.World.Covid.Brands;
        for (var i = 0; i < brands.Count; i++)
        {
            draw -= brands[i].Share;
            if (draw < 0)
            {
                return i;
            }
        }

        return 0;
    }

    private void ConsiderAgain(long time)
    {
        if (lateChance <= 0)
        {
            var age = life.AgeInYears(time);
            lateChance = age <= 15 ? 0.4 : age <= 40 ? 0.2 : 0.1;
            lateChecked = time;
        }

        if (time <= lateChecked + (14 * SimTime.Day))
        {
            return;
        }

        if (life.Random.NextDouble() <= lateChance)
        {
            due = time + SimTime.Step;
            brand = ChooseBrand(due);
            status = Status.Waiting;
            return;
        }

        lateChance /= 2;
        lateChecked = time;
        if (lateChance < 0.001)
        {
            status = Status.Never;
        }
    }

    private Status Finish()
    {
        life.Set(life.World.Slots.FullyVaccinatedCovid, AttributeValue.Of(true));
        return Status.Done;
    }

    private void Vaccinate(long time, int series)
    {
        var encounter = life.NewEncounter(EncounterClass.Outpatient, time, isCardiology: false);
        encounter.SetCodes([life.Known.VaccinationVisit]);
        life.PriceEncounter(encounter);
        life.Writer.AddImmunization(life.World.Covid.Brands[brand].Code, series, time);
        life.End(encounter, time + (15 * SimTime.Minute));
    }
}
