using System.IO.Compression;
using FhirAspire.Pipeline.Jobs;
using FhirAspire.Pipeline.Runs;
using FhirAspire.Warehouse;

namespace FhirAspire.Services.Tests.Loading;

public sealed class LoaderTests : IAsyncLifetime
{
    private const string Day = "raw/patients/2026-01-02/";

    private PipelineFixture pipeline = null!;

    public async Task InitializeAsync() => pipeline = await PipelineFixture.StartAsync();

    public async Task DisposeAsync() => await pipeline.DisposeAsync();

    [Fact]
    public async Task An_object_is_one_row_with_its_entries_counted()
    {
        await pipeline.PutAsync(Day + "030405000_p/a.json", """{ "resourceType": "Bundle", "entry": [ {}, {} ] }""");

        var outcome = await pipeline.LoadAsync();

        outcome.Counts["rows"].ShouldBe(1);
        // What the time went to is kept with the run, for its page.
        outcome.Counts.Keys.ShouldBe(["files", "bytes", "rows", "resources", "errors", .. RunPhases.OfLoad.Select(RunPhases.CountOf)], ignoreOrder: true);
        var row = (await pipeline.QueryAsync("select file_key, bundle_data::varchar, record_count, etag, s3_last_modified, loaded_at from raw.fhir_bundles")).Single();
        row[0].ShouldBe(Day + "030405000_p/a.json");
        row[1].ShouldBe("""{"resourceType":"Bundle","entry":[{},{}]}""");
        row[2].ShouldBe(2L);
        ((string)row[3]!).Length.ShouldBe(32);
        ((DateTime)row[4]!).ShouldBe(new DateTime(2026, 1, 2, 3, 4, 5));
        ((DateTime)row[5]!).ShouldBe(new DateTime(2026, 1, 2, 3, 4, 5));
        (await pipeline.QueryAsync("select prefix, last_key, fence from raw.load_watermark")).Single().ShouldBe([Day, Day + "030405000_p/a.json", 1L]);
    }

    [Fact]
    public async Task Loading_the_same_listing_twice_changes_nothing()
    {
        await PutPatientAsync("a", "one");
        await pipeline.LoadAsync();
        var outcome = await pipeline.LoadAsync(trigger: RunTrigger.Manual);

        outcome.Counts["files"].ShouldBe(0);
        outcome.DidWork.ShouldBeFalse();
        (await pipeline.QueryAsync("select count(*) from raw.fhir_bundles")).Single()[0].ShouldBe(1L);
    }

    [Fact]
    public async Task Objects_that_arrive_late_or_share_a_timestamp_are_loaded()
    {
        var loader = pipeline.Loader();
        await PutPatientAsync("b", "second");
        await pipeline.LoadAsync(loader);

        // The same second, and an earlier key.
        await PutPatientAsync("a", "first");
        await pipeline.LoadAsync(loader);
        (await Keys()).ShouldBe([Day + "a/f.json", Day + "b/f.json"]);

        // A day long past is found by the hourly sweep.
        await pipeline.PutAsync("raw/patients/2025-11-30/late/f.json", Patient("late"));
        pipeline.Time.Advance(TimeSpan.FromMinutes(5));
        await pipeline.LoadAsync(loader);
        (await Keys()).Count.ShouldBe(2);
        pipeline.Time.Advance(TimeSpan.FromHours(1));
        await pipeline.LoadAsync(loader);
        (await Keys()).Count.ShouldBe(3);
    }

    [Fact]
    public async Task The_same_key_with_new_content_replaces_its_row()
    {
        await PutPatientAsync("a", "old");
        await pipeline.LoadAsync();
        await PutPatientAsync("a", "new");
        await pipeline.LoadAsync();

        (await pipeline.QueryAsync("select bundle_data->>'$.id', count(*) over () from raw.fhir_bundles")).Single().ShouldBe(["new", 1L]);
    }

    [Fact]
    public async Task NDJSON_is_a_row_a_line_and_a_broken_line_costs_that_line_only()
    {
        await pipeline.PutAsync(Day + "x/Patient.ndjson", string.Join('\n', Patient("1"), "", "{broken", Patient("4")) + "\r\n");

        var outcome = await pipeline.LoadAsync();

        outcome.Counts["rows"].ShouldBe(2);
        outcome.Counts["errors"].ShouldBe(1);
        (await Keys()).ShouldBe([Day + "x/Patient.ndjson#1", Day + "x/Patient.ndjson#4"]);
        var error = (await pipeline.QueryAsync("select file_key, code, place, resolved_at from raw.load_errors")).Single();
        error[0].ShouldBe(Day + "x/Patient.ndjson#3");
        error[1].ShouldBe("LOD2003");
        ((string)error[2]!).ShouldStartWith("line 3,");

        // Mended: its rows are replaced, the error is over.
        await pipeline.PutAsync(Day + "x/Patient.ndjson", string.Join('\n', Patient("1"), Patient("3")));
        await pipeline.LoadAsync();
        (await Keys()).ShouldBe([Day + "x/Patient.ndjson#1", Day + "x/Patient.ndjson#2"]);
        (await pipeline.QueryAsync("select count(*) from raw.load_errors where resolved_at is null")).Single()[0].ShouldBe(0L);
    }

    [Fact]
    public async Task An_object_whose_key_begins_like_a_line_of_another_keeps_its_rows_and_errors()
    {
        await pipeline.PutAsync(Day + "x.json", Patient("x"));
        await pipeline.PutAsync(Day + "x.json#2.json", Patient("other"));
        await pipeline.PutAsync(Day + "x.json#3.json", "{broken");
        await pipeline.LoadAsync();
        await pipeline.PutAsync(Day + "x.json", Patient("new"));
        await pipeline.LoadAsync();

        (await Keys()).ShouldBe([Day + "x.json", Day + "x.json#2.json"]);
        (await pipeline.QueryAsync("select file_key from raw.load_errors where resolved_at is null")).Single()[0].ShouldBe(Day + "x.json#3.json");
    }

    [Fact]
    public async Task Gzipped_files_are_loaded_as_what_they_hold()
    {
        await pipeline.PutAsync(Day + "a/f.json.gz", Gzip(Patient("packed")));
        await pipeline.PutAsync(Day + "a/g.ndjson.gz", Gzip(Patient("1") + "\n" + Patient("2")));
        await pipeline.LoadAsync();

        (await Keys()).ShouldBe([Day + "a/f.json.gz", Day + "a/g.ndjson.gz#1", Day + "a/g.ndjson.gz#2"]);
    }

    [Fact]
    public async Task A_bad_file_is_quarantined_once_and_stops_nothing()
    {
        await pipeline.PutAsync(Day + "a/bad.json", "{\"resourceType\": \"Bundle\", ");
        await pipeline.PutAsync(Day + "a/broken.json.gz", "no gzip at all");
        await PutPatientAsync("b", "good");

        (await pipeline.LoadAsync()).Counts["errors"].ShouldBe(2);
        (await pipeline.LoadAsync(trigger: RunTrigger.Manual)).Counts["errors"].ShouldBe(0);

        (await Keys()).ShouldBe([Day + "b/f.json"]);
        (await pipeline.QueryAsync("select file_key, code from raw.load_errors order by 1")).Select(row => $"{row[0]} {row[1]}")
            .ShouldBe([Day + "a/bad.json LOD2003", Day + "a/broken.json.gz LOD2007"]);
    }

    [Fact]
    public async Task A_document_over_the_limit_is_quarantined()
    {
        pipeline.LoaderOptions.MaxDocumentBytes = 1000;
        await pipeline.PutAsync(Day + "a/f.json", Patient(new string('x', 2000)));
        await pipeline.PutAsync(Day + "a/g.json.gz", Gzip(Patient(new string('x', 2_000_000))));
        await pipeline.LoadAsync();

        (await pipeline.QueryAsync("select code from raw.load_errors")).Select(row => row[0]).ShouldBe(["LOD2006", "LOD2006"]);
    }

    [Fact]
    public async Task Small_batches_give_the_same_rows()
    {
        pipeline.LoaderOptions.BatchObjects = 3;
        for (var i = 0; i < 20; i++)
        {
            await PutPatientAsync($"p{i:D2}", $"{i}");
        }

        (await pipeline.LoadAsync()).Counts["rows"].ShouldBe(20);
        (await Keys()).Count.ShouldBe(20);
    }

    [Fact]
    public async Task A_holder_of_an_old_lease_can_not_write()
    {
        await PutPatientAsync("a", "one");
        await pipeline.LoadAsync(fence: 5);
        await PutPatientAsync("b", "two");

        var failure = await Should.ThrowAsync<WarehouseException>(() => pipeline.LoadAsync(fence: 4));

        failure.Code.ShouldBe("WH3001");
        (await Keys()).ShouldBe([Day + "a/f.json"]);
        (await pipeline.LoadAsync(fence: 6)).Counts["rows"].ShouldBe(1);
    }

    private async Task<IReadOnlyList<object?>> Keys() => [.. (await pipeline.QueryAsync("select file_key from raw.fhir_bundles order by 1")).Select(row => row[0])];

    private Task PutPatientAsync(string folder, string id) => pipeline.PutAsync($"{Day}{folder}/f.json", Patient(id));

    private static string Patient(string id) => $$"""{"resourceType":"Patient","id":"{{id}}"}""";

    private static byte[] Gzip(string text)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(System.Text.Encoding.UTF8.GetBytes(text));
        }

        return packed.ToArray();
    }
}
