using FhirAspire.Fhir.Spool;

namespace FhirAspire.Fhir.Tests.Spool;

public sealed class IdShiftTests
{
    private const string Text = """{"fullUrl":"urn:uuid:3a7f3356-a178-8e75-7312-2d88c7f66d3f","id":"3a7f3356-a178-8e75-7312-2d88c7f66d3f","o":"Organization?identifier=https://x|3a7f3356-a178-8e75-7312-2d88c7f66d3f","n":"2026-01-01-no-uuid"}""";

    [Fact]
    public void Ids_change_alike_everywhere_and_outside_identifiers_stay()
    {
        var shifted = new IdShift(7).Apply(Text);

        var ids = System.Text.RegularExpressions.Regex.Matches(shifted, "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").Select(match => match.Value).ToList();
        ids[0].ShouldBe(ids[1]);
        ids[0].ShouldNotBe("3a7f3356-a178-8e75-7312-2d88c7f66d3f");
        ids[2].ShouldBe("3a7f3356-a178-8e75-7312-2d88c7f66d3f");
        shifted.ShouldContain("2026-01-01-no-uuid");
        shifted.Length.ShouldBe(Text.Length);
    }

    [Fact]
    public void Round_0_is_the_file_itself_and_rounds_differ()
    {
        new IdShift(0).Apply(Text).ShouldBe(Text);
        Enumerable.Range(0, 100).Select(round => new IdShift(round).Apply(Text)).Distinct().Count().ShouldBe(100);
    }

    [Fact]
    public void A_file_name_is_mapped_as_its_content_is()
    {
        var shift = new IdShift(3);
        var id = shift.Apply("\"3a7f3356-a178-8e75-7312-2d88c7f66d3f\"").Trim('"');
        shift.Apply("Ann_Lee_3a7f3356-a178-8e75-7312-2d88c7f66d3f.json").ShouldBe($"Ann_Lee_{id}.json");
    }
}
