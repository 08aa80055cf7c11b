using FhirAspire.ObjectStore;
using FhirAspire.Pipeline.Jobs;

namespace FhirAspire.Services.Tests.Faults;

/// <summary>Whatever S3 does meanwhile: when it works again every object is loaded once, with what it holds.</summary>
public sealed class S3FaultTests : IAsyncLifetime
{
    private const int Objects = 24;

    private readonly FaultyS3 s3 = new();
    private PipelineFixture pipeline = null!;

    public async Task InitializeAsync() => pipeline = await PipelineFixture.StartAsync(proxy: s3.StartAsync, retries: 1);

    public async Task DisposeAsync()
    {
        await pipeline.DisposeAsync();
        await s3.DisposeAsync();
    }

    [Theory]
    [InlineData(Fault.Slow, 6)]
    [InlineData(Fault.Error500, 3)]
    [InlineData(Fault.Error500, 12)]
    [InlineData(Fault.Error503, 12)]
    [InlineData(Fault.ResetInBody, 5)]
    [InlineData(Fault.ResetInBody, 40)]
    [InlineData(Fault.WrongETag, 30)]
    [InlineData(Fault.ListingLags, 1)]
    [InlineData(Fault.ListingRepeats, 2)]
    [InlineData(Fault.ListingHasOtherETags, 1)]
    public async Task Every_object_is_loaded_once_when_S3_works_again(Fault fault, int times)
    {
        for (var i = 0; i < Objects; i++)
        {
            await pipeline.PutAsync(Key(i), Document(i, "first"));
        }

        s3.Let(fault, times);
        await LoadUntilQuietAsync();
        s3.Happened.ShouldBeGreaterThan(0);
        await EachIsThereOnceAsync("first");

        // The same keys with other content: every row is replaced.
        for (var i = 0; i < Objects; i++)
        {
            await pipeline.PutAsync(Key(i), Document(i, "second"));
        }

        s3.Let(fault, times);
        await LoadUntilQuietAsync();
        await EachIsThereOnceAsync("second");
    }

    [Fact]
    public async Task An_upload_through_a_failing_S3_is_repeated_until_all_is_there()
    {
        for (var i = 0; i < 4; i++)
        {
            await pipeline.Spool.AddAsync($"p{i}", (folder, _) => File.WriteAllTextAsync(Path.Combine(folder, $"a_b_p{i}.json"), Document(i, "first")));
        }

        s3.Let(Fault.Error503, 25);
        for (var i = 0; i < 10 && pipeline.Spool.Pending().Any(); i++)
        {
            try
            {
                await pipeline.UploadAsync();
            }
            catch (Exception exception) when (ObjectStoreErrors.IsTransient(exception))
            {
                // The job runner would try again.
            }
        }

        s3.Happened.ShouldBeGreaterThan(0);
        s3.Let(Fault.None, 0);
        await LoadUntilQuietAsync();
        (await pipeline.QueryAsync("select count(*), count(distinct file_key) from raw.fhir_bundles")).Single().ShouldBe([4L, 4L]);
    }

    [Fact]
    public async Task An_object_that_is_deleted_before_it_is_read_is_no_error_and_one_that_was_loaded_keeps_its_row()
    {
        await pipeline.PutAsync(Key(0), Document(0, "first"));
        await pipeline.LoadAsync();
        await pipeline.PutAsync(Key(1), Document(1, "first"));
        await pipeline.Bucket.DeleteAsync([Key(0), Key(1)]);

        (await pipeline.LoadAsync()).Problems.ShouldBeEmpty();

        (await pipeline.QueryAsync("select file_key from raw.fhir_bundles")).Single()[0].ShouldBe(Key(0));
        (await pipeline.QueryAsync("select count(*) from raw.load_errors")).Single()[0].ShouldBe(0L);
    }

    [Theory]
    [InlineData("2025-11-30")]
    [InlineData("2031-01-01")]
    public async Task An_object_under_an_earlier_day_or_one_to_come_from_a_machine_with_a_wrong_clock_is_found_by_the_sweep(string day)
    {
        var loader = pipeline.Loader();
        await pipeline.PutAsync(Key(0), Document(0, "first"));
        await pipeline.LoadAsync(loader);
        await pipeline.PutAsync($"raw/patients/{day}/000000000_p9/f.json", Document(9, "first"));

        (await pipeline.LoadAsync(loader)).Counts["files"].ShouldBe(0);
        pipeline.Time.Advance(TimeSpan.FromHours(1));
        (await pipeline.LoadAsync(loader)).Counts["files"].ShouldBe(1);
    }

    [Fact]
    public async Task A_loader_whose_clock_was_far_ahead_sweeps_again_when_it_is_set_right()
    {
        var loader = pipeline.Loader();
        var right = pipeline.Time.GetUtcNow();
        pipeline.Time.AdjustTime(right.AddYears(1));
        await pipeline.LoadAsync(loader);
        pipeline.Time.AdjustTime(right);
        await pipeline.PutAsync("raw/patients/2025-11-30/000000000_p9/f.json", Document(9, "first"));

        (await pipeline.LoadAsync(loader)).Counts["files"].ShouldBe(1);
    }

    private static string Key(int i) => $"raw/patients/2026-01-02/0300{i:D5}_p{i}/f.json";

    private static string Document(int i, string text) => $$"""{"resourceType":"Patient","id":"p{{i}}","name":[{"text":"{{text}}"}],"address":[{"text":"{{new string('x', 5000)}}"}]}""";

    private async Task EachIsThereOnceAsync(string text)
    {
        var rows = await pipeline.QueryAsync("select file_key, bundle_data->>'$.id', bundle_data->>'$.name[0].text' from raw.fhir_bundles order by 1");
        rows.Select(row => $"{row[0]} {row[1]} {row[2]}").ShouldBe(Enumerable.Range(0, Objects).Select(i => $"{Key(i)} p{i} {text}"));
        (await pipeline.QueryAsync("select count(*) from raw.load_errors where resolved_at is null")).Single()[0].ShouldBe(0L);
    }

    // As the job runner would: again after a failure that may pass, and by the schedule, until nothing is new.
    private async Task LoadUntilQuietAsync()
    {
        for (var i = 0; i < 12; i++)
        {
            try
            {
                var loading = pipeline.LoadAsync(trigger: RunTrigger.Manual);
                while (!loading.IsCompleted)
                {
                    // The pauses between the loader's own attempts are of the fake clock.
                    pipeline.Time.Advance(TimeSpan.FromSeconds(1));
                    await Task.WhenAny(loading, Task.Delay(20));
                }

                var outcome = await loading;
                if (outcome is { Problems.Count: 0 } && outcome.Counts["files"] == 0)
                {
                    return;
                }
            }
            catch (Exception exception) when (ObjectStoreErrors.IsTransient(exception))
            {
                continue;
            }
        }

        throw new TimeoutException("the loader has not become quiet");
    }
}
