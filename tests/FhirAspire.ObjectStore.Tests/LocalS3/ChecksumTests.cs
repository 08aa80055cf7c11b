using System.Text;
using Amazon.S3;
using Amazon.S3.Model;
using CsCheck;
using FhirAspire.ObjectStore.LocalS3.Checksums;
using ChecksumAlgorithm = FhirAspire.ObjectStore.LocalS3.Checksums.ChecksumAlgorithm;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

public sealed class ChecksumTests(S3Fixture s3) : IClassFixture<S3Fixture>
{
    public static string Compute(string algorithm, byte[] bytes)
    {
        using var sum = ChecksumAlgorithm.Create(algorithm)!;
        sum.Append(bytes);
        return Convert.ToBase64String(sum.Finish());
    }

    // The check values of the CRC catalogue (reveng) for "123456789", and of FIPS 180 for the hashes.
    [Theory]
    [InlineData("CRC32", "CBF43926")]
    [InlineData("CRC32C", "E3069283")]
    [InlineData("CRC64NVME", "AE8B14860A799888")]
    [InlineData("SHA1", "F7C3BC1D808E04732ADF679965CCC34CA7AE3441")]
    [InlineData("SHA256", "15E2B0D3C33891EBB0F1EF609EC419420C20E320CE94C65FBC8C3312448EB225")]
    public void Checksums_have_their_published_check_values(string algorithm, string expected) =>
        Compute(algorithm, Encoding.ASCII.GetBytes("123456789")).ShouldBe(Convert.ToBase64String(Convert.FromHexString(expected)));

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    public void The_crc_of_two_pieces_combines_to_that_of_the_whole(string algorithm) =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.Byte.Array[0, 300]).Sample((first, second) =>
            Convert.ToBase64String(Crc.Combine(algorithm, Convert.FromBase64String(Compute(algorithm, first)), Convert.FromBase64String(Compute(algorithm, second)), second.Length))
                == Compute(algorithm, [.. first, .. second]), iter: 300);

    [Theory]
    [InlineData("CRC32")]
    [InlineData("CRC32C")]
    [InlineData("CRC64NVME")]
    [InlineData("SHA1")]
    [InlineData("SHA256")]
    public async Task An_upload_with_a_checksum_keeps_it(string algorithm)
    {
        var bucket = await s3.NewBucketAsync();
        var bytes = Encoding.UTF8.GetBytes("some content");
        var put = new PutObjectRequest { BucketName = bucket, Key = "k", InputStream = new MemoryStream(bytes) };
        switch (algorithm)
        {
            // The SDK computes two of them only with a native package.
            case "CRC32C": put.ChecksumCRC32C = Compute(algorithm, bytes); break;
            case "CRC64NVME": put.ChecksumCRC64NVME = Compute(algorithm, bytes); break;
            // The others it sends in a trailer.
            default: put.ChecksumAlgorithm = algorithm; break;
        }

        await s3.ChecksumClient.PutObjectAsync(put);
        var head = await s3.Client.GetObjectMetadataAsync(new GetObjectMetadataRequest { BucketName = bucket, Key = "k", ChecksumMode = ChecksumMode.ENABLED });
        (head.ChecksumCRC32 ?? head.ChecksumCRC32C ?? head.ChecksumCRC64NVME ?? head.ChecksumSHA1 ?? head.ChecksumSHA256).ShouldBe(Compute(algorithm, bytes));
    }

    [Fact]
    public async Task An_upload_that_does_not_fit_its_checksum_is_refused_and_leaves_nothing()
    {
        var bucket = await s3.NewBucketAsync();
        var error = await Should.ThrowAsync<AmazonS3Exception>(() => s3.Client.PutObjectAsync(new PutObjectRequest
        {
            BucketName = bucket, Key = "k", InputStream = new MemoryStream([1, 2, 3]), ChecksumSHA256 = Compute("SHA256", [9]),
        }));
        error.ErrorCode.ShouldBe("BadDigest");
        (await s3.Client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = bucket })).KeyCount.ShouldBe(0);
    }
}
