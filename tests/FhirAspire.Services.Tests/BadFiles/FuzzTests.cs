using System.Text;
using System.Text.Json;

namespace FhirAspire.Services.Tests.BadFiles;

/// <summary>Good files with random damage: whatever it is, each is loaded as JSON or quarantined, and none stops the load.</summary>
public sealed class FuzzTests
{
    private const int Files = 1000;

    private static readonly string[] Seeds =
    [
        """{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:1","resource":{"resourceType":"Patient","id":"p","name":[{"family":"O'Néill \u00e9 \ud83d\ude00"}],"birthDate":"1970-01-01","multipleBirthBoolean":false}},{"resource":{"resourceType":"Observation","id":"o","valueQuantity":{"value":-12.5e-3,"unit":"mm[Hg]"},"note":null}}]}""",
        "{\"resourceType\":\"Patient\",\"id\":\"1\"}\n{\"resourceType\":\"Patient\",\"id\":\"2\"}\n{\"resourceType\":\"Patient\",\"id\":\"3\"}\n",
    ];

    // What damages JSON best.
    private static readonly string[] Pieces = ["\\u0000", "\\ud800", "\"", "{", "}", "[", "]", ",", ":", "\\", "null", "1e999", "\0", "\u0001", "\n", "\ufeff", "\"id\":1,", "\"resourceType\":\"X\",", "99999999999999999999999999", "é"];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Damaged_files_are_loaded_as_JSON_or_quarantined_with_a_place(int seed)
    {
        var random = new Random(seed);
        await using var pipeline = await PipelineFixture.StartAsync();
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        for (var i = 0; i < Files; i++)
        {
            var lines = random.Next(3) == 0;
            var content = Damage(Encoding.UTF8.GetBytes(Seeds[lines ? 1 : 0]), random);
            var gzip = random.Next(4) == 0;
            content = gzip ? Damage(BadFileTable.Gzip(Encoding.UTF8.GetString(content)), random, random.Next(2)) : content;
            var key = $"raw/patients/2026-01-02/{i:D5}/f.{(lines ? "ndjson" : "json")}{(gzip ? ".gz" : "")}";
            keys[key] = content;
            await pipeline.PutAsync(key, content);
        }

        var outcome = await pipeline.LoadAsync();

        outcome.Problems.ShouldBeEmpty();
        outcome.Counts["files"].ShouldBe(Files);
        var loaded = (await pipeline.QueryAsync("select file_key, bundle_data::varchar, json_valid(bundle_data) from raw.fhir_bundles")).ToLookup(row => ((string)row[0]!).Split('#')[0], StringComparer.Ordinal);
        var errors = (await pipeline.QueryAsync("select file_key, code, place, reason from raw.load_errors")).ToLookup(row => ((string)row[0]!).Split('#')[0], StringComparer.Ordinal);
        foreach (var key in keys.Keys.Where(key => !key.Contains(".ndjson", StringComparison.Ordinal)))
        {
            (loaded[key].Count() + errors[key].Count()).ShouldBe(1, key);
        }

        foreach (var row in loaded.SelectMany(rows => rows))
        {
            row[2].ShouldBe(true, $"{row[0]}: {row[1]}");
            using var document = JsonDocument.Parse((string)row[1]!, new JsonDocumentOptions { AllowDuplicateProperties = false });
            document.RootElement.GetProperty("resourceType").GetString().ShouldNotBeNullOrEmpty();
        }

        errors.SelectMany(rows => rows).ShouldAllBe(row => ((string)row[1]!).StartsWith("LOD20") && ((string)row[2]!).Length > 0 && ((string)row[3]!).Length > 0);
        // The damage is neither nothing nor everything.
        loaded.Count.ShouldBeGreaterThan(Files / 20);
        errors.Count.ShouldBeGreaterThan(Files / 3);
        (await pipeline.LoadAsync()).Counts["files"].ShouldBe(0);
    }

    private static byte[] Damage(byte[] content, Random random, int most = 3)
    {
        var bytes = content.ToList();
        for (var i = random.Next(most + 1); i > 0 && bytes.Count > 1; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
            }
        }

        return [.. bytes];
    }
}
