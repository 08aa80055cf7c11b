using FhirAspire.Dashboard.Formatting;
using FhirAspire.Dashboard.Marts;

namespace FhirAspire.Dashboard.Analytics;

/// <summary>
/// The log-rank test of two survival curves (Mantel 1966): at each day with a death, the deaths of A are compared with those that A's share of all who are at risk
/// would have; the sum of the differences, squared, over its hypergeometric variance is chi-square with one degree of freedom where both fare alike.
/// </summary>
internal static class LogRank
{
    private const int FewestPatients = 10;

    /// <summary>The statistic and its p-value; null where there is no death, or one cohort has nobody at risk.</summary>
    public static (double ChiSquare, double P)? Test(ReaderResult rows)
    {
        var a = Read(rows, "A");
        var b = Read(rows, "B");
        double difference = 0, variance = 0;
        foreach (var day in a.Concat(b).Where(step => step.Events > 0).Select(step => step.Day).Distinct())
        {
            var (n1, d1) = At(a, day);
            var (n2, d2) = At(b, day);
            var (n, d) = (n1 + n2, d1 + d2);
            difference += d1 - (d * n1 / n);
            variance += n > 1 ? d * (n1 / n) * (n2 / n) * (n - d) / (n - 1) : 0;
        }

        return variance <= 0 ? null : (difference * difference / variance, Probability(difference * difference / variance));
    }

    /// <summary>What the test says, in a sentence.</summary>
    public static string Say(ReaderResult rows)
    {
        var overlap = rows.Rows.Count == 0 ? 0 : rows.Count(0, "overlap");
        if (overlap > 0)
        {
            return $"{Format.Plural(overlap, "patient is", "patients are")} in both cohorts, so no test is made; exclude B's condition from A, or A's from B.";
        }

        // As with rates: of a few patients nothing is claimed.
        if (rows.Rows.Count > 0 && (ChartCatalog.AtRisk(rows, "A") < FewestPatients || ChartCatalog.AtRisk(rows, "B") < FewestPatients))
        {
            return $"No log-rank test: a cohort has fewer than {FewestPatients} patients.";
        }

        return Test(rows) is not { } test ? "No log-rank test: there are no deaths to compare."
            : $"Log-rank test: chi-square {Format.Number(test.ChiSquare, 2)}, p {(test.P < 0.001 ? "below 0.001" : $"= {Format.Number(test.P, 3)}")}. {(test.P < 0.05 ? "Chance alone would rarely part the curves so far." : "Chance alone may part the curves so far.")}";
    }

    /// <summary>How likely chance alone makes chi-square, of one degree of freedom, as great as this.</summary>
    internal static double Probability(double chiSquare) => Math.Min(1, Erfc(Math.Sqrt(chiSquare / 2)));

    private static List<(double Day, double AtRisk, double Events)> Read(ReaderResult rows, string series) =>
        [.. Enumerable.Range(0, rows.Rows.Count).Where(i => rows.Text(i, "series") == series).Select(i => (rows.Number(i, "days") ?? 0, rows.Number(i, "n") ?? 0, rows.Number(i, "events") ?? 0)).OrderBy(step => step.Item1)];

    private static (double AtRisk, double Events) At(List<(double Day, double AtRisk, double Events)> steps, double day)
    {
        var next = steps.FindIndex(step => step.Day >= day);
        return next < 0 ? (0, 0) : (steps[next].AtRisk, steps[next].Day == day ? steps[next].Events : 0);
    }

    // Complementary error function of a value that is not negative: a Chebyshev fit with an error below 1.2e-7 of the value.
    private static double Erfc(double x)
    {
        var t = 1 / (1 + (0.5 * x));
        double[] factors = [0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368];
        return t * Math.Exp((-x * x) - 1.26551223 + (t * factors.Aggregate(0.0, (sum, factor) => (sum * t) + factor)));
    }
}
