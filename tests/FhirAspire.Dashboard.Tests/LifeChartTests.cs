using FhirAspire.Dashboard.Components.Charts;

namespace FhirAspire.Dashboard.Tests;

public sealed class LifeChartTests
{
    [Theory]
    [InlineData(400, 500, 20, 508, "start")]
    [InlineData(900, 1090, 20, 894, "end")]
    [InlineData(160, 1090, 26, 166, "start")]
    public void A_label_stands_behind_its_bar_before_it_or_on_it(double x, double end, int letters, double labelX, string anchor) =>
        LifeChart.PlaceOfLabel(x, end, letters).ShouldBe((labelX, anchor));

    [Fact]
    public void No_label_begins_left_of_the_bars_or_ends_outside_the_plot()
    {
        for (var x = 150.0; x < 1100; x += 7)
        {
            for (var end = x + 3; end <= 1100; end += 7)
            {
                for (var letters = 1; letters <= 44; letters++)
                {
                    var (labelX, anchor) = LifeChart.PlaceOfLabel(x, end, letters);
                    var left = anchor == "end" ? labelX - (letters * 6.3) : labelX;
                    left.ShouldBeGreaterThanOrEqualTo(150);
                    (left + (letters * 6.3)).ShouldBeLessThanOrEqualTo(1100);
                }
            }
        }
    }
}
