using FhirAspire.Dashboard.Costs;

namespace FhirAspire.Dashboard.Tests;

public sealed class CostModelTests
{
    private static readonly CostSizes Sizes = new();

    [Fact]
    public void The_table_of_the_documentation_is_the_one_that_is_computed()
    {
        var lines = File.ReadAllLines(Path.Combine(TestEnvironment.RepositoryRoot, "docs", "deployment.md"));
        var months = CostModel.Phases.Select(phase => CostModel.Month(phase, new CostPrices(), Sizes)).ToList();
        for (var i = 0; i < months[0].Count; i++)
        {
            lines.ShouldContain($"| {months[0][i].Name} | {string.Join(" | ", months.Select(items => items[i].Usd.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)))} |");
        }

        lines.ShouldContain($"| in all | {string.Join(" | ", months.Select(items => items.Sum(item => item.Usd).ToString("N0", System.Globalization.CultureInfo.InvariantCulture)))} |");
    }

    [Fact]
    public void What_is_stored_costs_in_proportion_to_the_patients()
    {
        var (one, ten) = (Month(1_000), Month(10_000));
        foreach (var name in new[] { "S3 storage, first 30 days", "S3 requests", "Snowflake storage, after a year", "Traffic out of the containers' cloud" })
        {
            Usd(ten, name).ShouldBe(10 * Usd(one, name), 1e-6, name);
        }
    }

    [Fact]
    public void The_first_30_days_of_storage_are_bytes_times_price()
    {
        // 1,000 a day for 30 days, 3.67 MB each, gzipped to a tenth: 11.01 GB at 0.023.
        Usd(Month(1_000), "S3 storage, first 30 days").ShouldBe(11.01 * 0.023, 1e-9);
    }

    [Fact]
    public void Packing_saves_requests_and_load_hours_and_nothing_else_changes()
    {
        var (loose, packed) = (Month(1_000_000), Month(1_000_000, pack: true));
        Usd(packed, "S3 requests").ShouldBeLessThan(Usd(loose, "S3 requests") / 100);
        Usd(packed, "Snowflake load").ShouldBeLessThan(Usd(loose, "Snowflake load"));
        Usd(packed, "S3 storage, first 30 days").ShouldBe(Usd(loose, "S3 storage, first 30 days"));
    }

    [Fact]
    public void A_thousand_patients_cost_less_the_more_there_are()
    {
        var perThousand = CostModel.Phases.Select(phase => CostModel.Month(phase, new CostPrices(), Sizes).Sum(item => item.Usd) / phase.PatientsPerDay).ToList();
        perThousand[1].ShouldBeLessThan(perThousand[0]);
        perThousand.ShouldAllBe(cost => cost > 0);
    }

    private static IReadOnlyList<CostItem> Month(double patients, bool pack = false) => CostModel.Month(new CostPhase("test", patients, Gzip: true, pack), new CostPrices(), Sizes);

    private static double Usd(IReadOnlyList<CostItem> month, string name) => month.Single(item => item.Name == name).Usd;
}
