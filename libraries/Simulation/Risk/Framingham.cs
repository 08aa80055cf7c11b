namespace FhirAspire.Simulation.Risk;

/// <summary>Point scores of the Framingham Heart Study: stroke (D'Agostino et al. 1994) and atrial fibrillation (Schnabel et al. 2009).</summary>
internal static class Framingham
{
    // From 45, in steps of 5 years.
    private static readonly int[] FibrillationMen = [1, 2, 3, 4, 5, 6, 7, 7, 8];
    private static readonly int[] FibrillationWomen = [-3, -2, 0, 1, 3, 4, 6, 7, 8];
    private static readonly double[] FibrillationRisk = [0.01, 0.02, 0.02, 0.03, 0.04, 0.06, 0.08, 0.12, 0.16, 0.22, 0.3];

    // Lower ends of the classes; the number of the class is the number of points.
    private static readonly int[] AgeMen = [54, 57, 60, 63, 66, 69, 73, 76, 79, 82, 85];
    private static readonly int[] AgeWomen = [54, 57, 60, 63, 65, 68, 71, 74, 77, 79, 82];
    private static readonly int[] UntreatedMen = [0, 106, 116, 126, 136, 146, 156, 166, 176, 185, 196];
    private static readonly int[] UntreatedWomen = [0, 95, 107, 119, 131, 144, 156, 168, 181, 193, 205];
    private static readonly int[] TreatedMen = [0, 106, 113, 118, 124, 130, 136, 143, 151, 162, 177];
    private static readonly int[] TreatedWomen = [0, 95, 107, 114, 120, 126, 132, 140, 149, 161, 205];

    private static readonly double[] StrokeMen =
    [
        0, 0.03, 0.03, 0.04, 0.04, 0.05, 0.05, 0.06, 0.07, 0.08, 0.1, 0.11, 0.13, 0.15, 0.17, 0.2, 0.22, 0.26, 0.29, 0.33, 0.37, 0.42, 0.47, 0.52,
        0.57, 0.63, 0.68, 0.74, 0.79, 0.84, 0.88,
    ];

    private static readonly double[] StrokeWomen =
    [
        0, 0.01, 0.01, 0.02, 0.02, 0.02, 0.03, 0.04, 0.04, 0.05, 0.06, 0.08, 0.09, 0.11, 0.13, 0.16, 0.19, 0.23, 0.27, 0.32, 0.37, 0.43, 0.5, 0.57,
        0.64, 0.71, 0.78, 0.84,
    ];

    /// <summary>0 to 1; 0 below 45.</summary>
    public static double FibrillationTenYearRisk(int age, bool isMale, double bmi, double systolic, bool isTreated)
    {
        if (age < 45)
        {
            return 0;
        }

        var points = (isMale ? FibrillationMen : FibrillationWomen)[Math.Min((age - 45) / 5, 8)]
            + (bmi >= 30 ? 1 : 0) + (systolic >= 160 ? 1 : 0) + (isTreated ? 1 : 0);
        return FibrillationRisk[Math.Clamp(points, 0, 10)];
    }

    /// <summary>0 to 1; below 55 the prevalence of the age group stands in (American Heart Association, Statistical Fact Sheet 2013); 0 below 20.</summary>
    public static double StrokeTenYearRisk(
        int age, bool isMale, double systolic, bool isTreated, bool smokes, bool hasHypertrophy, bool hasDiabetes, bool hasCoronaryDisease, bool hasFibrillation)
    {
        switch (age)
        {
            case < 20:
                return 0;
            case < 40:
                return isMale ? 0.002 : 0.007;
            case < 55:
                return isMale ? 0.019 : 0.022;
        }

        var points = Class(age, isMale ? AgeMen : AgeWomen)
            + Class((int)systolic, isTreated ? isMale ? TreatedMen : TreatedWomen : isMale ? UntreatedMen : UntreatedWomen)
            + (smokes ? 3 : 0)
            + (hasHypertrophy ? 5 : 0)
            + (hasDiabetes ? isMale ? 2 : 3 : 0)
            + (hasCoronaryDisease ? isMale ? 4 : 2 : 0)
            + (hasFibrillation ? isMale ? 4 : 6 : 0);
        var risks = isMale ? StrokeMen : StrokeWomen;
        return risks[Math.Min(points, risks.Length - 1)];
    }

    private static int Class(int value, int[] lowerEnds)
    {
        var index = 0;
        while (index + 1 < lowerEnds.Length && value > lowerEnds[index + 1])
        {
            index++;
        }

        return index;
    }
}
