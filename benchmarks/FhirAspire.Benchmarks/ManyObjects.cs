using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Amazon.S3.Model;
using FhirAspire.ObjectStore;
using FhirAspire.ObjectStore.LocalS3;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.Benchmarks;

/// <summary>Buckets of more objects than anybody wants to wait for by HTTP: written straight into the index, thousands in a transaction, then used through the server.</summary>
internal static class ManyObjects
{
    private const int Chunk = 5000;
    private const int Pages = 200;

    /// <summary>Bundles of one patient each (400 bytes), as the uploader would have put them: what is there when a loader comes back after a long time.</summary>
    public static async Task<int> MakeBundlesAsync(string root, int count)
    {
        var options = await FillAsync(root, count, i =>
        {
            var id = $"00000000-0000-4000-8000-{i:D12}";
            var text = $$$"""{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:{{{id}}}","resource":{"resourceType":"Patient","id":"{{{id}}}","gender":"{{{(i % 2 == 0 ? "male" : "female")}}}","birthDate":"{{{1930 + (i % 90)}}}-0{{{1 + (i % 9)}}}-1{{{i % 10}}}","name":[{"use":"official","family":"Family{{{i % 1000}}}","given":["Given{{{i % 313}}}"]}]},"request":{"method":"POST","url":"Patient"}}]}""";
            return ($"{ObjectKeys.Patients}2026-01-{1 + (i / 20_000 % 28):D2}/{i % 20_000:D9}_{id}/bundle.json", Encoding.UTF8.GetBytes(text));
        });
        Console.WriteLine($"{count:N0} objects in {Path.GetFullPath(options.Root)}");
        return 0;
    }

    /// <summary>Times pages of 1,000 keys from different starts, plain and with a third of them rolled up by a delimiter, and tells the memory of it all. The client's reading of the answer is part of the time.</summary>
    public static async Task<int> TimeListingAsync(string root, int count)
    {
        var options = await FillAsync(root, count, i => ($"{i % 3}/{i / 1000:D6}{(i % 3 == 0 ? "/" : "-")}{i:D9}.json", []));
        await using var server = await LocalS3Server.StartAsync(options);
        using var client = ObjectStoreClientFactory.Create(ClientOptions(server));
        var bucket = new ObjectStoreOptions().Bucket;
        var random = new Random(1);
        foreach (var delimiter in new[] { null, "/" })
        {
            var times = new List<double>();
            for (var i = 0; i < Pages + 10; i++)
            {
                var group = random.Next(3);
                var request = new ListObjectsV2Request
                {
                    BucketName = bucket, Prefix = $"{group}/", StartAfter = $"{group}/{random.Next(count * 9 / 10) / 1000:D6}", Delimiter = delimiter,
                };
                var start = Stopwatch.GetTimestamp();
                var page = await client.ListObjectsV2Async(request);
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (page.KeyCount != 1000 && delimiter is null)
                {
                    throw new InvalidOperationException($"not a whole page, but {page.KeyCount} keys behind {request.StartAfter}");
                }
            }

            // The first ones are the compiler's.
            var measured = times[10..].Order().ToList();
            Console.WriteLine($"{count:N0} keys, page of 1,000{(delimiter is null ? "" : ", by delimiter")}: median {measured[Pages / 2]:N1} ms, 95 % {measured[Pages * 95 / 100]:N1} ms");
        }

        Console.WriteLine($"memory at the most: {Process.GetCurrentProcess().PeakWorkingSet64 / 1048576.0:N0} MiB, the filling and the client included");
        return 0;
    }

    private static ObjectStoreOptions ClientOptions(LocalS3Server server) => new() { ServiceUrl = server.Endpoint.ToString(), AccessKey = server.AccessKey, SecretKey = server.SecretKey };

    private static async Task<LocalS3Options> FillAsync(string root, int count, Func<int, (string Key, byte[] Content)> make)
    {
        var options = new LocalS3Options { Root = root, Port = 0, Durability = LocalS3Durability.Fast };
        string bucket;
        await using (var server = await LocalS3Server.StartAsync(options))
        {
            var client = ClientOptions(server);
            bucket = client.Bucket;
            using var s3 = ObjectStoreClientFactory.Create(client);
            await new ObjectBucket(s3, client).EnsureBucketAsync();
        }

        using var store = new Store(options);
        for (var from = 0; from < count; from += Chunk)
        {
            var some = Enumerable.Range(from, Math.Min(Chunk, count - from));
            await store.WriteAsync(t =>
            {
                foreach (var i in some)
                {
                    var (key, content) = make(i);
                    using var blob = new NewBlob(store.Files, content.Length == 0 ? 0 : store.Files.NextId(), content.Length, MD5.HashData(content), content);
                    store.Put(t, bucket, key, new ObjectVersion { Size = content.Length, ETag = Convert.ToHexStringLower(blob.Md5), Blob = blob.Id }, WriteConditions.None, "ObjectCreated:Put");
                    t.Add(blob);
                }

                return 0;
            });
        }

        return options;
    }
}
