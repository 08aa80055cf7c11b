using System.Security.Cryptography;
using Amazon.S3;
using Amazon.S3.Model;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

public sealed class MultipartTests(S3Fixture s3) : IClassFixture<S3Fixture>
{
    private const int PartSize = 5 * 1024 * 1024;

    [Fact]
    public async Task Parts_become_one_object_that_is_read_whole_by_range_and_by_part()
    {
        var bucket = await s3.NewBucketAsync();
        var bytes = Bytes(PartSize + 1000);
        var (id, parts) = await UploadAsync(bucket, "k", bytes, null);
        var done = await CompleteAsync(bucket, "k", id, parts);
        done.ETag.ShouldEndWith("-2\"");
        (await ReadAsync(new GetObjectRequest { BucketName = bucket, Key = "k" })).AsSpan().SequenceEqual(bytes).ShouldBeTrue();
        (await ReadAsync(new GetObjectRequest { BucketName = bucket, Key = "k", ByteRange = new ByteRange(PartSize - 10, PartSize + 9) })).ShouldBe(bytes[(PartSize - 10)..(PartSize + 10)]);
        (await ReadAsync(new GetObjectRequest { BucketName = bucket, Key = "k", PartNumber = 2 })).ShouldBe(bytes[PartSize..]);
        (await s3.Client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = "k", PartNumber = 1 })).PartsCount.ShouldBe(2);
        // The answer may have been lost: a second one is the same.
        (await CompleteAsync(bucket, "k", id, parts)).ETag.ShouldBe(done.ETag);
    }

    [Theory]
    [InlineData("CRC32", "FULL_OBJECT")]
    [InlineData("CRC32C", "FULL_OBJECT")]
    [InlineData("CRC64NVME", "FULL_OBJECT")]
    [InlineData("CRC32", "COMPOSITE")]
    [InlineData("SHA1", "COMPOSITE")]
    [InlineData("SHA256", "COMPOSITE")]
    public async Task The_checksum_of_the_whole_follows_from_those_of_the_parts(string algorithm, string type)
    {
        var bucket = await s3.NewBucketAsync();
        var bytes = Bytes(PartSize + 12345);
        var (id, parts) = await UploadAsync(bucket, "k", bytes, algorithm, type);
        await CompleteAsync(bucket, "k", id, parts);
        var attributes = await s3.Client.GetObjectAttributesAsync(new GetObjectAttributesRequest
        {
            BucketName = bucket, Key = "k", ObjectAttributes = [ObjectAttributes.Checksum, ObjectAttributes.ObjectParts, ObjectAttributes.ObjectSize],
        });
        attributes.ObjectSize.ShouldBe(bytes.Length);
        attributes.ObjectParts.TotalPartsCount.ShouldBe(2);
        attributes.Checksum.ChecksumType.Value.ShouldBe(type);
        var found = algorithm switch
        {
            "CRC32" => attributes.Checksum.ChecksumCRC32, "CRC32C" => attributes.Checksum.ChecksumCRC32C, "CRC64NVME" => attributes.Checksum.ChecksumCRC64NVME,
            "SHA1" => attributes.Checksum.ChecksumSHA1, _ => attributes.Checksum.ChecksumSHA256,
        };
        if (type == "FULL_OBJECT")
        {
            found.ShouldBe(ChecksumTests.Compute(algorithm, bytes));
        }
        else
        {
            byte[] both = [.. Convert.FromBase64String(ChecksumTests.Compute(algorithm, bytes[..PartSize])), .. Convert.FromBase64String(ChecksumTests.Compute(algorithm, bytes[PartSize..]))];
            found.Split('-')[0].ShouldBe(ChecksumTests.Compute(algorithm, both));
        }
    }

    [Fact]
    public async Task A_part_can_be_copied_from_a_piece_of_an_object()
    {
        var bucket = await s3.NewBucketAsync();
        var bytes = Bytes(PartSize + 10);
        await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = "from", InputStream = new MemoryStream(bytes) });
        var id = (await s3.Client.InitiateMultipartUploadAsync(bucket, "to")).UploadId;
        var part = await s3.Client.CopyPartAsync(new CopyPartRequest { SourceBucket = bucket, SourceKey = "from", DestinationBucket = bucket, DestinationKey = "to", UploadId = id, PartNumber = 1, FirstByte = 5, LastByte = 14 });
        await CompleteAsync(bucket, "to", id, [new PartETag(1, part.ETag)]);
        (await ReadAsync(new GetObjectRequest { BucketName = bucket, Key = "to" })).ShouldBe(bytes[5..15]);
        // A copy of an object of parts is one of a single piece, whose ETag is its MD5.
        var copy = await s3.Client.CopyObjectAsync(bucket, "to", bucket, "whole");
        copy.ETag.Trim('"').ShouldBe(Convert.ToHexStringLower(MD5.HashData(bytes[5..15])));
    }

    [Fact]
    public async Task Faulty_completions_are_refused_and_change_nothing()
    {
        var bucket = await s3.NewBucketAsync();
        var id = (await s3.Client.InitiateMultipartUploadAsync(bucket, "k")).UploadId;
        var parts = new List<PartETag>();
        for (var number = 1; number <= 2; number++)
        {
            var part = await s3.Client.UploadPartAsync(new UploadPartRequest { BucketName = bucket, Key = "k", UploadId = id, PartNumber = number, InputStream = new MemoryStream([1, 2, 3]) });
            parts.Add(new PartETag(number, part.ETag));
        }

        async Task<string> CodeAsync(string upload, List<PartETag> list) => (await Should.ThrowAsync<AmazonS3Exception>(() => CompleteAsync(bucket, "k", upload, list))).ErrorCode;
        (await CodeAsync(id, parts)).ShouldBe("EntityTooSmall");
        (await CodeAsync(id, [new PartETag(1, "\"00000000000000000000000000000000\"")])).ShouldBe("InvalidPart");
        (await CodeAsync(id, [new PartETag(3, parts[0].ETag)])).ShouldBe("InvalidPart");
        (await CodeAsync("nonsense", parts)).ShouldBe("NoSuchUpload");
        (await s3.Client.ListPartsAsync(bucket, "k", id)).Parts.Count.ShouldBe(2);
        (await s3.Client.ListMultipartUploadsAsync(bucket)).MultipartUploads.ShouldHaveSingleItem().UploadId.ShouldBe(id);
        await s3.Client.AbortMultipartUploadAsync(bucket, "k", id);
        (await s3.Client.ListMultipartUploadsAsync(bucket)).MultipartUploads.ShouldBeNull();
        (await Should.ThrowAsync<AmazonS3Exception>(() => s3.Client.ListPartsAsync(bucket, "k", id))).ErrorCode.ShouldBe("NoSuchUpload");
    }

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    private async Task<(string Id, List<PartETag> Parts)> UploadAsync(string bucket, string key, byte[] bytes, string? algorithm, string? type = null)
    {
        var id = (await s3.Client.InitiateMultipartUploadAsync(new InitiateMultipartUploadRequest { BucketName = bucket, Key = key, ChecksumAlgorithm = algorithm, ChecksumType = type })).UploadId;
        var parts = new List<PartETag>();
        for (var (number, start) = (1, 0); start < bytes.Length; number++, start += PartSize)
        {
            var piece = bytes[start..Math.Min(bytes.Length, start + PartSize)];
            var request = new UploadPartRequest { BucketName = bucket, Key = key, UploadId = id, PartNumber = number, InputStream = new MemoryStream(piece) };
            switch (algorithm)
            {
                // The SDK computes two of them only with a native package.
                case "CRC32C": request.ChecksumCRC32C = ChecksumTests.Compute(algorithm, piece); break;
                case "CRC64NVME": request.ChecksumCRC64NVME = ChecksumTests.Compute(algorithm, piece); break;
                default: request.ChecksumAlgorithm = algorithm; break;
            }

            var part = await (algorithm is null ? s3.Client : s3.ChecksumClient).UploadPartAsync(request);
            parts.Add(new PartETag(part));
        }

        return (id, parts);
    }

    private Task<CompleteMultipartUploadResponse> CompleteAsync(string bucket, string key, string id, List<PartETag> parts) =>
        s3.Client.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest { BucketName = bucket, Key = key, UploadId = id, PartETags = parts });

    private async Task<byte[]> ReadAsync(GetObjectRequest request)
    {
        using var read = await s3.Client.GetObjectAsync(request);
        var bytes = new MemoryStream();
        await read.ResponseStream.CopyToAsync(bytes);
        return bytes.ToArray();
    }
}
