using Amazon.Runtime;
using Amazon.S3.Model;
using FhirAspire.Pipeline.Telemetry;

namespace FhirAspire.Services.Tests.Loading;

/// <summary>What waits for the loader is counted at a cost of what is new, not of what is there.</summary>
public sealed class BacklogTests : IAsyncLifetime
{
    private const string Day = "raw/patients/2026-01-02/";

    private readonly List<string?> listings = [];
    private PipelineFixture pipeline = null!;

    public async Task InitializeAsync()
    {
        pipeline = await PipelineFixture.StartAsync();
        ((AmazonServiceClient)pipeline.Bucket.Client).BeforeRequestEvent += (_, e) =>
        {
            if ((e as WebServiceRequestEventArgs)?.Request is ListObjectsV2Request { Prefix: Day } listing)
            {
                listings.Add(listing.ContinuationToken is null ? listing.StartAfter ?? "start" : "next page");
            }
        };
    }

    public async Task DisposeAsync() => await pipeline.DisposeAsync();

    [Fact]
    public async Task What_waits_is_listed_from_where_something_waited_or_was_new_the_last_time()
    {
        // More than a page of the listing.
        await Parallel.ForEachAsync(Enumerable.Range(0, 1010), async (i, _) => await PutAsync($"{i:D9}_p"));
        var loader = pipeline.Loader();
        (await MeasureAsync()).ShouldBe(1010);
        await pipeline.LoadAsync(loader);

        listings.Clear();
        (await MeasureAsync()).ShouldBe(0);
        listings.ShouldBe(["start", "next page"]);

        // From now on one page, whatever the day holds.
        listings.Clear();
        (await MeasureAsync()).ShouldBe(0);
        await PutAsync("100000000_p");
        await PutAsync("100000001_p");
        (await MeasureAsync()).ShouldBe(2);
        (await MeasureAsync()).ShouldBe(2);
        var last = Key("000001009_p");
        listings.ShouldBe([last, last, last]);

        // Loaded: the place goes on.
        await pipeline.LoadAsync(loader);
        (await MeasureAsync()).ShouldBe(0);
        await PutAsync("100000002_p");
        listings.Clear();
        (await MeasureAsync()).ShouldBe(1);
        listings.ShouldBe([Key("100000001_p")]);

        async Task<long?> MeasureAsync() => (await loader.MeasureAsync(new PipelineLevels(), default)).ObjectsToLoad;
    }

    [Fact]
    public async Task What_came_late_with_an_earlier_key_is_counted_after_the_next_sweep_and_loaded_at_once()
    {
        var loader = pipeline.Loader();
        await PutAsync("000000005_p");
        await pipeline.LoadAsync(loader);
        (await loader.MeasureAsync(new PipelineLevels(), default)).ObjectsToLoad.ShouldBe(0);

        await PutAsync("000000004_late");
        (await loader.MeasureAsync(new PipelineLevels(), default)).ObjectsToLoad.ShouldBe(0);
        pipeline.Time.Advance(pipeline.LoaderOptions.SweepInterval);
        (await loader.MeasureAsync(new PipelineLevels(), default)).ObjectsToLoad.ShouldBe(1);

        (await pipeline.LoadAsync(loader)).Counts["files"].ShouldBe(1);
        (await loader.MeasureAsync(new PipelineLevels(), default)).ObjectsToLoad.ShouldBe(0);
    }

    private static string Key(string folder) => $"{Day}{folder}/f.json";

    private Task PutAsync(string folder) => pipeline.PutAsync(Key(folder), $$"""{"resourceType":"Patient","id":"{{folder}}"}""");
}
