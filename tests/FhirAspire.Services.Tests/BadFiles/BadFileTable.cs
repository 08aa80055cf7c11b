using System.IO.Compression;
using System.Text;

namespace FhirAspire.Services.Tests.BadFiles;

/// <summary>The kinds of bad files, each with its end: loaded right, or quarantined with code and place.</summary>
internal static class BadFileTable
{
    private const string Patient = """{"resourceType":"Patient","id":"good"}""";

    public static IReadOnlyList<BadFile> All { get; } =
    [
        // Nothing in it.
        Bad("an empty file", "", "LOD2001", "byte 0"),
        Bad("white space alone", " \r\n\t\n", "LOD2001", "byte 0"),
        Bytes("a byte order mark alone", [0xef, 0xbb, 0xbf], "LOD2001", "byte 0"),
        Gz("an empty file in gzip", "a.json.gz", () => Gzip(""), 0, "LOD2001", "byte 0"),
        Gz("no bytes where gzip should be", "a.json.gz", () => [], 0, "LOD2001", "byte 0"),
        Gz("an empty file of lines", "a.ndjson", () => [], 0, null),

        // Not UTF-8.
        Bytes("Latin-1", Encoding.Latin1.GetBytes("""{"resourceType":"Patient","id":"Zoë"}"""), "LOD2002", "byte 34"),
        Bytes("UTF-16 with a byte order mark", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Patient)], "LOD2002", "byte 0"),
        Bytes("UTF-32", Encoding.UTF32.GetBytes(Patient), "LOD2003", "line 1"),
        Bytes("a surrogate written as UTF-8", [.. "{\"resourceType\":\"Patient\",\"id\":\""u8, 0xed, 0xa0, 0x80, .. "\"}"u8], "LOD2002", "byte 32"),
        Bytes("an overlong slash", [.. "{\"resourceType\":\"Patient\",\"id\":\""u8, 0xc0, 0xaf, .. "\"}"u8], "LOD2002", "byte 32"),
        Bytes("random bytes", Noise(4096), "LOD2002", "byte"),
        Bytes("zeros, as a lost block leaves them", new byte[8192], "LOD2003", "line 1"),
        Bytes("a good file with zeros behind it", [.. Encoding.UTF8.GetBytes(Patient), .. new byte[512]], "LOD2003", "line 1"),

        // Other kinds of files.
        Bad("XML", """<?xml version="1.0"?><Patient xmlns="http://hl7.org/fhir"/>""", "LOD2003", "line 1, byte 0"),
        Bad("an error page", "<!doctype html><html><body>502 Bad Gateway</body></html>", "LOD2003", "line 1, byte 0"),
        Bad("CSV", "Id,BIRTHDATE\n1,1970-01-01\n", "LOD2003", "line 1, byte 0"),
        Bytes("gzip under the name of JSON", Gzip(Patient), "LOD2002", "byte"),
        Bytes("a zip archive", Zip(), "LOD200", ""),
        Bytes("Parquet", [.. "PAR1"u8, 0x15, 0x04, .. "PAR1"u8], "LOD2003", "line 1"),

        // Not JSON.
        Bad("a file that is cut off", """{"resourceType":"Patient","id":"go""", "LOD2003", "line 1"),
        Bad("a file whose last brace is missing", Patient[..^1], "LOD2003", "line 1"),
        Bad("two documents in one file", Patient + Patient, "LOD2003", "line 1"),
        Bad("lines under the name of JSON", Patient + "\n" + Patient, "LOD2003", "line 2"),
        Bad("a comma too many", """{"resourceType":"Patient","id":"a",}""", "LOD2003", "line 1, byte 35"),
        Bad("a comma too few", """{"resourceType":"Patient" "id":"a"}""", "LOD2003", "line 1, byte 26"),
        Bad("a comment", """{"resourceType":"Patient" /* a person */}""", "LOD2003", "line 1, byte 26"),
        Bad("single quotes", "{'resourceType':'Patient'}", "LOD2003", "line 1, byte 1"),
        Bad("a name without quotes", "{resourceType:\"Patient\"}", "LOD2003", "line 1, byte 1"),
        Bad("a line break in a string", "{\"resourceType\":\"Patient\",\"id\":\"a\nb\"}", "LOD2003", "line 1, byte 33"),
        Bad("an escape that is none", """{"resourceType":"Patient","id":"\x41"}""", "LOD2003", "line 1, byte 33"),
        Bad("NaN", """{"resourceType":"Observation","valueDecimal":NaN}""", "LOD2003", "line 1, byte 45"),
        Bad("infinity", """{"resourceType":"Observation","valueDecimal":-Infinity}""", "LOD2003", "line 1, byte 46"),
        Bad("a number with a leading zero", """{"resourceType":"Observation","valueInteger":007}""", "LOD2003", "line 1, byte 46"),
        Bad("Python's None", """{"resourceType":"Patient","active":None}""", "LOD2003", "line 1, byte 35"),

        // JSON, but no FHIR.
        Bad("an array", $"[{Patient}]", "LOD2004", "byte 0"),
        Bad("null", "null", "LOD2004", "byte 0"),
        Bad("a text", "\"Patient\"", "LOD2004", "byte 0"),
        Bad("an object of no type", """{"id":"a"}""", "LOD2004", "byte 0"),
        Bad("a type that is a number", """{"resourceType":1}""", "LOD2004", "byte 0"),
        Bad("a type that is null", """{"resourceType":null}""", "LOD2004", "byte 0"),
        Bad("a type with a slip", """{"resourceType":"Pateint"}""", "LOD2004", "byte 0"),
        Bad("a type in small letters", """{"resourceType":"patient"}""", "LOD2004", "byte 0"),
        Bad("a type that is a path", """{"resourceType":"../../etc/passwd"}""", "LOD2004", "byte 0"),
        Bad("a bundle whose entry is an object", """{"resourceType":"Bundle","entry":{"resource":{}}}""", "LOD2004", "line 1, byte 33"),
        Bad("a bundle with an entry of null", """{"resourceType":"Bundle","entry":[{},null]}""", "LOD2004", "line 1, byte 37"),
        Bad("a property that stands twice", """{"resourceType":"Patient","id":"a","id":"b"}""", "LOD2010", "line 1, byte 35"),
        Bad("a property that stands twice, deep inside", """{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"a","resourceType":"Group"}}]}""", "LOD2010", "line 1, byte 81"),
        Bad("an object of 100,000 properties", "{\"resourceType\":\"Basic\"," + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"p{i}\":1")) + "}", "LOD2010", "line 1"),

        // Values that one warehouse takes and another refuses.
        Bad("the character U+0000", """{"resourceType":"Patient","id":"a\u0000b"}""", "LOD2008", "line 1, byte 31"),
        Bad("half of a surrogate pair", """{"resourceType":"Patient","id":"\ud83d"}""", "LOD2008", "line 1, byte 31"),
        Bad("a number beyond a double", """{"resourceType":"Observation","valueDecimal":1e400}""", "LOD2009", "line 1, byte 45"),
        Bad("a number of 100,000 digits", $$"""{"resourceType":"Observation","valueDecimal":{{new string('9', 100_000)}}}""", "LOD2009", "line 1, byte 45"),

        // Bombs.
        Bad("a million brackets", """{"resourceType":"Basic","a":""" + new string('[', 1_000_000), "LOD2005", "line 1"),
        Bad("a million objects inside each other", """{"resourceType":"Basic","a":""" + string.Concat(Enumerable.Repeat("{\"a\":", 200_000)), "LOD2005", "line 1"),
        Gz("a gzip bomb", "a.json.gz", () => Gzip("""{"resourceType":"Basic","id":" """ + new string('x', 20 << 20)), 0, "LOD2006", "byte"),
        Gz("a gzip bomb in one line", "a.ndjson.gz", () => Gzip("""{"resourceType":"Basic","id":" """ + new string('x', 20 << 20)), 0, "LOD2006", "line 1"),
        Bad("a document over the limit", $$"""{"resourceType":"Basic","id":"{{new string('x', 17 << 20)}}"}""", "LOD2006", "byte"),

        // Gzip that is none, or no more.
        Gz("gzip that is cut off", "a.json.gz", () => Gzip(Long())[..^20], 0, "LOD2007", "gzip"),
        Gz("gzip without its last bytes", "a.json.gz", () => Gzip(Patient)[..^4], 0, "LOD2007", "gzip"),
        Gz("gzip with a wrong checksum", "a.json.gz", () => Flip(Gzip(Patient), ^6), 0, "LOD2007", "gzip"),
        Gz("gzip with a flipped bit", "a.json.gz", () => Flip(Gzip(Long()), 60), 0, "LOD2007", "gzip"),
        Gz("JSON under the name of gzip", "a.json.gz", () => Encoding.UTF8.GetBytes(Patient), 0, "LOD2007", "gzip"),
        Gz("lines in gzip that is cut off", "a.ndjson.gz", () => Gzip(Lines(2000))[..^40], -1, "LOD2007", "line "),
        Gz("gzip of two parts", "a.ndjson.gz", () => [.. Gzip(Patient + "\n"), .. Gzip(Patient.Replace("good", "too", StringComparison.Ordinal))], 2, null),

        // Lines.
        Gz("a broken line", "a.ndjson", () => Utf8($"{Patient}\n{{broken\n{Patient}"), 2, "LOD2003", "line 2, byte 1"),
        Gz("a line that is an array", "a.ndjson", () => Utf8($"[1]\n{Patient}"), 1, "LOD2004", "line 1"),
        Gz("a line in another encoding", "a.ndjson", () => [.. Utf8(Patient + "\n"), .. Encoding.Latin1.GetBytes("{\"resourceType\":\"Zoë\"}\n"), .. Utf8(Patient)], 2, "LOD2002", "line 2, byte 19"),
        Gz("a last line that is cut off", "a.ndjson", () => Utf8($"{Patient}\n{Patient[..20]}"), 1, "LOD2003", "line 2"),
        Gz("pretty JSON under the name of lines", "a.ndjson", () => Utf8("{\n\"resourceType\":\"Patient\"\n}"), 0, "LOD2003", "line "),
        Gz("a key that is a line's", "a.ndjson#1", () => Utf8(Patient), 0, "LOD2012", "key"),

        // Unusual, and right.
        Good("a byte order mark", "\ufeff" + Patient),
        Good("a bundle without entries", """{"resourceType":"Bundle","type":"collection"}"""),
        Good("an entry without a resource", """{"resourceType":"Bundle","entry":[{"fullUrl":"urn:uuid:1"}]}"""),
        Good("a resource without an id", """{"resourceType":"Patient"}"""),
        Good("a date of the year 0", """{"resourceType":"Patient","id":"y0","birthDate":"0000-00-00"}"""),
        Good("a date that is no day", """{"resourceType":"Patient","id":"y1","birthDate":"2023-02-30","deceasedDateTime":"yesterday"}"""),
        Good("a year of five digits", """{"resourceType":"Patient","id":"y2","birthDate":"99999-01-01"}"""),
        Good("a name that is a number", """{"resourceType":"Patient","id":"n","name":5,"gender":["male"],"birthDate":{"a":1}}"""),
        Good("an id with a quote", """{"resourceType":"Patient","id":"Robert'); drop table raw.fhir_bundles; --"}"""),
        Good("an id with a path", """{"resourceType":"Patient","id":"../../../etc/passwd"}"""),
        Good("an id of braces", """{"resourceType":"Patient","id":"{{ 1/0 }}{% raw %}"}"""),
        Good("an emoji as a surrogate pair", """{"resourceType":"Patient","id":"\ud83d\ude00"}"""),
        Good("a decimal of many digits", """{"resourceType":"Observation","id":"d","valueDecimal":0.12345678901234567890123456789}"""),
        Good("the greatest double", """{"resourceType":"Observation","id":"m","valueDecimal":1.7976931348623157e308}"""),
        Good("a key of spaces, quotes and percent signs", Patient, "a 'b' \"c\" 100%25 +&=.json"),
        Good("a key of another script", Patient, "患者_Zoë_😀.json"),
        Good("lines that end with CR LF and blanks between", $"\r\n{Patient}\r\n\r\n", "a.ndjson"),
        Good("a property of no type", """{"resourceType":"Patient","id":"e","":null,"x":[],"y":{}}"""),
    ];

    public static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Utf8(text));
        }

        return packed.ToArray();
    }

    private static BadFile Bad(string name, string text, string code, string place) => new(name, "a.json", () => Utf8(text), 0, code, place);

    private static BadFile Bytes(string name, byte[] content, string code, string place) => new(name, "a.json", () => content, 0, code, place);

    private static BadFile Gz(string name, string file, Func<byte[]> content, int rows, string? code, string place = "") => new(name, file, content, rows, code, place);

    private static BadFile Good(string name, string text, string file = "a.json") => new(name, file, () => Utf8(text), 1, null);

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private static string Long() => $$"""{"resourceType":"Bundle","entry":[{{string.Join(',', Enumerable.Range(0, 500).Select(i => $"{{\"fullUrl\":\"urn:uuid:{i * 7919 % 1000}\"}}"))}}]}""";

    private static string Lines(int count) => string.Join('\n', Enumerable.Range(0, count).Select(i => $$"""{"resourceType":"Patient","id":"{{i * 7919 % 10007}}"}"""));

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(1).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Zip()
    {
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            using var entry = archive.CreateEntry("a.json").Open();
            entry.Write(Utf8(Patient));
        }

        return packed.ToArray();
    }

    private static byte[] Flip(byte[] bytes, Index at)
    {
        bytes[at] ^= 0x10;
        return bytes;
    }
}
