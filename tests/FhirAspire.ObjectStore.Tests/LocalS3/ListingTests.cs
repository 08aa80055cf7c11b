using System.Text;
using Amazon.S3.Model;
using CsCheck;

namespace FhirAspire.ObjectStore.Tests.LocalS3;

public sealed class ListingTests(S3Fixture s3) : IClassFixture<S3Fixture>
{
    // Few characters, so that prefixes and delimiters meet often; some beyond ASCII and UTF-16's first plane, whose order in UTF-8 is not that of strings.
    private static readonly Gen<string> Key = Of("a", "b", "/", "-", "é", "\uffee", "🙂").Array[1, 6].Select(parts => string.Concat(parts))
        // The .NET SDK signs another path than it sends when a key begins with a slash; other clients don't (see RealClientTests).
        .Where(key => key[0] != '/');
    private static readonly Gen<string> KeyOrNone = Gen.Select(Gen.Bool, Key).Select((none, key) => none ? "" : key);

    [Fact]
    public async Task Listings_equal_a_model_whatever_the_prefix_delimiter_page_and_start()
    {
        await Gen.Select(Key.Array[0, 25], Of("", "", "a", "b", "a/", "é", "🙂"), Of("", "/", "a", "é"), Gen.Int[1, 4], KeyOrNone)
            .SampleAsync(async (keys, prefix, delimiter, page, after) =>
            {
                var bucket = await s3.NewBucketAsync();
                foreach (var key in keys)
                {
                    await s3.Client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, ContentBody = "" });
                }

                var seen = new List<string>();
                var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix, Delimiter = delimiter, MaxKeys = page, StartAfter = after };
                ListObjectsV2Response response;
                do
                {
                    response = await s3.Client.ListObjectsV2Async(request);
                    seen.AddRange((response.S3Objects ?? []).Select(item => "k" + item.Key).Concat((response.CommonPrefixes ?? []).Select(item => "p" + item)).OrderBy(item => Encoding.UTF8.GetBytes(item[1..]), Bytes.Order));
                    request.ContinuationToken = response.NextContinuationToken;
                }
                while (response.IsTruncated == true);
                seen.ShouldBe(Model(keys, prefix, delimiter, after));
            }, iter: 40, threads: 1);
    }

    private static Gen<string> Of(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static List<string> Model(string[] keys, string prefix, string delimiter, string after)
    {
        var lines = new List<string>();
        foreach (var key in keys.Distinct(StringComparer.Ordinal).OrderBy(Encoding.UTF8.GetBytes, Bytes.Order))
        {
            if (!key.StartsWith(prefix, StringComparison.Ordinal) || Bytes.Order.Compare(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes(after)) <= 0)
            {
                continue;
            }

            var at = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var common = at < 0 ? null : key[..(at + delimiter.Length)];
            // A start that is a common prefix itself is behind all that it stands for.
            if (common is not null && common == after)
            {
                continue;
            }

            var line = common is null ? "k" + key : "p" + common;
            if (lines.Count == 0 || lines[^1] != line)
            {
                lines.Add(line);
            }
        }

        return lines;
    }

    private sealed class Bytes : IComparer<byte[]>
    {
        public static readonly Bytes Order = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
