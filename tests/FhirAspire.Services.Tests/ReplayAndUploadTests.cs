using FhirAspire.Fhir.Spool;

namespace FhirAspire.Services.Tests;

public sealed class ReplayAndUploadTests : IAsyncLifetime
{
    private static readonly string Sample = Path.Combine(TestEnvironment.RepositoryRoot, "samples", "synthea", "fhir-small");

    private PipelineFixture pipeline = null!;

    public async Task InitializeAsync() => pipeline = await PipelineFixture.StartAsync();

    public async Task DisposeAsync() => await pipeline.DisposeAsync();

    [Fact]
    public async Task What_a_run_shares_goes_first_and_then_a_folder_a_patient()
    {
        var source = pipeline.Replay(Sample);
        var written = new List<string[]>();
        while (await source.NextAsync(default) is { Count: > 0 } items)
        {
            written.AddRange(items.Select(item => item.Folder.Files().Select(file => file.Name).ToArray()));
        }

        written[0].ShouldBe(["hospitalInformation1767225600000.json.gz", "practitionerInformation1767225600000.json.gz"]);
        written[1..].ShouldAllBe(files => files.Length == 1 && files[0].EndsWith(".json.gz"));
        written.Count.ShouldBe(4);
        pipeline.Spool.Folders().Select(folder => folder.Key).ShouldBe(pipeline.Spool.Folders().Select(folder => folder.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_restarted_replay_goes_on_where_it_stood()
    {
        await pipeline.Replay(Sample).NextAsync(default);
        var rest = pipeline.Replay(Sample);
        (await rest.NextAsync(default)).Count.ShouldBe(1);
        (await rest.NextAsync(default)).Count.ShouldBe(1);
        (await rest.NextAsync(default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_loop_goes_on_under_new_ids_with_the_same_content()
    {
        var source = pipeline.Replay(Sample, loop: true);
        for (var i = 0; i < 9; i++)
        {
            (await source.NextAsync(default)).Count.ShouldBe(i == 0 ? 2 : 1);
        }

        var folders = pipeline.Spool.Folders().ToList();
        folders.Count.ShouldBe(10);
        folders.Select(folder => folder.Key.Split('_')[1]).Distinct().Count().ShouldBe(10);
        await pipeline.UploadAsync();
        await pipeline.LoadAsync();
        var patients = await pipeline.QueryAsync("""
            select count(distinct id), count(*), count(distinct birth) from (
              select unnest(from_json(bundle_data, '{"entry":[{"resource":{"resourceType":"VARCHAR","id":"VARCHAR","birthDate":"VARCHAR"}}]}').entry).resource as r from raw.fhir_bundles
            ) , lateral (select r.id as id, r.birthDate as birth) where r.resourceType = 'Patient'
            """);
        patients.Single().ShouldBe([9L, 9L, 3L]);
    }

    [Fact]
    public async Task An_uploaded_folder_is_marked_with_its_keys_and_not_uploaded_again()
    {
        await pipeline.Replay(Sample).NextAsync(default);
        var first = await pipeline.UploadAsync();
        var second = await pipeline.UploadAsync();

        first.Counts["folders"].ShouldBe(2);
        first.Counts["files"].ShouldBe(3);
        second.Counts["folders"].ShouldBe(0);
        pipeline.Spool.Pending().ShouldBeEmpty();
        var folder = pipeline.Spool.Folders().First();
        var marker = await File.ReadAllTextAsync(Path.Combine(folder.Path, SpoolFolder.UploadedMarker));
        marker.ShouldContain($"raw/patients/{folder.Key}/hospitalInformation1767225600000.json.gz");
    }

    [Fact]
    public async Task An_interrupted_upload_overwrites_its_own_keys_and_no_others()
    {
        await pipeline.Replay(Sample).NextAsync(default);
        await pipeline.UploadAsync();
        var before = await ListAsync();
        File.Delete(Path.Combine(pipeline.Spool.Folders().First().Path, SpoolFolder.UploadedMarker));

        (await pipeline.UploadAsync()).Counts["folders"].ShouldBe(1);

        (await ListAsync()).ShouldBe(before);
        (await pipeline.LoadAsync()).Counts["files"].ShouldBe(3);
    }

    [Fact]
    public async Task A_folder_that_fails_is_kept_and_the_others_arrive()
    {
        await pipeline.Replay(Sample).NextAsync(default);
        var broken = await pipeline.Spool.AddAsync("broken", (path, _) =>
        {
            // A link to nothing: it is listed, and can't be read.
            File.CreateSymbolicLink(Path.Combine(path, "gone.json"), Path.Combine(path, "nowhere"));
            return Task.CompletedTask;
        });

        var outcome = await pipeline.UploadAsync();

        outcome.Problems.Single().ShouldStartWith(broken.Key);
        outcome.Counts["folders"].ShouldBe(2);
        pipeline.Spool.Pending().ShouldBe([broken]);
    }

    [Fact]
    public async Task Gzip_on_the_way_gives_keys_that_say_so_and_the_same_rows()
    {
        await pipeline.Spool.AddAsync("p", (path, stop) => File.WriteAllTextAsync(Path.Combine(path, "a.json"), """{"resourceType":"Patient","id":"p"}""", stop));
        await pipeline.UploadAsync(gzip: true);
        await pipeline.LoadAsync();

        var row = (await pipeline.QueryAsync("select file_key, bundle_data->>'$.id' from raw.fhir_bundles")).Single();
        ((string)row[0]!).ShouldEndWith("/a.json.gz");
        row[1].ShouldBe("p");
        Directory.EnumerateFiles(pipeline.Spool.Folders().Single().Path).Select(Path.GetFileName).Order().ShouldBe([".uploaded", "a.json"]);
    }

    private async Task<List<string>> ListAsync()
    {
        var keys = new List<string>();
        await foreach (var item in pipeline.Bucket.ListAsync(""))
        {
            keys.Add($"{item.Key} {item.ETag}");
        }

        return keys;
    }
}
