using System.Text;
using FhirAspire.ObjectStore.Tests.LocalS3;

namespace FhirAspire.ObjectStore.Tests;

public sealed class ObjectBucketTests(S3Fixture s3) : IClassFixture<S3Fixture>
{
    [Fact]
    public async Task Ensuring_a_bucket_twice_makes_it_once()
    {
        await s3.Objects.EnsureBucketAsync();
        await s3.Objects.EnsureBucketAsync();
        (await s3.Client.ListBucketsAsync()).Buckets.Count(bucket => bucket.BucketName == S3Fixture.Bucket).ShouldBe(1);
    }

    [Fact]
    public async Task A_missing_bucket_that_may_not_be_made_is_named()
    {
        var options = S3Fixture.ClientOptions(s3.Server);
        options.Bucket = "not-there";
        options.CreateBucket = false;
        var error = await Should.ThrowAsync<ObjectStoreException>(() => new ObjectBucket(s3.Client, options).EnsureBucketAsync());
        error.Code.ShouldBe("S3C002");
        error.Place.ShouldBe("s3://not-there");
    }

    [Fact]
    public async Task What_is_put_comes_back_with_its_metadata()
    {
        var bytes = Encoding.UTF8.GetBytes("""{"resourceType":"Bundle"}""");
        var eTag = await s3.Objects.PutAsync("a/ü b.json", new MemoryStream(bytes), "application/fhir+json", [new(ObjectBucket.TraceParent, "00-1-2-01")]);
        using var content = await s3.Objects.GetAsync("a/ü b.json", eTag);
        content.Metadata(ObjectBucket.TraceParent).ShouldBe("00-1-2-01");
        content.ETag.ShouldBe(eTag);
        content.Size.ShouldBe(bytes.Length);
        var read = new MemoryStream();
        await content.Stream.CopyToAsync(read);
        read.ToArray().ShouldBe(bytes);
    }

    [Fact]
    public async Task A_file_of_megabytes_comes_back_whole()
    {
        var path = Path.GetTempFileName();
        try
        {
            var bytes = new byte[7_000_001];
            new Random(1).NextBytes(bytes);
            await File.WriteAllBytesAsync(path, bytes);
            await s3.Objects.PutFileAsync("big", path, "application/octet-stream");
            using var content = await s3.Objects.GetAsync("big");
            var read = new MemoryStream();
            await content.Stream.CopyToAsync(read);
            read.ToArray().AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task A_listing_goes_through_all_pages_in_order_and_can_start_behind_a_key()
    {
        var keys = Enumerable.Range(0, 2_345).Select(i => $"pages/{i:d5}").ToList();
        await Parallel.ForEachAsync(keys, async (key, _) => await s3.Objects.PutAsync(key, new MemoryStream(), "text/plain"));
        (await KeysAsync("pages/")).ShouldBe(keys);
        (await KeysAsync("pages/", "pages/01999")).ShouldBe(keys[2000..]);
        await s3.Objects.DeleteAsync(keys);
        (await KeysAsync("pages/")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Folders_are_listed_without_what_is_in_them()
    {
        foreach (var key in new[] { "f/2026-01-01/a/1", "f/2026-01-01/b/1", "f/2026-01-02/c/1", "f/top" })
        {
            await s3.Objects.PutAsync(key, new MemoryStream(), "text/plain");
        }

        var folders = new List<string>();
        await foreach (var folder in s3.Objects.ListFoldersAsync("f/"))
        {
            folders.Add(folder);
        }

        folders.ShouldBe(["f/2026-01-01/", "f/2026-01-02/"]);
    }

    [Fact]
    public async Task An_object_that_has_changed_since_its_listing_is_told()
    {
        var old = await s3.Objects.PutAsync("changing", new MemoryStream([1]), "text/plain");
        await s3.Objects.PutAsync("changing", new MemoryStream([2]), "text/plain");
        var error = await Should.ThrowAsync<Amazon.S3.AmazonS3Exception>(() => s3.Objects.GetAsync("changing", old));
        ObjectStoreErrors.IsPreconditionFailed(error).ShouldBeTrue();
        ObjectStoreErrors.IsTransient(error).ShouldBeFalse();
    }

    [Fact]
    public async Task An_object_that_is_not_there_is_no_passing_fault()
    {
        var error = await Should.ThrowAsync<Amazon.S3.AmazonS3Exception>(() => s3.Objects.GetAsync("nowhere"));
        ObjectStoreErrors.IsNotFound(error).ShouldBeTrue();
        ObjectStoreErrors.IsTransient(error).ShouldBeFalse();
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_a_passing_fault()
    {
        using var client = ObjectStoreClientFactory.Create(new ObjectStoreOptions { ServiceUrl = "http://127.0.0.1:1", AccessKey = "a", SecretKey = "b", MaxRetries = 0 });
        var error = await Should.ThrowAsync<Exception>(() => client.ListBucketsAsync());
        ObjectStoreErrors.IsTransient(error).ShouldBeTrue(error.ToString());
    }

    private async Task<List<string>> KeysAsync(string prefix, string? startAfter = null)
    {
        var keys = new List<string>();
        await foreach (var item in s3.Objects.ListAsync(prefix, startAfter))
        {
            keys.Add(item.Key);
        }

        return keys;
    }
}
