using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Services.Tests.Loading;

public sealed class QuarantineTests : IAsyncLifetime
{
    private const string Day = "raw/patients/2026-01-02/";
    private const string Good = """{"resourceType":"Patient","id":"good"}""";

    private PipelineFixture pipeline = null!;

    public async Task InitializeAsync() => pipeline = await PipelineFixture.StartAsync();

    public async Task DisposeAsync() => await pipeline.DisposeAsync();

    [Fact]
    public async Task A_retry_reads_a_quarantined_object_again_without_new_content()
    {
        pipeline.LoaderOptions.MaxDocumentBytes = 20;
        await pipeline.PutAsync(Day + "a/f.json", Good);
        await pipeline.LoadAsync();
        (await OpenAsync()).ShouldBe([Day + "a/f.json LOD2006"]);

        // The limit was the fault, and is mended; the object is the same.
        pipeline.LoaderOptions.MaxDocumentBytes = 1 << 20;
        (await pipeline.LoadAsync()).Counts["files"].ShouldBe(0);
        (await MarkAsync(null)).Due.ShouldBe([Day + "a/f.json"]);
        (await pipeline.LoadAsync()).Counts["rows"].ShouldBe(1);

        (await OpenAsync()).ShouldBeEmpty();
        (await pipeline.QueryAsync("select count(*) from raw.load_errors where resolved_at is not null")).Single()[0].ShouldBe(1L);
        (await pipeline.LoadAsync()).Counts["files"].ShouldBe(0);
    }

    [Fact]
    public async Task A_retry_of_what_is_still_bad_leaves_one_open_error()
    {
        await pipeline.PutAsync(Day + "a/f.json", "{");
        await pipeline.LoadAsync();
        await MarkAsync([Day + "a/f.json"]);
        (await pipeline.LoadAsync()).Counts["errors"].ShouldBe(1);

        (await OpenAsync()).ShouldBe([Day + "a/f.json LOD2003"]);
    }

    [Fact]
    public async Task A_line_stands_for_its_file_and_a_key_that_is_not_in_quarantine_is_named()
    {
        await pipeline.PutAsync(Day + "a/f.ndjson", $"{Good}\n{{");
        await pipeline.PutAsync(Day + "b/f.json", Good);
        await pipeline.LoadAsync();

        var request = await MarkAsync([Day + "a/f.ndjson#2", Day + "b/f.json", "nowhere"]);

        request.Due.ShouldBe([Day + "a/f.ndjson"]);
        request.Unknown.ShouldBe([Day + "b/f.json", "nowhere"]);
        await pipeline.PutAsync(Day + "a/f.ndjson", $"{Good}\n{Good}");
        (await pipeline.LoadAsync()).Counts["rows"].ShouldBe(2);
        (await OpenAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_object_that_is_due_and_gone_ends_its_error()
    {
        await pipeline.PutAsync(Day + "a/f.json", "{");
        await pipeline.LoadAsync();
        await MarkAsync(null);
        await pipeline.Bucket.DeleteAsync([Day + "a/f.json"]);

        (await pipeline.LoadAsync()).Problems.ShouldBeEmpty();

        (await OpenAsync()).ShouldBeEmpty();
        (await pipeline.QueryAsync("select count(*) from raw.load_objects")).Single()[0].ShouldBe(0L);
    }

    [Fact]
    public async Task A_broken_file_under_a_loaded_key_is_quarantined_and_takes_no_good_row_away()
    {
        await pipeline.PutAsync(Day + "a/f.json", Good);
        await pipeline.LoadAsync();
        await pipeline.PutAsync(Day + "a/f.json", "{");
        (await pipeline.LoadAsync()).Counts["errors"].ShouldBe(1);

        (await OpenAsync()).ShouldBe([Day + "a/f.json LOD2003"]);
        (await pipeline.QueryAsync("select file_key from raw.fhir_bundles")).Single()[0].ShouldBe(Day + "a/f.json");
        (await pipeline.LoadAsync()).Counts["files"].ShouldBe(0);

        // Mended: the row is replaced, the error is over.
        await pipeline.PutAsync(Day + "a/f.json", Good.Replace("good", "better", StringComparison.Ordinal));
        await pipeline.LoadAsync();
        (await pipeline.QueryAsync("select bundle_data->>'$.id' from raw.fhir_bundles")).Single()[0].ShouldBe("better");
        (await OpenAsync()).ShouldBeEmpty();
    }

    private async Task<RetryRequest> MarkAsync(IReadOnlyCollection<string>? keys)
    {
        await using var session = await pipeline.Warehouse.OpenAsync();
        return await RawQuarantine.MarkDueAsync(session, keys);
    }

    private async Task<IReadOnlyList<string>> OpenAsync() =>
        [.. (await pipeline.QueryAsync("select file_key, code from raw.load_errors where resolved_at is null order by 1")).Select(row => $"{row[0]} {row[1]}")];
}
