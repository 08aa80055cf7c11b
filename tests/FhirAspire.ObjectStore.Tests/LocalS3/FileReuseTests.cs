using Amazon.S3;
using Amazon.S3.Model;
using FhirAspire.ObjectStore.LocalS3;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

/// <summary>The files of objects that are gone are used again for others.</summary>
public sealed class FileReuseTests : IDisposable
{
    private const string Bucket = "reuse";
    private readonly string root = Path.Combine(Path.GetTempPath(), "locals3-" + Guid.NewGuid().ToString("n"));

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_file_that_was_given_up_is_the_next_one_of_its_folder_and_empty()
    {
        Directory.CreateDirectory(root);
        using var files = new BlobFiles(root, durable: true, firstId: 0x1000);
        using (var first = files.Create(0x1101))
        {
            RandomAccess.Write(first, [1, 2, 3], 0);
        }

        files.GiveUp(0x1101);
        File.Exists(files.PathOf(0x1101)).ShouldBeFalse();
        var spare = Directory.GetFiles(Path.Combine(root, "blobs", "01")).ShouldHaveSingleItem();
        new FileInfo(spare).Length.ShouldBe(0);
        using (var second = files.Create(0x1201))
        {
            RandomAccess.Write(second, [4], 0);
        }

        Directory.GetFiles(Path.Combine(root, "blobs", "01")).ShouldHaveSingleItem().ShouldBe(files.PathOf(0x1201));
        File.ReadAllBytes(files.PathOf(0x1201)).ShouldBe([4]);
    }

    [Fact]
    public void A_file_is_given_up_once_however_often_it_is_asked_and_a_missing_spare_is_no_fault()
    {
        Directory.CreateDirectory(root);
        using var files = new BlobFiles(root, durable: false, firstId: 0x1000);
        files.Create(0x1101).Dispose();
        files.GiveUp(0x1101);
        files.GiveUp(0x1101);
        using var kept = files.Create(0x1201);
        RandomAccess.Write(kept, [7], 0);
        using var other = files.Create(0x1301);
        RandomAccess.Write(other, [8], 0);
        files.GiveUp(0x1101);
        File.ReadAllBytes(files.PathOf(0x1201)).ShouldBe([7]);
        File.ReadAllBytes(files.PathOf(0x1301)).ShouldBe([8]);

        files.Create(0x1401).Dispose();
        files.GiveUp(0x1401);
        Directory.GetFiles(Path.Combine(root, "blobs", "01"), "*.free").ToList().ForEach(File.Delete);
        files.Create(0x1501).Dispose();
        File.Exists(files.PathOf(0x1501)).ShouldBeTrue();
    }

    [Fact]
    public void A_start_removes_what_earlier_runs_left_but_not_what_the_index_names_or_what_is_new()
    {
        Directory.CreateDirectory(root);
        var files = new BlobFiles(root, durable: false, firstId: 0x1000);
        foreach (var id in new long[] { 0x1101, 0x1102, 0x1103 })
        {
            files.Create(id).Dispose();
        }

        files.GiveUp(0x1103);
        // Not disposed: as after a kill.
        using var later = new BlobFiles(root, durable: false, firstId: 0x2000);
        later.Create(0x2104).Dispose();
        later.Sweep(id => id == 0x1101);
        Directory.GetFiles(Path.Combine(root, "blobs"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ShouldBe([later.PathOf(0x1101), later.PathOf(0x2104)]);
    }

    [Theory]
    [InlineData(LocalS3Durability.Durable)]
    [InlineData(LocalS3Durability.Fast)]
    public async Task Objects_written_removed_and_written_again_by_many_hold_their_own_bytes_and_readers_theirs(LocalS3Durability durability)
    {
        await using (var server = await LocalS3Server.StartAsync(new LocalS3Options { Root = root, Port = 0, Durability = durability, InlineLimit = 0 }))
        {
            using var client = ObjectStoreClientFactory.Create(S3Fixture.ClientOptions(server));
            await client.PutBucketAsync(Bucket);
            await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "read", InputStream = new MemoryStream(Content(0, 3_000_000)) });
            using var reading = await client.GetObjectAsync(Bucket, "read");
            await client.DeleteObjectAsync(Bucket, "read");
            await Task.WhenAll(Enumerable.Range(1, 4).Select(async writer =>
            {
                for (var i = 0; i < 150; i++)
                {
                    var key = $"{writer}/{i % 7}";
                    var bytes = Content((writer * 1000) + i, 1 + (i * 977 % 40_000));
                    await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, InputStream = new MemoryStream(bytes) });
                    (await ReadAsync(client, key)).ShouldBe(bytes);
                    if (i % 3 == 0)
                    {
                        await client.DeleteObjectAsync(Bucket, key);
                    }
                }
            }));
            var content = new MemoryStream();
            await reading.ResponseStream.CopyToAsync(content);
            content.ToArray().ShouldBe(Content(0, 3_000_000));
        }

        // A stop leaves the files of the objects that are there, and no others.
        await using var again = await LocalS3Server.StartAsync(new LocalS3Options { Root = root, Port = 0, Durability = durability });
        using var reader = ObjectStoreClientFactory.Create(S3Fixture.ClientOptions(again));
        var listed = await reader.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket });
        Directory.GetFiles(Path.Combine(root, "blobs"), "*", SearchOption.AllDirectories).Length.ShouldBe(listed.S3Objects.Count);
    }

    [Fact]
    public async Task A_server_whose_folder_has_been_removed_still_stops()
    {
        var server = await LocalS3Server.StartAsync(new LocalS3Options { Root = root, Port = 0, InlineLimit = 0 });
        using (var client = ObjectStoreClientFactory.Create(S3Fixture.ClientOptions(server)))
        {
            await client.PutBucketAsync(Bucket);
            await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = "gone", ContentBody = "gone" });
            await client.DeleteObjectAsync(Bucket, "gone");
        }

        var blobs = Path.Combine(root, "blobs");
        SpinWait.SpinUntil(() => Directory.GetFiles(blobs, "*.free", SearchOption.AllDirectories).Length == 1, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        Directory.Delete(blobs, recursive: true);
        await server.DisposeAsync();
        // The folder can be taken again at once.
        await using var next = await LocalS3Server.StartAsync(new LocalS3Options { Root = root, Port = 0 });
    }

    private static async Task<byte[]> ReadAsync(IAmazonS3 client, string key)
    {
        using var response = await client.GetObjectAsync(Bucket, key);
        var bytes = new MemoryStream();
        await response.ResponseStream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static byte[] Content(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
