using System.Collections.Concurrent;
using System.Diagnostics;
using Amazon.S3;
using Amazon.S3.Model;
using FhirAspire.ObjectStore.LocalS3;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

/// <summary>The server in a process of its own, killed without warning while it writes.</summary>
public sealed class CrashTests : IDisposable
{
    private const string Bucket = "crash";
    private readonly string root = Path.Combine(Path.GetTempPath(), "locals3-" + Guid.NewGuid().ToString("n"));

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task What_was_acknowledged_is_there_whole_after_a_kill_and_nothing_is_half()
    {
        var acknowledged = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var interrupted = 0;
        for (var round = 0; round < 4; round++)
        {
            using var process = Start(out var endpoint);
            using var client = Client(endpoint);
            await client.PutBucketAsync(Bucket);
            var writers = Enumerable.Range(0, 6).Select(async writer =>
            {
                for (var i = 1; ; i++)
                {
                    var key = $"{writer}/{i % 40}";
                    var seed = (round * 1_000_000) + (writer * 100_000) + i;
                    try
                    {
                        await client.PutObjectAsync(new PutObjectRequest { BucketName = Bucket, Key = key, InputStream = new MemoryStream(Content(seed)) });
                        acknowledged[key] = seed;
                    }
                    catch (Exception)
                    {
                        // The write under way at the kill: it may have happened or not.
                        acknowledged[key + " maybe"] = seed;
                        Interlocked.Increment(ref interrupted);
                        return;
                    }
                }
            }).ToArray();
            await Task.Delay(400 + (150 * round));
            process.Kill();
            await Task.WhenAll(writers);
            await process.WaitForExitAsync();
            await CheckAsync(acknowledged);
        }

        interrupted.ShouldBe(24);
    }

    private async Task CheckAsync(ConcurrentDictionary<string, int> acknowledged)
    {
        await using var server = await LocalS3Server.StartAsync(root);
        using var client = Client(server.Endpoint);
        foreach (var (key, seed) in acknowledged.Where(item => !item.Key.EndsWith(" maybe", StringComparison.Ordinal)))
        {
            using var read = await client.GetObjectAsync(Bucket, key);
            var bytes = new MemoryStream();
            await read.ResponseStream.CopyToAsync(bytes);
            var content = bytes.ToArray();
            var isNew = acknowledged.TryGetValue(key + " maybe", out var maybe) && content.AsSpan().SequenceEqual(Content(maybe));
            (isNew || content.AsSpan().SequenceEqual(Content(seed))).ShouldBeTrue($"{key} is neither the acknowledged content nor the one under way");
            acknowledged[key] = isNew ? maybe : seed;
        }

        foreach (var key in acknowledged.Keys.Where(key => key.EndsWith(" maybe", StringComparison.Ordinal)))
        {
            acknowledged.TryRemove(key, out _);
        }
    }

    // From 1 byte to 200 KB: some within the index, some in files.
    private static byte[] Content(int seed)
    {
        var random = new Random(seed);
        var bytes = new byte[random.Next(3) == 0 ? random.Next(1, 200_000) : random.Next(1, 2_000)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static IAmazonS3 Client(Uri endpoint) =>
        ObjectStoreClientFactory.Create(new ObjectStoreOptions { ServiceUrl = endpoint.ToString(), AccessKey = "local", SecretKey = "local-secret", MaxRetries = 0, TimeoutSeconds = 20 });

    private Process Start(out Uri endpoint)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "FhirAspire.S3.dll")]) { RedirectStandardOutput = true, UseShellExecute = false };
        start.Environment["LocalS3__Root"] = root;
        start.Environment["LocalS3__Port"] = "0";
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Logging__LogLevel__Default"] = "Information";
        var process = Process.Start(start)!;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var at = line.IndexOf("S3 server on ", StringComparison.Ordinal);
            if (at >= 0)
            {
                endpoint = new Uri(line[(at + "S3 server on ".Length)..].Split(',')[0]);
                _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
                return process;
            }
        }

        throw new InvalidOperationException("the server has not started");
    }
}
