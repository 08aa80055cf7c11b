using FhirAspire.Dashboard.Analytics;
using FhirAspire.Dashboard.Marts;

namespace FhirAspire.Dashboard.Tests;

public sealed class LogRankTests
{
    private static readonly int[] Treated = [6, 6, 6, 7, 10, 13, 16, 22, 23];
    private static readonly int[] TreatedCensored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
    private static readonly int[] Placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23];

    [Fact]
    public void The_classic_leukaemia_trial_gives_its_published_statistic()
    {
        // Freireich et al. 1963, weeks of remission under 6-MP and placebo; R's survdiff gives chi-square 16.79 on 1 degree of freedom, p = 4e-05.
        var rows = Rows(0, ("A", Treated, TreatedCensored), ("B", Placebo, []));
        var test = LogRank.Test(rows).ShouldNotBeNull();
        test.ChiSquare.ShouldBe(16.79, 0.01);
        test.P.ShouldBe(4.17e-5, 1e-6);
        LogRank.Say(rows).ShouldContain("p below 0.001");
    }

    [Fact]
    public void Equal_cohorts_do_not_differ_and_common_patients_forbid_the_test()
    {
        var test = LogRank.Test(Rows(0, ("A", Placebo, []), ("B", Placebo, []))).ShouldNotBeNull();
        (test.ChiSquare, Math.Round(test.P, 6)).ShouldBe((0, 1));
        LogRank.Say(Rows(3, ("A", Placebo, []), ("B", Treated, []))).ShouldContain("3 patients are in both cohorts, so no test is made");
    }

    [Fact]
    public void Without_deaths_or_without_a_second_cohort_there_is_no_test()
    {
        LogRank.Test(Rows(0, ("A", [], [4, 5]), ("B", [], [6]))).ShouldBeNull();
        LogRank.Test(Rows(0, ("A", Placebo, []))).ShouldBeNull();
        LogRank.Say(Rows(0, ("A", [], [4, 5]), ("B", [], [6]))).ShouldContain("fewer than 10 patients");
        LogRank.Say(Rows(0, ("A", [], Placebo), ("B", [], Placebo))).ShouldContain("no deaths to compare");
    }

    [Theory]
    [InlineData(3.841458820694124, 0.05)]
    [InlineData(6.634896601021214, 0.01)]
    [InlineData(0.4549364231195724, 0.5)]
    public void The_value_of_p_is_that_of_chi_square_with_one_degree_of_freedom(double chiSquare, double p) => LogRank.Probability(chiSquare).ShouldBe(p, 1e-6);

    private static ReaderResult Rows(int overlap, params (string Series, int[] Deaths, int[] Censored)[] cohorts)
    {
        var rows = new List<object?[]>();
        foreach (var (series, deaths, censored) in cohorts)
        {
            foreach (var day in deaths.Concat(censored).Distinct().Order())
            {
                rows.Add([series, day, deaths.Concat(censored).Count(other => other >= day), deaths.Count(other => other == day), overlap]);
            }
        }

        return new ReaderResult([new("series", "VARCHAR"), new("days", "INTEGER"), new("n", "INTEGER"), new("events", "INTEGER"), new("overlap", "INTEGER")], rows, false, TimeSpan.Zero);
    }
}
