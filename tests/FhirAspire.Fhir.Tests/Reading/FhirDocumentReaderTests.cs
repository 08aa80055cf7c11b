using System.Text;
using System.Text.Json;
using FhirAspire.Fhir.Reading;

namespace FhirAspire.Fhir.Tests.Reading;

public sealed class FhirDocumentReaderTests
{
    [Fact]
    public void White_space_goes_and_everything_else_stays()
    {
        var document = Read("""
            {
              "resourceType" : "Bundle",
              "note": "a \" quoted \\ text,  with  spaces\n",
              "entry": [ { "resource": { "resourceType": "Patient", "entry": [1, 2, 3] } }, { } ]
            }
            """);

        Text(document).ShouldBe("""{"resourceType":"Bundle","note":"a \" quoted \\ text,  with  spaces\n","entry":[{"resource":{"resourceType":"Patient","entry":[1,2,3]}},{}]}""");
        document.ResourceType.ShouldBe("Bundle");
        document.RecordCount.ShouldBe(2);
    }

    [Fact]
    public void A_single_resource_counts_one_whatever_it_holds()
    {
        Read("""{"resourceType":"Patient","entry":[{},{}]}""").RecordCount.ShouldBe(1);
        Read("\ufeff{\"resourceType\":\"Patient\"}").ResourceType.ShouldBe("Patient");
        Read("""{"resourceType":"Bundle"}""").RecordCount.ShouldBe(0);
    }

    [Fact]
    public void The_sample_stays_the_same_JSON()
    {
        foreach (var path in Directory.EnumerateFiles(Path.Combine(TestEnvironment.RepositoryRoot, "samples", "synthea", "fhir-small"), "*.json.gz"))
        {
            using var file = new System.IO.Compression.GZipStream(File.OpenRead(path), System.IO.Compression.CompressionMode.Decompress);
            using var memory = new MemoryStream();
            file.CopyTo(memory);
            using var before = JsonDocument.Parse(memory.ToArray());

            var document = FhirDocumentReader.Read(memory.ToArray());

            using var after = JsonDocument.Parse(document.Utf8);
            JsonElement.DeepEquals(before.RootElement, after.RootElement).ShouldBeTrue();
            document.RecordCount.ShouldBe(before.RootElement.GetProperty("entry").GetArrayLength());
            JsonSerializer.SerializeToUtf8Bytes(after, new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }).Length.ShouldBeLessThanOrEqualTo(document.Utf8.Length + 1);
        }
    }

    [Theory]
    [InlineData("", "LOD2001")]
    [InlineData(" \n\t ", "LOD2001")]
    [InlineData("[]", "LOD2004")]
    [InlineData("\"text\"", "LOD2004")]
    [InlineData("null", "LOD2004")]
    [InlineData("{}", "LOD2004")]
    [InlineData("{\"resourceType\": 5}", "LOD2004")]
    [InlineData("{\"resourceType\": \"../etc/passwd\"}", "LOD2004")]
    [InlineData("{\"resourceType\": \"Patient\"", "LOD2003")]
    [InlineData("{\"resourceType\": \"Patient\"} {}", "LOD2003")]
    [InlineData("{\"resourceType\": \"Patient\", }", "LOD2003")]
    [InlineData("<Bundle/>", "LOD2003")]
    public void What_is_no_FHIR_document_is_refused_with_its_code(string text, string code) =>
        Should.Throw<FhirReadException>(() => Read(text)).Code.ShouldBe(code);

    [Fact]
    public void A_document_that_is_cut_off_anywhere_is_refused()
    {
        var whole = Encoding.UTF8.GetBytes("""{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"zoë"}}]}""");
        for (var length = 0; length < whole.Length; length++)
        {
            var part = whole[..length];
            Should.Throw<FhirReadException>(() => FhirDocumentReader.Read(part), $"cut at {length}");
        }
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_with_their_place()
    {
        var bytes = Encoding.Latin1.GetBytes("{\"resourceType\":\"Zoë\"}");
        var failure = Should.Throw<FhirReadException>(() => FhirDocumentReader.Read(bytes));
        failure.Code.ShouldBe("LOD2002");
        failure.Place.ShouldBe("byte 19");
    }

    [Fact]
    public void Endless_nesting_is_refused()
    {
        var failure = Should.Throw<FhirReadException>(() => Read("{\"resourceType\":\"Patient\",\"a\":" + new string('[', 100_000)));
        failure.Code.ShouldBe("LOD2005");
    }

    private static FhirDocument Read(string text) => FhirDocumentReader.Read(Encoding.UTF8.GetBytes(text));

    private static string Text(FhirDocument document) => Encoding.UTF8.GetString(document.Utf8.Span);
}
