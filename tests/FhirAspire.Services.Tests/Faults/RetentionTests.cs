using Amazon.S3.Model;
using FhirAspire.Loader.Retaining;
using FhirAspire.Pipeline.Operations;
using FhirAspire.Pipeline.Runs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FhirAspire.Services.Tests.Faults;

/// <summary>What is removed after its time, what never is, and how what was removed or spoilt by mistake comes back from the bucket's versions.</summary>
public sealed class RetentionTests : IAsyncLifetime
{
    private const string Folder = "raw/patients/2026-01-02/030405000_p/";

    private PipelineFixture pipeline = null!;

    public async Task InitializeAsync() => pipeline = await PipelineFixture.StartAsync();

    public async Task DisposeAsync()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        await pipeline.DisposeAsync();
    }

    [Fact]
    public async Task Only_what_is_old_and_loaded_whole_is_removed()
    {
        var options = new RunStoreOptions { ConnectionString = Path.Combine(pipeline.Folder, "history.db") };
        var history = new RunStore(options, pipeline.Time);
        await history.PrepareAsync();
        await AddRunAsync(history);
        await pipeline.PutAsync(Folder + "loaded.json", Patient("loaded"));
        await pipeline.PutAsync(Folder + "changed.json", Patient("before"));
        await pipeline.PutAsync(Folder + "broken.json", "{");
        await pipeline.PutAsync(Folder + "half.ndjson", $"{Patient("half")}\n{{\n");
        await pipeline.LoadAsync();
        await pipeline.PutAsync(Folder + "changed.json", Patient("after"));
        await pipeline.PutAsync(Folder + "waits.json", Patient("waits"));
        pipeline.Time.Advance(TimeSpan.FromDays(31));
        await AddRunAsync(history);
        await pipeline.PutAsync(Folder + "young.json", Patient("young"));
        await pipeline.LoadAsync(trigger: FhirAspire.Pipeline.Jobs.RunTrigger.Manual);

        // What waited has been loaded now; of what was changed the new state.
        await pipeline.PutAsync(Folder + "waits-still.json", Patient("waits-still"));
        pipeline.Time.Advance(TimeSpan.FromDays(1));
        var removed = await new Retention(
            pipeline.Bucket, pipeline.Warehouse, new OperationsStore(options), Options.Create(new RetentionOptions { Runs = TimeSpan.FromDays(30), Objects = TimeSpan.FromDays(30) }), pipeline.Time, NullLogger<Retention>.Instance)
            .ApplyAsync(default);

        var left = new List<string>();
        await foreach (var item in pipeline.Bucket.ListAsync(Folder))
        {
            left.Add(item.Key[Folder.Length..]);
        }

        left.ShouldBe(["broken.json", "half.ndjson", "waits-still.json", "young.json"]);
        removed.ShouldBe((3, 1));
        (await history.QueryAsync(new RunFilter())).ShouldHaveSingleItem();
        (await pipeline.QueryAsync("select count(*) from raw.fhir_bundles where bundle_data->>'$.id' in ('loaded', 'after', 'waits', 'half', 'young')")).Single().ShouldBe([5L]);
    }

    [Fact]
    public async Task What_was_overwritten_or_deleted_comes_back_from_its_version_for_30_days()
    {
        const string key = Folder + "f.json";
        await pipeline.PutAsync(key, Patient("good"));
        await pipeline.PutAsync(key, Patient("spoilt"));
        await pipeline.Bucket.DeleteAsync([key]);
        await pipeline.LoadAsync();
        (await pipeline.QueryAsync("select count(*) from raw.fhir_bundles")).Single().ShouldBe([0L]);

        var versions = (await VersionsAsync()).Where(version => !version.IsDeleteMarker.GetValueOrDefault()).ToList();
        versions.Count.ShouldBe(2);
        await pipeline.Bucket.Client.CopyObjectAsync(new CopyObjectRequest
        {
            SourceBucket = pipeline.Bucket.Bucket, SourceKey = key, SourceVersionId = versions[1].VersionId, DestinationBucket = pipeline.Bucket.Bucket, DestinationKey = key,
        });
        await pipeline.LoadAsync();
        (await pipeline.QueryAsync("select bundle_data->>'$.id' from raw.fhir_bundles")).Single().ShouldBe(["good"]);

        pipeline.Time.Advance(TimeSpan.FromDays(32));
        await pipeline.ExpireAsync();
        (await VersionsAsync()).ShouldHaveSingleItem().IsLatest.ShouldBe(true);
    }

    private async Task<List<S3ObjectVersion>> VersionsAsync() =>
        (await pipeline.Bucket.Client.ListVersionsAsync(new ListVersionsRequest { BucketName = pipeline.Bucket.Bucket, Prefix = Folder })).Versions;

    private async Task AddRunAsync(RunStore history)
    {
        var run = new JobRun { Job = "loader", Owner = "test:1", StartedAt = pipeline.Time.GetUtcNow().UtcDateTime, Status = RunStatus.Running };
        await history.StartAsync(run);
        run.Status = RunStatus.Succeeded;
        run.FinishedAt = run.StartedAt;
        await history.FinishAsync(run);
    }

    private static string Patient(string id) => $$"""{"resourceType":"Patient","id":"{{id}}"}""";
}
