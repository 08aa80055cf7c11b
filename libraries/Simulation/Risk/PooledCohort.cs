namespace FhirAspire.Simulation.Risk;

/// <summary>
/// The Pooled Cohort Equations for the 10-year risk of a first hard atherosclerotic event, ages 40 to 79: Goff et al., 2013 ACC/AHA Guideline on
/// the Assessment of Cardiovascular Risk, appendix 7, table A (doi 10.1161/01.cir.0000437741.48606.98).
/// </summary>
internal static class PooledCohort
{
    private sealed record Coefficients(
        double Age, double AgeSquared, double Cholesterol, double AgeCholesterol, double Hdl, double AgeHdl,
        double Treated, double AgeTreated, double Untreated, double AgeUntreated, double Smoker, double AgeSmoker, double Diabetes, double Mean, double Survival);

    private static readonly Coefficients WhiteWomen = new(-29.799, 4.884, 13.540, -3.114, -13.578, 3.149, 2.019, 0, 1.957, 0, 7.574, -1.665, 0.661, -29.18, 0.9665);
    private static readonly Coefficients BlackWomen = new(17.114, 0, 0.940, 0, -18.920, 4.475, 29.291, -6.432, 27.820, -6.087, 0.691, 0, 0.874, 86.61, 0.9533);
    private static readonly Coefficients WhiteMen = new(12.344, 0, 11.853, -2.664, -7.990, 1.769, 1.797, 0, 1.764, 0, 7.837, -1.795, 0.658, 61.18, 0.9144);
    private static readonly Coefficients BlackMen = new(2.469, 0, 0.302, 0, -0.307, 0, 1.916, 0, 1.809, 0, 0.549, 0, 0.645, 19.54, 0.8954);

    /// <summary>0 to 1; 0 outside of the ages for which the equations hold.</summary>
    public static double TenYearRisk(
        int age, bool isMale, bool isBlack, double systolic, double cholesterol, double hdl, bool smokes, bool hasDiabetes, bool isTreated)
    {
        if (age is < 40 or > 79)
        {
            return 0;
        }

        var c = isMale ? isBlack ? BlackMen : WhiteMen : isBlack ? BlackWomen : WhiteWomen;
        var lnAge = Math.Log(age);
        var lnCholesterol = Math.Log(Math.Max(cholesterol, 1));
        var lnHdl = Math.Log(Math.Max(hdl, 1));
        var lnPressure = Math.Log(Math.Max(systolic, 1));
        var sum = (c.Age * lnAge) + (c.AgeSquared * lnAge * lnAge)
            + (c.Cholesterol * lnCholesterol) + (c.AgeCholesterol * lnAge * lnCholesterol)
            + (c.Hdl * lnHdl) + (c.AgeHdl * lnAge * lnHdl)
            + (isTreated ? (c.Treated + (c.AgeTreated * lnAge)) * lnPressure : (c.Untreated + (c.AgeUntreated * lnAge)) * lnPressure)
            + (smokes ? c.Smoker + (c.AgeSmoker * lnAge) : 0)
            + (hasDiabetes ? c.Diabetes : 0);
        return 1 - Math.Pow(c.Survival, Math.Exp(sum - c.Mean));
    }
}
