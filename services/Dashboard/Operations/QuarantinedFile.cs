using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Amazon.Runtime;
using FhirAspire.ObjectStore;

namespace FhirAspire.Dashboard.Operations;

/// <summary>What stands in the bucket at the place of an error. For operators: it is data of patients.</summary>
public sealed partial class QuarantinedFileReader(IServiceProvider services, ILogger<QuarantinedFileReader> logger)
{
    /// <summary>Bytes shown on each side of the place.</summary>
    public const int Around = 1500;

    // A line or place farther inside than this is not looked for: the page is to be there at once.
    private const long ReadAtMost = 64L << 20;

    /// <summary>The address of an error's page: keys hold names of patients, which are not to stand in addresses.</summary>
    public static string IdOf(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16];

    /// <summary>Reads what stands around the error.</summary>
    public async Task<QuarantinedFile> ReadAsync(LoadError error, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(error);
        if (services.GetService<ObjectBucket>() is not { } bucket)
        {
            return new QuarantinedFile { Fault = "The bucket is not reached from this process." };
        }

        var (key, line) = Split(error.FileKey);
        try
        {
            var stored = await bucket.FindAsync(key, cancellationToken);
            if (stored is null && line is not null)
            {
                (key, line) = (error.FileKey, null);
                stored = await bucket.FindAsync(key, cancellationToken);
            }

            if (stored is null)
            {
                return new QuarantinedFile { Fault = "The object is no longer in the bucket. A retry ends the error." };
            }

            using var content = await bucket.GetAsync(key, cancellationToken: cancellationToken);
            await using var text = key.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(content.Stream, CompressionMode.Decompress) : content.Stream;
            var cut = await CutAsync(text, line, error.Place, cancellationToken);
            return cut with { Bytes = content.Size, LastModified = content.LastModified.UtcDateTime };
        }
        catch (Exception exception) when (exception is InvalidDataException)
        {
            return new QuarantinedFile { Fault = "The object is no gzip, or a damaged one; it cannot be shown as text." };
        }
        catch (Exception exception) when (exception is ObjectStoreException or AmazonServiceException or AmazonClientException or IOException or HttpRequestException)
        {
            DashboardLog.QueryFailed(logger, exception, "quarantined file");
            return new QuarantinedFile { Fault = "The object could not be read; the log has the reason." };
        }
    }

    internal static (string Key, int? Line) Split(string key)
    {
        var at = key.LastIndexOf('#');
        return at > 0 && int.TryParse(key.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var line) ? (key[..at], line) : (key, null);
    }

    /// <summary>Cuts the text around a place: <c>line 3, byte 12 (byte 88120 of 90000)</c>, or <c>line 12, byte 7</c> of a file of lines.</summary>
    internal static async Task<QuarantinedFile> CutAsync(Stream text, int? line, string place, CancellationToken cancellationToken)
    {
        var begin = line is { } number ? await SkipLinesAsync(text, number - 1, cancellationToken) : 0;
        var inside = Inner(place, isOfLine: line is not null);
        var from = Math.Max(0, inside - Around);
        await SkipAsync(text, from, cancellationToken);
        var buffer = new byte[2 * Around];
        var read = await text.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        var isMore = await text.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false, cancellationToken) > 0;
        var piece = buffer.AsSpan(0, read);
        if (line is not null && piece.IndexOf((byte)'\n') is >= 0 and var end)
        {
            piece = piece[..end];
            isMore = false;
        }

        var at = (int)Math.Clamp(inside - from, 0, piece.Length);
        return new QuarantinedFile { Before = Encoding.UTF8.GetString(piece[..at]), After = Encoding.UTF8.GetString(piece[at..]), From = begin + from, IsCutBefore = from > 0, IsCutAfter = isMore };
    }

    private static long Inner(string place, bool isOfLine)
    {
        // Of a whole file the place in the file, which stands last; of a line the place in it.
        var bytes = Byte().Matches(place).Select(match => long.Parse(match.Groups["byte"].Value, CultureInfo.InvariantCulture)).ToList();
        return bytes.Count == 0 ? 0 : Math.Min(isOfLine ? bytes[0] : bytes[^1], ReadAtMost);
    }

    private static async Task<long> SkipLinesAsync(Stream text, int lines, CancellationToken cancellationToken)
    {
        long passed = 0;
        var one = new byte[1];
        var reader = text;
        while (lines > 0 && passed < ReadAtMost && await reader.ReadAsync(one, cancellationToken) > 0)
        {
            passed++;
            lines -= one[0] == '\n' ? 1 : 0;
        }

        return passed;
    }

    private static async Task SkipAsync(Stream text, long bytes, CancellationToken cancellationToken)
    {
        var buffer = new byte[64 << 10];
        while (bytes > 0 && await text.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes)), cancellationToken) is > 0 and var read)
        {
            bytes -= read;
        }
    }

    [GeneratedRegex(@"byte (?<byte>\d{1,12})", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Byte();
}

/// <summary>The text around an error.</summary>
public sealed record QuarantinedFile
{
    /// <summary>Why there is none; null where there is.</summary>
    public string? Fault { get; init; }

    /// <summary>The text before the place.</summary>
    public string Before { get; init; } = "";

    /// <summary>The text behind it.</summary>
    public string After { get; init; } = "";

    /// <summary>The byte of the (unpacked) object at which the text begins.</summary>
    public long From { get; init; }

    /// <summary>Whether the object, or its line, has more before it.</summary>
    public bool IsCutBefore { get; init; }

    /// <summary>Whether it has more behind it.</summary>
    public bool IsCutAfter { get; init; }

    /// <summary>Size of the object as stored.</summary>
    public long Bytes { get; init; }

    /// <summary>When it was put there, UTC.</summary>
    public DateTime? LastModified { get; init; }
}
