using Amazon.S3;
using Amazon.S3.Model;
using FhirAspire.ObjectStore.LocalS3;
using Microsoft.Extensions.Time.Testing;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

public sealed class LifecycleTests : IAsyncLifetime
{
    private const string Bucket = "lifecycle";
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 10, 30, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider clock = new(Start);
    private readonly string root = Path.Combine(Path.GetTempPath(), "locals3-" + Guid.NewGuid().ToString("n"));
    private LocalS3Server server = null!;
    private IAmazonS3 client = null!;

    public async Task InitializeAsync()
    {
        server = await LocalS3Server.StartAsync(new LocalS3Options { Root = root, Port = 0, Durability = LocalS3Durability.Fast, TimeProvider = clock });
        client = ObjectStoreClientFactory.Create(S3Fixture.ClientOptions(server));
        await client.PutBucketAsync(Bucket);
    }

    public async Task DisposeAsync()
    {
        client.Dispose();
        await server.DisposeAsync();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task An_object_expires_at_the_midnight_after_its_days()
    {
        await RuleAsync(new LifecycleRule { Id = "r", Status = LifecycleRuleStatus.Enabled, Filter = Prefix("old/"), Expiration = new LifecycleRuleExpiration { Days = 3 } });
        await PutAsync("old/1");
        await PutAsync("new/1");
        (await client.GetObjectMetadataAsync(Bucket, "old/1")).Expiration.RuleId.ShouldBe("r");
        // 3 days after 1 March 10:30 is 4 March 10:30, so midnight of 5 March.
        await AtAsync(new DateTimeOffset(2026, 3, 4, 23, 59, 0, TimeSpan.Zero));
        (await KeysAsync()).ShouldBe(["new/1", "old/1"]);
        await AtAsync(new DateTimeOffset(2026, 3, 5, 0, 0, 0, TimeSpan.Zero));
        (await KeysAsync()).ShouldBe(["new/1"]);
    }

    [Fact]
    public async Task The_clock_alone_makes_rules_come_true()
    {
        await RuleAsync(new LifecycleRule { Id = "r", Status = LifecycleRuleStatus.Enabled, Filter = Prefix(""), Expiration = new LifecycleRuleExpiration { Days = 1 } });
        await PutAsync("k");
        clock.Advance(TimeSpan.FromDays(3));
        for (var i = 0; i < 100 && (await KeysAsync()).Count > 0; i++)
        {
            await Task.Delay(20);
        }

        (await KeysAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Rules_look_at_tags_and_sizes()
    {
        await RuleAsync(new LifecycleRule
        {
            Id = "r", Status = LifecycleRuleStatus.Enabled, Expiration = new LifecycleRuleExpiration { Days = 1 },
            Filter = new LifecycleFilter
            {
                LifecycleFilterPredicate = new LifecycleAndOperator { Operands = [new LifecycleTagPredicate { Tag = new Tag { Key = "keep", Value = "no" } }, new LifecycleObjectSizeGreaterThanPredicate { ObjectSizeGreaterThan = 2 }] },
            },
        });
        await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "both", ContentBody = "long", TagSet = [new Tag { Key = "keep", Value = "no" }] });
        await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "small", ContentBody = "s", TagSet = [new Tag { Key = "keep", Value = "no" }] });
        await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "untagged", ContentBody = "long" });
        await AtAsync(Start.AddDays(5));
        (await KeysAsync()).ShouldBe(["small", "untagged"]);
    }

    [Fact]
    public async Task A_bucket_with_versions_marks_then_drops_the_old_version_and_with_it_the_marker()
    {
        await client.PutBucketVersioningAsync(new PutBucketVersioningRequest { BucketName = Bucket, VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled } });
        await RuleAsync(
            new LifecycleRule
            {
                Id = "r", Status = LifecycleRuleStatus.Enabled, Filter = Prefix(""), Expiration = new LifecycleRuleExpiration { Days = 10 },
                NoncurrentVersionExpiration = new LifecycleRuleNoncurrentVersionExpiration { NoncurrentDays = 5 },
            },
            new LifecycleRule { Id = "m", Status = LifecycleRuleStatus.Enabled, Filter = Prefix(""), Expiration = new LifecycleRuleExpiration { ExpiredObjectDeleteMarker = true } });
        await PutAsync("k");
        await PutAsync("k");
        await AtAsync(Start.AddDays(7));
        (await VersionsAsync()).ShouldBe(["k"]);
        await AtAsync(Start.AddDays(12));
        (await KeysAsync()).ShouldBeEmpty();
        (await VersionsAsync()).ShouldBe(["k marker", "k"]);
        await AtAsync(Start.AddDays(19));
        (await VersionsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_transition_changes_the_class_and_an_archived_object_must_be_restored()
    {
        await RuleAsync(new LifecycleRule
        {
            Id = "r", Status = LifecycleRuleStatus.Enabled, Filter = Prefix(""),
            Transitions = [new LifecycleTransition { Days = 30, StorageClass = S3StorageClass.StandardInfrequentAccess }, new LifecycleTransition { Days = 90, StorageClass = S3StorageClass.Glacier }],
        });
        await PutAsync("k");
        await AtAsync(Start.AddDays(40));
        (await client.GetObjectMetadataAsync(Bucket, "k")).StorageClass.ShouldBe(S3StorageClass.StandardInfrequentAccess);
        await AtAsync(Start.AddDays(100));
        (await client.GetObjectMetadataAsync(Bucket, "k")).StorageClass.ShouldBe(S3StorageClass.Glacier);
        (await Should.ThrowAsync<AmazonS3Exception>(() => client.GetObjectAsync(Bucket, "k"))).ErrorCode.ShouldBe("InvalidObjectState");
        await client.RestoreObjectAsync(new RestoreObjectRequest { BucketName = Bucket, Key = "k", Days = 2 });
        (await client.GetObjectAsync(Bucket, "k")).ContentLength.ShouldBe(1);
        clock.Advance(TimeSpan.FromDays(3));
        (await Should.ThrowAsync<AmazonS3Exception>(() => client.GetObjectAsync(Bucket, "k"))).ErrorCode.ShouldBe("InvalidObjectState");
    }

    [Fact]
    public async Task An_upload_that_is_never_completed_is_aborted()
    {
        await RuleAsync(new LifecycleRule { Id = "r", Status = LifecycleRuleStatus.Enabled, Filter = Prefix(""), AbortIncompleteMultipartUpload = new LifecycleRuleAbortIncompleteMultipartUpload { DaysAfterInitiation = 2 } });
        var upload = await client.InitiateMultipartUploadAsync(Bucket, "k");
        await client.UploadPartAsync(new UploadPartRequest { BucketName = Bucket, Key = "k", UploadId = upload.UploadId, PartNumber = 1, InputStream = new MemoryStream(new byte[100_000]) });
        await AtAsync(Start.AddDays(4));
        (await client.ListMultipartUploadsAsync(Bucket)).MultipartUploads.ShouldBeNull();
    }

    [Fact]
    public async Task Faulty_rules_are_refused()
    {
        async Task<string> CodeAsync(params LifecycleRule[] rules) => (await Should.ThrowAsync<AmazonS3Exception>(() => RuleAsync(rules))).ErrorCode;
        var rule = new LifecycleRule { Id = "same", Status = LifecycleRuleStatus.Enabled, Filter = Prefix(""), Expiration = new LifecycleRuleExpiration { Days = 1 } };
        (await CodeAsync(rule, rule)).ShouldBe("InvalidArgument");
        (await CodeAsync(new LifecycleRule { Id = "r", Status = LifecycleRuleStatus.Enabled, Filter = Prefix(""), Expiration = new LifecycleRuleExpiration { Days = 0 } })).ShouldBe("InvalidArgument");
        (await CodeAsync(new LifecycleRule { Id = "r", Status = "on", Filter = Prefix(""), Expiration = new LifecycleRuleExpiration { Days = 1 } })).ShouldBe("MalformedXML");
    }

    private static LifecycleFilter Prefix(string prefix) => new() { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = prefix } };

    private Task RuleAsync(params LifecycleRule[] rules) =>
        client.PutLifecycleConfigurationAsync(new PutLifecycleConfigurationRequest { BucketName = Bucket, Configuration = new LifecycleConfiguration { Rules = [.. rules] } });

    private Task PutAsync(string key) => client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, ContentBody = "x" });

    private async Task AtAsync(DateTimeOffset time)
    {
        clock.SetUtcNow(time);
        await server.RunLifecycleAsync();
    }

    private async Task<List<string>> KeysAsync() =>
        (await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket })).S3Objects?.ConvertAll(item => item.Key) ?? [];

    private async Task<List<string>> VersionsAsync() =>
        (await client.ListVersionsAsync(Bucket)).Versions?.ConvertAll(version => version.Key + (version.IsDeleteMarker == true ? " marker" : "")) ?? [];
}
