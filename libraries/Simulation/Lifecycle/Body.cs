using FhirAspire.Simulation.Engine;

namespace FhirAspire.Simulation.Lifecycle;

/// <summary>Growth and weight (modules.md 9.2): monthly below 20, yearly after.</summary>
internal sealed class Body(Life life)
{
    private const int LastYearOfGain = 49;
    private const int FirstYearOfLoss = 60;

    private readonly BmiPath path = new();

    public void BeBorn(long birth)
    {
        var growth = life.World.Growth;
        var vitals = life.Vitals;
        path.Start(growth, life.Gender, birth, life.Random);
        vitals.HeightPercentile = life.Random.NextDouble();
        var height = growth.Height.Value(life.Gender, path.FirstMonths, vitals.HeightPercentile);
        vitals.WeightPercentile = growth.Weight.Percentile(life.Gender, path.FirstMonths, Weight(height, path.FirstBmi));
        life.Set(life.World.Slots.WeightManagement, AttributeValue.Of(false));
        Grow(birth);
    }

    /// <summary>Sets height, weight, BMI and head circumference for a new month or year of life.</summary>
    public void Grow(long time)
    {
        var growth = life.World.Growth;
        var vitals = life.Vitals;
        var months = life.AgeInMonths(time);
        var years = months / 12;
        if (years < 20)
        {
            vitals.Height = growth.Height.Value(life.Gender, months, vitals.HeightPercentile);
            vitals.Weight = years < 3 && path.FirstTime > time
                ? growth.Weight.Value(life.Gender, months, vitals.WeightPercentile)
                : Weight(vitals.Height, path.At(time, (time - life.Person.Birth) / (365.25 * SimTime.Day), life.Random));
        }
        else
        {
            vitals.Weight += AdultChange(years);
        }

        vitals.Bmi = Bmi(vitals.Height, vitals.Weight);
        if (years <= 3 && months <= 36)
        {
            vitals.HeadCircumference = growth.Head.Value(life.Gender, months, vitals.HeightPercentile);
            life.Set(life.World.Slots.WeightLengthPercentile, AttributeValue.OfReal(WeightForLength()));
        }

        if (years is >= 2 and < 20)
        {
            life.Set(life.World.Slots.BmiPercentile, AttributeValue.OfReal(growth.Bmi.Percentile(life.Gender, months, vitals.Bmi) * 100));
        }
    }

    public void SetWeight(double weight)
    {
        life.Vitals.Weight = weight;
        life.Vitals.Bmi = Bmi(life.Vitals.Height, weight);
    }

    private static double Weight(double height, double bmi) => bmi * height * height / 10_000;

    private static double Bmi(double height, double weight) => weight / (height * height) * 10_000;

    /// <summary>Adults gain 1 to 2 kg a year until 49 and lose as much from 60 on, but under weight management and after it.</summary>
    private double AdultChange(int years)
    {
        var slots = life.World.Slots;
        var change = 0.0;
        if (life.Attributes[slots.KilogramsToGain] is { IsNumber: true } gain)
        {
            change += gain.Number;
            life.Set(slots.KilogramsToGain, AttributeValue.None);
        }

        var management = life.Attributes[slots.WeightManagement];
        if (management.Kind != AttributeKind.Boolean || management.IsTrue)
        {
            return change;
        }

        return change + years switch
        {
            <= LastYearOfGain => life.Random.Uniform(1, 2),
            >= FirstYearOfLoss => -life.Random.Uniform(1, 2),
            _ => 0,
        };
    }

    private double WeightForLength()
    {
        var rows = life.Gender == "M" ? life.World.Growth.MaleWeightForLength : life.World.Growth.FemaleWeightForLength;
        foreach (var (length, lms) in rows)
        {
            if (life.Vitals.Height < length)
            {
                return NormalDistribution.Share(lms.ZOf(life.Vitals.Weight)) * 100;
            }
        }

        return 99;
    }
}
