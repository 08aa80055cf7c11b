using System.Security.Cryptography;
using System.Text;
using FhirAspire.ObjectStore.LocalS3.Checksums;
using FhirAspire.ObjectStore.LocalS3.Storage;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

/// <summary>The server's own MD5, against RFC 1321 and the platform's.</summary>
public sealed class FileHashTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("fhiraspire-hash-").FullName;

    // RFC 1321, A.5.
    [Theory]
    [InlineData("", "d41d8cd98f00b204e9800998ecf8427e")]
    [InlineData("abc", "900150983cd24fb0d6963f7d28e17f72")]
    [InlineData("message digest", "f96b697d7cb7938d525a2f31aaf161d0")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "57edf4a22be3c955ac49da2e2107b67a")]
    public void Test_suite_of_the_RFC(string text, string hash) => Convert.ToHexStringLower(Md5.HashData(Encoding.ASCII.GetBytes(text))).ShouldBe(hash);

    [Fact]
    public void Every_length_around_the_padding()
    {
        var bytes = Bytes(200, seed: 1);
        for (var length = 0; length <= bytes.Length; length++)
        {
            Md5.HashData(bytes.AsSpan(0, length)).ShouldBe(MD5.HashData(bytes.AsSpan(0, length)), $"{length} bytes");
        }
    }

    [Fact]
    public async Task Many_files_that_grow_at_once()
    {
        using var hashes = new FileHashes();
        // More than there are lanes, of sizes that end within a block, at one, and beyond a turn.
        int[] sizes = [1, 63, 64, 65, 1000, 65_535, 65_536, 65_537, 300_001, 1_048_576, 1_048_577, FileHashes.Turn - 1, FileHashes.Turn, (2 * FileHashes.Turn) + 77, (3 * FileHashes.Turn) + 64];
        await Task.WhenAll(sizes.Concat(sizes.Reverse()).Select((size, i) => Task.Run(async () =>
        {
            var bytes = Bytes(size, seed: i);
            var random = new Random(i);
            using var file = File.OpenHandle(Path.Combine(folder, $"{i}"), FileMode.CreateNew, FileAccess.ReadWrite);
            var hash = hashes.Open(file);
            for (var written = 0; written < size;)
            {
                var some = Math.Min(size - written, random.Next(1, 1_500_000));
                RandomAccess.Write(file, bytes.AsSpan(written, some), written);
                written += some;
                hash.Advance(written);
                await Task.Yield();
            }

            (await hash.FinishAsync(size).WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(MD5.HashData(bytes), $"{size} bytes");
        })));
    }

    [Fact]
    public async Task A_file_that_lost_bytes_fails_and_others_go_on()
    {
        using var hashes = new FileHashes();
        using var shorter = File.OpenHandle(Path.Combine(folder, "shorter"), FileMode.CreateNew, FileAccess.ReadWrite);
        RandomAccess.Write(shorter, new byte[1000], 0);
        var error = await Should.ThrowAsync<IOException>(() => hashes.Open(shorter).FinishAsync(2000).WaitAsync(TimeSpan.FromSeconds(60)));
        error.Message.ShouldContain("1000 of 2000");

        using var whole = File.OpenHandle(Path.Combine(folder, "whole"), FileMode.CreateNew, FileAccess.ReadWrite);
        RandomAccess.Write(whole, new byte[1000], 0);
        (await hashes.Open(whole).FinishAsync(1000).WaitAsync(TimeSpan.FromSeconds(60))).ShouldBe(MD5.HashData(new byte[1000]));
    }

    [Fact]
    public async Task After_the_end_a_hash_fails()
    {
        var hashes = new FileHashes();
        using var file = File.OpenHandle(Path.Combine(folder, "late"), FileMode.CreateNew, FileAccess.ReadWrite);
        RandomAccess.Write(file, new byte[1000], 0);
        hashes.Dispose();
        await Should.ThrowAsync<ObjectDisposedException>(() => hashes.Open(file).FinishAsync(1000).WaitAsync(TimeSpan.FromSeconds(60)));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static byte[] Bytes(int count, int seed)
    {
        var bytes = new byte[count];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }
}
