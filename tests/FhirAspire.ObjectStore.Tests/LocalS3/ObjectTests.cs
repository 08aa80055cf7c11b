using System.Net;
using System.Text;
using Amazon.S3;
using Amazon.S3.Model;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

public sealed class ObjectTests(S3Fixture s3) : IClassFixture<S3Fixture>
{
    public static TheoryData<string> StrangeKeys => new(
        "../../etc/passwd", "..", ".", "a//b", "trailing/", "a", "a/b", "a/b/c", " blank ", "percent%41", "plus+plus", "ünïcødé/日本語/🙂", "new\nline", "tab\t", "q?x=1&y=2", "h#h", "back\\slash",
        "semi;colon", "<tag>&amp;\"'", "con", "aux.txt", "trailing.", "~", "*", new string('x', 1024), string.Join('/', Enumerable.Repeat("d", 500)), new string('ü', 512));

    [Theory]
    [MemberData(nameof(StrangeKeys))]
    public async Task Any_key_can_be_written_read_listed_and_removed(string key)
    {
        var bucket = await s3.NewBucketAsync();
        await PutAsync(bucket, key, "content of " + key);
        (await ReadAsync(bucket, key)).ShouldBe("content of " + key);
        // XML cannot hold every character, and the SDK leaves it to its user to decode.
        var listed = await s3.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket, Encoding = EncodingType.Url });
        Uri.UnescapeDataString(listed.S3Objects.ShouldHaveSingleItem().Key).ShouldBe(key);
        await s3.Client.DeleteObjectAsync(bucket, key);
        (await FailAsync(() => s3.Client.GetObjectAsync(bucket, key))).ErrorCode.ShouldBe("NoSuchKey");
    }

    [Fact]
    public async Task A_key_of_more_than_1024_bytes_is_refused()
    {
        var bucket = await s3.NewBucketAsync();
        (await FailAsync(() => PutAsync(bucket, new string('ü', 513), ""))).ErrorCode.ShouldBe("KeyTooLongError");
    }

    [Fact]
    public async Task Keys_that_begin_other_keys_stand_beside_them()
    {
        var bucket = await s3.NewBucketAsync();
        foreach (var key in new[] { "a/b/c", "a/b", "a", "a/" })
        {
            await PutAsync(bucket, key, key);
        }

        foreach (var key in new[] { "a", "a/", "a/b", "a/b/c" })
        {
            (await ReadAsync(bucket, key)).ShouldBe(key);
        }
    }

    [Fact]
    public async Task Headers_and_metadata_come_back_and_can_be_overridden_for_one_answer()
    {
        var bucket = await s3.NewBucketAsync();
        var put = new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "x", ContentType = "text/csv", StorageClass = S3StorageClass.StandardInfrequentAccess };
        put.Headers.CacheControl = "max-age=3";
        put.Headers.ContentDisposition = "attachment";
        put.Headers.ContentEncoding = "gzip";
        put.Metadata["one"] = "1";
        await s3.Client.PutObjectAsync(put);
        var head = await s3.Client.GetObjectMetadataAsync(bucket, "k");
        head.Headers.ContentType.ShouldBe("text/csv");
        head.Headers.CacheControl.ShouldBe("max-age=3");
        head.Headers.ContentDisposition.ShouldBe("attachment");
        head.Headers.ContentEncoding.ShouldBe("gzip");
        head.Metadata["one"].ShouldBe("1");
        head.StorageClass.ShouldBe(S3StorageClass.StandardInfrequentAccess);
        using var read = await s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", ResponseHeaderOverrides = new ResponseHeaderOverrides { ContentType = "a/b", CacheControl = "none" } });
        read.Headers.ContentType.ShouldBe("a/b");
        read.Headers.CacheControl.ShouldBe("none");
    }

    [Theory]
    [InlineData("bytes=0-3", "0123", "bytes 0-3/10")]
    [InlineData("bytes=7-", "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", "89", "bytes 8-9/10")]
    [InlineData("bytes=5-100", "56789", "bytes 5-9/10")]
    public async Task A_range_gives_a_piece(string range, string expected, string contentRange)
    {
        var bucket = await s3.NewBucketAsync();
        await PutAsync(bucket, "k", "0123456789");
        using var read = await s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", ByteRange = new ByteRange(range) });
        read.HttpStatusCode.ShouldBe(HttpStatusCode.PartialContent);
        read.ContentRange.ShouldBe(contentRange);
        (await new StreamReader(read.ResponseStream).ReadToEndAsync()).ShouldBe(expected);
    }

    [Fact]
    public async Task A_range_outside_of_the_object_is_refused()
    {
        var bucket = await s3.NewBucketAsync();
        await PutAsync(bucket, "k", "0123456789");
        var error = await FailAsync(() => s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", ByteRange = new ByteRange(10, 20) }));
        error.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
        error.ErrorCode.ShouldBe("InvalidRange");
    }

    [Fact]
    public async Task Conditions_of_reads_hold_or_refuse()
    {
        var bucket = await s3.NewBucketAsync();
        var eTag = (await PutAsync(bucket, "k", "x")).ETag;
        var modified = (await s3.Client.GetObjectMetadataAsync(bucket, "k")).LastModified!.Value;
        (await s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", EtagToMatch = eTag })).HttpStatusCode.ShouldBe(HttpStatusCode.OK);
        (await FailAsync(() => s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", EtagToMatch = "\"0\"" }))).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await FailAsync(() => s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", EtagToNotMatch = eTag }))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await FailAsync(() => s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", ModifiedSinceDate = modified.AddSeconds(5) }))).StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await FailAsync(() => s3.Client.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = "k", UnmodifiedSinceDate = modified.AddSeconds(-5) }))).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
    }

    [Fact]
    public async Task Of_many_writers_that_want_to_be_the_first_one_is()
    {
        var bucket = await s3.NewBucketAsync();
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            try
            {
                await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = $"{i}", IfNoneMatch = "*" });
                return "won";
            }
            catch (AmazonS3Exception e)
            {
                return e.ErrorCode;
            }
        }));
        outcomes.Count(outcome => outcome == "won").ShouldBe(1);
        outcomes.Count(outcome => outcome == "PreconditionFailed").ShouldBe(19);
    }

    [Fact]
    public async Task A_write_on_a_condition_changes_only_what_it_names()
    {
        var bucket = await s3.NewBucketAsync();
        (await FailAsync(() => s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "1", IfMatch = "\"0\"" }))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        var first = await PutAsync(bucket, "k", "1");
        await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "2", IfMatch = first.ETag });
        (await FailAsync(() => s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "3", IfMatch = first.ETag }))).StatusCode.ShouldBe(HttpStatusCode.PreconditionFailed);
        (await ReadAsync(bucket, "k")).ShouldBe("2");
    }

    [Fact]
    public async Task A_copy_keeps_or_replaces_metadata_and_tags_as_told()
    {
        var bucket = await s3.NewBucketAsync();
        var put = new PutObjectRequest { BucketName = bucket, Key = "from", ContentBody = "body", ContentType = "a/b", TagSet = [new Tag { Key = "t", Value = "1" }] };
        put.Metadata["m"] = "old";
        await s3.Client.PutObjectAsync(put);
        await s3.Client.CopyObjectAsync(new CopyObjectRequest { SourceBucket = bucket, SourceKey = "from", DestinationBucket = bucket, DestinationKey = "kept" });
        var replace = new CopyObjectRequest { SourceBucket = bucket, SourceKey = "from", DestinationBucket = bucket, DestinationKey = "replaced", MetadataDirective = S3MetadataDirective.REPLACE, ContentType = "c/d" };
        replace.Metadata["m"] = "new";
        await s3.Client.CopyObjectAsync(replace);
        await s3.Client.DeleteObjectAsync(bucket, "from");
        (await ReadAsync(bucket, "kept")).ShouldBe("body");
        (await s3.Client.GetObjectMetadataAsync(bucket, "kept")).Metadata["m"].ShouldBe("old");
        (await s3.Client.GetObjectTaggingAsync(new GetObjectTaggingRequest { BucketName = bucket, Key = "kept" })).Tagging.ShouldHaveSingleItem().Value.ShouldBe("1");
        (await s3.Client.GetObjectMetadataAsync(bucket, "replaced")).Metadata["m"].ShouldBe("new");
        (await FailAsync(() => s3.Client.CopyObjectAsync(new CopyObjectRequest { SourceBucket = bucket, SourceKey = "kept", DestinationBucket = bucket, DestinationKey = "kept" }))).ErrorCode.ShouldBe("InvalidRequest");
    }

    [Fact]
    public async Task A_batch_removes_what_is_there_and_tells_of_each_key()
    {
        var bucket = await s3.NewBucketAsync();
        var keys = Enumerable.Range(0, 50).Select(i => $"k{i}").ToList();
        foreach (var key in keys)
        {
            await PutAsync(bucket, key, "");
        }

        var result = await s3.Client.DeleteObjectsAsync(new DeleteObjectsRequest { BucketName = bucket, Objects = [.. keys.Append("never").Select(key => new KeyVersion { Key = key })] });
        result.DeletedObjects.Count.ShouldBe(51);
        (await s3.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket })).KeyCount.ShouldBe(0);
    }

    [Fact]
    public async Task A_reader_keeps_its_bytes_while_the_object_is_replaced_and_removed()
    {
        var bucket = await s3.NewBucketAsync();
        var bytes = new byte[8_000_000];
        new Random(3).NextBytes(bytes);
        await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", InputStream = new MemoryStream(bytes) });
        using var read = await s3.Client.GetObjectAsync(bucket, "k");
        await PutAsync(bucket, "k", "other");
        await s3.Client.DeleteObjectAsync(bucket, "k");
        var copy = new MemoryStream();
        await read.ResponseStream.CopyToAsync(copy);
        copy.ToArray().AsSpan().SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task Every_change_is_told_to_the_callback()
    {
        var bucket = await s3.NewBucketAsync();
        await PutAsync(bucket, "k", "abc");
        await s3.Client.CopyObjectAsync(bucket, "k", bucket, "copy");
        await s3.Client.DeleteObjectAsync(bucket, "k");
        lock (s3.Events)
        {
            s3.Events.Where(item => item.Bucket == bucket).Select(item => $"{item.Name} {item.Key} {item.Size}").ShouldBe(["ObjectCreated:Put k 3", "ObjectCreated:Copy copy 3", "ObjectRemoved:Delete k 0"]);
        }
    }

    [Fact]
    public async Task What_is_out_of_scope_is_said_to_be_not_implemented()
    {
        var bucket = await s3.NewBucketAsync();
        await PutAsync(bucket, "k", "");
        var attempts = new Func<Task>[]
        {
            () => s3.Client.PutBucketPolicyAsync(bucket, "{}"),
            () => s3.Client.PutBucketWebsiteAsync(bucket, new WebsiteConfiguration { IndexDocumentSuffix = "i" }),
            () => s3.Client.PutBucketLoggingAsync(new PutBucketLoggingRequest { BucketName = bucket, LoggingConfig = new S3BucketLoggingConfig { TargetBucketName = bucket, TargetPrefix = "p" } }),
            () => s3.Client.PutObjectLegalHoldAsync(new PutObjectLegalHoldRequest { BucketName = bucket, Key = "k", LegalHold = new ObjectLockLegalHold { Status = ObjectLockLegalHoldStatus.On } }),
            () => s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "k", ContentBody = "", CannedACL = S3CannedACL.PublicRead }),
        };
        foreach (var attempt in attempts)
        {
            var error = await Should.ThrowAsync<AmazonS3Exception>(attempt);
            error.ErrorCode.ShouldBe("NotImplemented");
            error.StatusCode.ShouldBe(HttpStatusCode.NotImplemented);
        }
    }

    private static async Task<AmazonS3Exception> FailAsync<T>(Func<Task<T>> attempt) => await Should.ThrowAsync<AmazonS3Exception>(attempt);

    private Task<PutObjectResponse> PutAsync(string bucket, string key, string content) =>
        s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, InputStream = new MemoryStream(Encoding.UTF8.GetBytes(content)) });

    private async Task<string> ReadAsync(string bucket, string key)
    {
        using var read = await s3.Client.GetObjectAsync(bucket, key);
        return await new StreamReader(read.ResponseStream).ReadToEndAsync();
    }
}
