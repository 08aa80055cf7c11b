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
    [InlineData("{\"resourceType\": \"Pateint\"}", "LOD2004")]
    [InlineData("{\"resourceType\": \"Bundle\", \"entry\": {}}", "LOD2004")]
    [InlineData("{\"resourceType\": \"Bundle\", \"entry\": [null]}", "LOD2004")]
    [InlineData("{\"resourceType\": \"Bundle\", \"entry\": [[{}]]}", "LOD2004")]
    [InlineData("{\"resourceType\": \"Patient\", \"id\": \"a\\u0000b\"}", "LOD2008")]
    [InlineData("{\"resourceType\": \"Patient\", \"id\": \"\\ud83d\"}", "LOD2008")]
    [InlineData("{\"resourceType\": \"Patient\", \"id\": \"\\ude00\\ud83d\"}", "LOD2008")]
    [InlineData("{\"resourceType\": \"Patient\", \"x\": 1e400}", "LOD2009")]
    [InlineData("{\"resourceType\": \"Patient\", \"id\": \"1\", \"id\": \"2\"}", "LOD2010")]
    [InlineData("{\"resourceType\": \"Patient\", \"name\": [{\"family\": \"1\", \"family\": \"2\"}]}", "LOD2010")]
    [InlineData("{\"resourceType\": \"Patient\", \"i\\u0064\": \"2\"}", "LOD2010")]
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

    [Fact]
    public void A_fault_is_told_with_line_byte_and_what_was_meant()
    {
        var twice = Should.Throw<FhirReadException>(() => Read("{\n  \"resourceType\": \"Patient\",\n  \"id\": \"1\",\n  \"id\": \"2\"\n}"));
        twice.Place.ShouldBe("line 4, byte 2 (byte 46 of 57)");
        twice.Reason.ShouldBe("the property 'id' stands twice in its object");
        Should.Throw<FhirReadException>(() => Read("{\"resourceType\": \"Pateint\"}")).Reason.ShouldEndWith("did you mean 'Patient'?");
        Should.Throw<FhirReadException>(() => Read("<Bundle/>")).Reason.ShouldContain("this is XML or HTML");
    }

    [Fact]
    public void Escapes_names_in_different_objects_and_long_decimals_stay()
    {
        var text = """{"resourceType":"Patient","name":[{"text":"\u00e9 \ud83d\ude00 \\u0000 \n"},{"text":"b"}],"extension":[{"valueDecimal":0.1234567890123456789},{"valueDecimal":-1.5E+300}]}""";
        Text(Read(text)).ShouldBe(text);
    }

    [Fact]
    public void An_object_of_endless_properties_is_refused_in_no_time()
    {
        var text = "{\"resourceType\":\"Patient\"," + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"p{i}\":0")) + "}";
        Should.Throw<FhirReadException>(() => Read(text)).Code.ShouldBe("LOD2010");
    }

    private static FhirDocument Read(string text) => FhirDocumentReader.Read(Encoding.UTF8.GetBytes(text));

    private static string Text(FhirDocument document) => Encoding.UTF8.GetString(document.Utf8.Span);
}
