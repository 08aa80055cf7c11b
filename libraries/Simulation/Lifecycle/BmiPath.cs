using FhirAspire.Simulation.Random;

namespace FhirAspire.Simulation.Lifecycle;

/// <summary>
/// A child's BMI from 2 to 20: starts at a sampled two-year-old, then a point a year whose extended z-score correlates with the one before,
/// linear in between (modules.md 9.2). Above the 95th percentile the charts' values are replaced by a half normal distribution whose spread
/// grows with age (Wei et al., "The distribution of BMI above the 95th percentile", CDC 2020).
/// </summary>
internal sealed class BmiPath
{
    private const long Year = 365 * SimTime.Day;
    private const int LastMonths = 228;

    private GrowthData data = null!;
    private string gender = "F";
    private long previousTime;
    private double previousBmi;
    private long lastTime;
    private double lastBmi;
    private int lastMonths;

    public long FirstTime { get; private set; }

    public int FirstMonths { get; private set; }

    public double FirstBmi { get; private set; }

    public void Start(GrowthData growth, string sex, long birth, SimRandom random)
    {
        data = growth;
        gender = sex;
        var draw = random.NextDouble() * growth.TwoYearOlds[^1].CumulativeWeight;
        var low = 0;
        var high = growth.TwoYearOlds.Length - 1;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (growth.TwoYearOlds[middle].CumulativeWeight > draw)
            {
                high = middle;
            }
            else
            {
                low = middle + 1;
            }
        }

        (FirstMonths, FirstBmi, _) = growth.TwoYearOlds[low];
        FirstTime = birth + (FirstMonths * 30L * SimTime.Day);
        (previousTime, previousBmi) = (FirstTime, FirstBmi);
        (lastTime, lastBmi, lastMonths) = (FirstTime, FirstBmi, FirstMonths);
    }

    public double At(long time, double ageInYears, SimRandom random)
    {
        while (lastTime <= time)
        {
            if (lastMonths > LastMonths)
            {
                return lastBmi;
            }

            AddYear(ageInYears, random);
        }

        return previousBmi + ((lastBmi - previousBmi) * (time - previousTime) / (lastTime - previousTime));
    }

    private void AddYear(double age, SimRandom random)
    {
        var (correlation, shift) = data.BmiYears[Math.Clamp((int)Math.Floor(age + 1), 3, 20)];
        var z = ExtendedZ(lastBmi, lastMonths, Spread(age));
        var next = (correlation * z) + shift + (random.NextNormal() * Math.Sqrt(1 - (correlation * correlation)));
        var bmi = BmiOf(NormalDistribution.Share(next), lastMonths + 12, Spread(age + 1));
        (previousTime, previousBmi) = (lastTime, lastBmi);
        (lastTime, lastBmi, lastMonths) = (lastTime + Year, bmi, lastMonths + 12);
    }

    private double Spread(double age) => gender == "M"
        ? 0.3728 + (0.5196 * age) - (0.0091 * age * age)
        : 0.8334 + (0.3712 * age) - (0.0011 * age * age);

    private double ExtendedZ(double bmi, int months, double spread)
    {
        var percentile = data.Bmi.Percentile(gender, months, bmi);
        if (percentile < 0.95)
        {
            return NormalDistribution.Quantile(percentile);
        }

        var limit = data.Bmi.Value(gender, months, 0.95);
        return NormalDistribution.Quantile(0.90 + (0.10 * NormalDistribution.Share((bmi - limit) / spread)));
    }

    private double BmiOf(double percentile, int months, double spread)
    {
        if (percentile < 0.95)
        {
            return data.Bmi.Value(gender, months, percentile);
        }

        return data.Bmi.Value(gender, months, 0.95) + (NormalDistribution.Quantile(Math.Min((percentile - 0.9) * 10, 0.99999)) * spread);
    }
}
