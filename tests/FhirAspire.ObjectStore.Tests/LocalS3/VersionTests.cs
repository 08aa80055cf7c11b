using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

public sealed class VersionTests(S3Fixture s3) : IClassFixture<S3Fixture>
{
    [Fact]
    public async Task Every_write_is_kept_and_a_delete_only_marks()
    {
        var bucket = await VersionedAsync();
        var one = (await PutAsync(bucket, "k", "1")).VersionId;
        var two = (await PutAsync(bucket, "k", "2")).VersionId;
        one.ShouldNotBe(two);
        var marker = await s3.Client.DeleteObjectAsync(bucket, "k");
        marker.DeleteMarker.ShouldBe("true");
        (await Should.ThrowAsync<AmazonS3Exception>(() => ReadAsync(bucket, "k"))).ErrorCode.ShouldBe("NoSuchKey");
        (await ReadAsync(bucket, "k", one)).ShouldBe("1");
        (await ReadAsync(bucket, "k", two)).ShouldBe("2");
        (await Should.ThrowAsync<AmazonS3Exception>(() => ReadAsync(bucket, "k", marker.VersionId))).StatusCode.ShouldBe(HttpStatusCode.MethodNotAllowed);
        await s3.Client.DeleteObjectAsync(bucket, "k", marker.VersionId);
        (await ReadAsync(bucket, "k")).ShouldBe("2");
        await s3.Client.DeleteObjectAsync(bucket, "k", two);
        (await ReadAsync(bucket, "k")).ShouldBe("1");
    }

    [Fact]
    public async Task Versions_are_listed_newest_first_page_by_page()
    {
        var bucket = await VersionedAsync();
        var expected = new List<string>();
        foreach (var key in new[] { "a", "b", "c" })
        {
            var versions = new List<string>();
            for (var i = 0; i < 4; i++)
            {
                versions.Add($"{key} {(await PutAsync(bucket, key, $"{i}")).VersionId}");
            }

            versions.Reverse();
            expected.AddRange(versions);
        }

        var seen = new List<string>();
        var latest = 0;
        var request = new ListVersionsRequest { BucketName = bucket, MaxKeys = 5 };
        ListVersionsResponse page;
        do
        {
            page = await s3.Client.ListVersionsAsync(request);
            seen.AddRange(page.Versions.Select(version => $"{version.Key} {version.VersionId}"));
            latest += page.Versions.Count(version => version.IsLatest == true);
            request.KeyMarker = page.NextKeyMarker;
            request.VersionIdMarker = page.NextVersionIdMarker;
        }
        while (page.IsTruncated == true);
        seen.ShouldBe(expected);
        latest.ShouldBe(3);
    }

    [Fact]
    public async Task A_suspended_bucket_overwrites_its_null_version_only()
    {
        var bucket = await s3.NewBucketAsync();
        await PutAsync(bucket, "k", "before");
        await SetAsync(bucket, VersionStatus.Enabled);
        var kept = (await PutAsync(bucket, "k", "versioned")).VersionId;
        await SetAsync(bucket, VersionStatus.Suspended);
        await PutAsync(bucket, "k", "after");
        await PutAsync(bucket, "k", "after that");
        var versions = (await s3.Client.ListVersionsAsync(bucket)).Versions;
        versions.Select(version => version.VersionId).ShouldBe(["null", kept]);
        (await ReadAsync(bucket, "k", "null")).ShouldBe("after that");
        (await ReadAsync(bucket, "k", kept)).ShouldBe("versioned");
    }

    [Fact]
    public async Task A_version_that_is_gone_and_one_that_never_was_are_told_apart()
    {
        var bucket = await VersionedAsync();
        var id = (await PutAsync(bucket, "k", "1")).VersionId;
        await s3.Client.DeleteObjectAsync(bucket, "k", id);
        (await Should.ThrowAsync<AmazonS3Exception>(() => ReadAsync(bucket, "k", id))).ErrorCode.ShouldBe("NoSuchVersion");
        (await Should.ThrowAsync<AmazonS3Exception>(() => ReadAsync(bucket, "k", "made-up"))).ErrorCode.ShouldBe("InvalidArgument");
    }

    [Fact]
    public async Task A_bucket_with_versions_left_is_not_empty()
    {
        var bucket = await VersionedAsync();
        await PutAsync(bucket, "k", "1");
        await s3.Client.DeleteObjectAsync(bucket, "k");
        (await s3.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket })).KeyCount.ShouldBe(0);
        (await Should.ThrowAsync<AmazonS3Exception>(() => s3.Client.DeleteBucketAsync(bucket))).ErrorCode.ShouldBe("BucketNotEmpty");
    }

    private async Task<string> VersionedAsync()
    {
        var bucket = await s3.NewBucketAsync();
        await SetAsync(bucket, VersionStatus.Enabled);
        return bucket;
    }

    private Task SetAsync(string bucket, VersionStatus status) =>
        s3.Client.PutBucketVersioningAsync(new PutBucketVersioningRequest { BucketName = bucket, VersioningConfig = new S3BucketVersioningConfig { Status = status } });

    private Task<PutObjectResponse> PutAsync(string bucket, string key, string content) =>
        s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = content });

    private async Task<string> ReadAsync(string bucket, string key, string? version = null)
    {
        using var read = await s3.Client.GetObjectAsync(bucket, key, version);
        return await new StreamReader(read.ResponseStream).ReadToEndAsync();
    }
}
