namespace FhirAspire.Simulation.Lifecycle;

/// <summary>Parameters of the LMS method (Cole and Green 1992): value = M (1 + L S z)^(1/L).</summary>
internal readonly record struct Lms(double L, double M, double S)
{
    public double ValueAt(double z) => Math.Abs(L) < 1e-9 ? M * Math.Exp(S * z) : M * Math.Pow(Math.Max(1 + (L * S * z), 1e-6), 1 / L);

    public double ZOf(double value) => Math.Abs(L) < 1e-9 ? Math.Log(value / M) / S : (Math.Pow(value / M, L) - 1) / (L * S);
}

/// <summary>A growth chart by sex and month of age.</summary>
internal sealed class GrowthChart(Lms[] male, Lms[] female)
{
    public double Value(string gender, int month, double percentile) => At(gender, month).ValueAt(NormalDistribution.Quantile(percentile));

    /// <summary>0 to 1.</summary>
    public double Percentile(string gender, int month, double value) => NormalDistribution.Share(At(gender, month).ZOf(value));

    private Lms At(string gender, int month)
    {
        var chart = gender == "M" ? male : female;
        return chart[Math.Clamp(month, 0, chart.Length - 1)];
    }
}

/// <summary>All that is known about growth.</summary>
internal sealed class GrowthData
{
    public required GrowthChart Height { get; init; }

    public required GrowthChart Weight { get; init; }

    public required GrowthChart Bmi { get; init; }

    public required GrowthChart Head { get; init; }

    /// <summary>Weight for length below 3 years: rows by ascending length, cm.</summary>
    public required (double Length, Lms Lms)[] MaleWeightForLength { get; init; }

    public required (double Length, Lms Lms)[] FemaleWeightForLength { get; init; }

    /// <summary>Correlation of BMI z-scores with those of the year before, and the shift of their mean, by age 3 to 20.</summary>
    public required (double Correlation, double Shift)[] BmiYears { get; init; }

    /// <summary>Two-year-olds to start from: age in months, BMI, and the running sum of their weights.</summary>
    public required (int Months, double Bmi, double CumulativeWeight)[] TwoYearOlds { get; init; }
}
