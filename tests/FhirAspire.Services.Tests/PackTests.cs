using System.Globalization;
using System.Text;
using System.Text.Json;
using FhirAspire.Fhir.Spool;
using FhirAspire.Uploader;
using FhirAspire.Warehouse;
using FhirAspire.Warehouse.Postgres;

namespace FhirAspire.Services.Tests;

/// <summary>Many files in one object: the same rows under the same keys as without, on each database.</summary>
public sealed class PackTests
{
    private static readonly string Sample = Path.Combine(TestEnvironment.RepositoryRoot, "samples", "synthea", "fhir-small");
    private static readonly UploaderOptions Packed = new() { Pack = true };

    [SkippableTheory]
    [InlineData(WarehouseKind.DuckDb)]
    [InlineData(WarehouseKind.Postgres)]
    public async Task Packed_files_give_the_rows_that_they_give_one_by_one(WarehouseKind kind)
    {
        await using var single = await PipelineFixture.StartAsync(server: await ServerAsync(kind));
        await using var packed = await PipelineFixture.StartAsync(server: await ServerAsync(kind));
        await FillAsync(single);
        Copy(single.Spool.Root, packed.Spool.Root);
        await single.UploadAsync();
        (await packed.PackAsync(Packed, Pipeline.Jobs.RunTrigger.Manual)).Counts["folders"].ShouldBe(9);
        await single.LoadAsync();
        await packed.LoadAsync();

        var objects = await KeysAsync(packed);
        // The broken file is an object of its own, so that it is found under its own key.
        objects.Count.ShouldBe(2);
        objects.Count(key => key.EndsWith(".pack.ndjson.gz", StringComparison.Ordinal)).ShouldBe(1);
        var rows = await RowsAsync(single);
        rows.Count.ShouldBe(10);
        (await RowsAsync(packed)).ShouldBe(rows);
        var errors = await packed.QueryAsync("select file_key, code from raw.load_errors");
        errors.ShouldHaveSingleItem();
        errors[0].ShouldBe((await single.QueryAsync("select file_key, code from raw.load_errors"))[0]);
        packed.Spool.Pending().ShouldBeEmpty();
        (await packed.LoadAsync()).Counts["files"].ShouldBe(0);
    }

    [SkippableTheory]
    [InlineData(WarehouseKind.DuckDb)]
    [InlineData(WarehouseKind.Postgres)]
    public async Task A_pack_of_files_that_were_loaded_before_doubles_none(WarehouseKind kind)
    {
        await using var pipeline = await PipelineFixture.StartAsync(server: await ServerAsync(kind));
        await FillAsync(pipeline);
        await pipeline.UploadAsync();
        await pipeline.LoadAsync();
        var before = await RowsAsync(pipeline);
        Unmark(pipeline);

        await pipeline.PackAsync(Packed, Pipeline.Jobs.RunTrigger.Manual);
        (await pipeline.LoadAsync()).Problems.ShouldBeEmpty();

        (await RowsAsync(pipeline)).ShouldBe(before);
    }

    [Fact]
    public async Task A_pack_waits_until_it_is_full_or_old_enough()
    {
        await using var pipeline = await PipelineFixture.StartAsync();
        await FillAsync(pipeline);
        (await pipeline.PackAsync(Packed)).Counts["folders"].ShouldBe(0);
        (await KeysAsync(pipeline)).ShouldBeEmpty();

        pipeline.Time.Advance(Packed.PackAfter);
        (await pipeline.PackAsync(Packed)).Counts["folders"].ShouldBe(9);

        await using var full = await PipelineFixture.StartAsync();
        await FillAsync(full, large: 12);
        // 24 MB of text are about two of these packs and a half; the rest waits.
        var small = new UploaderOptions { Pack = true, PackBytes = 1 << 20 };
        (await full.PackAsync(small)).Counts["folders"].ShouldBeInRange(9, 20);
        (await KeysAsync(full)).Count(key => key.EndsWith(".pack.ndjson.gz", StringComparison.Ordinal)).ShouldBe(2);
        full.Spool.Pending().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task After_a_crash_the_same_pack_is_uploaded_under_the_same_key()
    {
        await using var pipeline = await PipelineFixture.StartAsync();
        await FillAsync(pipeline);
        await pipeline.PackAsync(Packed, Pipeline.Jobs.RunTrigger.Manual);
        var key = (await KeysAsync(pipeline)).Single(found => found.EndsWith(".pack.ndjson.gz", StringComparison.Ordinal));
        await pipeline.LoadAsync();
        var before = await RowsAsync(pipeline);

        // As if the process had ended behind the upload: the plan is there, the marks are not. A folder more has come since.
        var folders = pipeline.Spool.Folders().Select(folder => folder.Key).ToList();
        Unmark(pipeline);
        await File.WriteAllTextAsync(Path.Combine(pipeline.Spool.Root, ".packs", "plan.json"), JsonSerializer.Serialize(new { key, folders }));
        await AddAsync(pipeline, "late", "late.json", Bundle("late"));
        // Whatever the options say now.
        await pipeline.UploadAsync();

        (await KeysAsync(pipeline)).Count(found => found.EndsWith(".pack.ndjson.gz", StringComparison.Ordinal)).ShouldBe(1);
        (await pipeline.LoadAsync()).Counts["files"].ShouldBe(1);
        (await RowsAsync(pipeline)).Count.ShouldBe(before.Count + 1);
        pipeline.Spool.Pending().ShouldBeEmpty();
        Directory.EnumerateFiles(Path.Combine(pipeline.Spool.Root, ".packs")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_line_that_is_none_of_a_pack_is_quarantined_and_the_others_are_loaded()
    {
        await using var pipeline = await PipelineFixture.StartAsync();
        await pipeline.PutAsync("raw/patients/2026-01-02/000000000_x.pack.ndjson", """
            {"file_key":"raw/patients/a.json","etag":"1","document":{"resourceType":"Patient","id":"a"}}
            {"resourceType":"Patient","id":"b"}
            {"file_key":"raw/patients/c.json","etag":"3","document":{"resourceType":"Patient","id":"c"}
            {"file_key":"raw/patients/d.json","etag":"4","document":{"id":"d"}}
            """);
        await pipeline.LoadAsync();

        (await pipeline.QueryAsync("select file_key, etag from raw.fhir_bundles")).ShouldHaveSingleItem().ShouldBe(["raw/patients/a.json", "1"]);
        (await pipeline.QueryAsync("select file_key from raw.load_errors order by 1")).Select(row => (string)row[0]!)
            .ShouldBe(["raw/patients/2026-01-02/000000000_x.pack.ndjson#2", "raw/patients/c.json", "raw/patients/d.json"]);
    }

    private static async Task<IWarehouse?> ServerAsync(WarehouseKind kind) =>
        kind == WarehouseKind.DuckDb ? null : new PostgresWarehouse(new PostgresOptions { ConnectionString = await (await PostgresServer.RequireAsync()).CreateDatabaseAsync() });

    // Bundles of the sample as they come (gzipped), one without, resources a line, and a broken file.
    private static async Task FillAsync(PipelineFixture pipeline, int large = 0)
    {
        var source = pipeline.Replay(Sample);
        while (await source.NextAsync(default) is { Count: > 0 })
        {
        }

        await AddAsync(pipeline, "plain", "plain.json", Bundle("plain"));
        await AddAsync(pipeline, "umlaut", "Zoë_O'Neil.json", Bundle("Zoë"));
        await AddAsync(pipeline, "lines", "Patient.ndjson", "{\"resourceType\":\"Patient\",\"id\":\"l1\"}\n\n{\"resourceType\":\"Patient\",\"id\":\"l2\"}\n");
        await AddAsync(pipeline, "broken", "broken.json", "{\"resourceType\":\"Bundle\",");
        await AddAsync(pipeline, "single", "single.json", "\n {\"resourceType\": \"Patient\", \"id\": \"s\", \"text\": {\"div\": \"a  b\"}}\n");
        for (var i = 0; i < large; i++)
        {
            await AddAsync(pipeline, $"large-{i}", "large.json", Bundle(new string((char)('a' + (i % 26)), 1_000_000)));
        }
    }

    private static Task AddAsync(PipelineFixture pipeline, string id, string name, string text) =>
        pipeline.Spool.AddAsync(id, (folder, stop) => File.WriteAllTextAsync(Path.Combine(folder, name), text, new UTF8Encoding(false), stop));

    private static string Bundle(string id) => JsonSerializer.Serialize(new
    {
        resourceType = "Bundle", type = "collection", entry = new object[] { new { resource = new { resourceType = "Patient", id } }, new { resource = new { resourceType = "Basic", id = id + "-2" } } },
    }, new JsonSerializerOptions { WriteIndented = true });

    private static void Unmark(PipelineFixture pipeline)
    {
        foreach (var folder in pipeline.Spool.Folders())
        {
            File.Delete(Path.Combine(folder.Path, SpoolFolder.UploadedMarker));
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static async Task<List<string>> KeysAsync(PipelineFixture pipeline)
    {
        var keys = new List<string>();
        await foreach (var item in pipeline.Bucket.ListAsync("raw/"))
        {
            keys.Add(item.Key);
        }

        return keys;
    }

    private static async Task<List<string>> RowsAsync(PipelineFixture pipeline) =>
        [.. (await pipeline.QueryAsync("select file_key, etag, record_count, md5(cast(bundle_data as varchar)) from raw.fhir_bundles"))
            .Select(row => string.Join(' ', row.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture)))).Order(StringComparer.Ordinal)];
}
