using FhirAspire.Dashboard.Components.Pages;
using FhirAspire.Dashboard.Marts;
using FhirAspire.Dashboard.Patients;

namespace FhirAspire.Dashboard.Tests;

public sealed class PatientReaderTests
{
    [Fact]
    public void A_raw_bundle_is_shown_in_lines_and_cut_to_what_a_page_holds()
    {
        PatientReader.Shown("""{"resourceType":"Bundle","name":"Rodríguez <b>","entry":[{}]}""").ShouldBe(("""
            {
              "resourceType": "Bundle",
              "name": "Rodríguez <b>",
              "entry": [
                {}
              ]
            }
            """.ReplaceLineEndings(), false));
        PatientReader.Shown("""{"cut":""").ShouldBe(("""{"cut":""", false));
        var (text, isCut) = PatientReader.Shown($"[{string.Join(',', Enumerable.Range(0, 40000))}]");
        isCut.ShouldBeTrue();
        text.Length.ShouldBe(64 << 10);
    }

    [Theory]
    [InlineData(422.0, 3.0, "count")]
    [InlineData(422.0, 3.5, "number")]
    public void Bars_of_a_query_write_counts_without_decimals(double a, double b, string unit) =>
        SqlPage.BarUnit(new ReaderResult([new ReaderColumn("n", "DOUBLE")], [[a], [b]], false, TimeSpan.Zero), "n").ShouldBe(unit);
}
