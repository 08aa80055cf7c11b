using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Text;
using FhirAspire.ObjectStore.LocalS3.Signing;

namespace FhirAspire.ObjectStore.LocalS3.Http;

/// <summary>
/// Reads a body into a sink, unwrapping aws-chunked:
/// <code>
/// body    = chunk* last trailer?
/// chunk   = HEX [";chunk-signature=" HEX64] CRLF bytes CRLF
/// last    = "0" [";chunk-signature=" HEX64] CRLF
/// trailer = (name ":" value (CRLF | LF))* ["x-amz-trailer-signature:" HEX64 CRLF] CRLF
/// </code>
/// </summary>
internal static class BodyReader
{
    private const int LineLimit = 16 * 1024;

    /// <summary>Reads everything; the trailing headers, if any, are the result.</summary>
    public static async Task<Dictionary<string, string>?> ReadAsync(S3Request request, BodySink sink, long limit, CancellationToken cancellationToken)
    {
        var reader = request.Http.Request.BodyReader;
        if (request.Body.Chunks is { } chunks)
        {
            var trailers = await ReadChunksAsync(reader, chunks, sink, limit, cancellationToken).ConfigureAwait(false);
            if (request.Body.DecodedLength is { } length && length != sink.Size)
            {
                throw S3Errors.IncompleteBody(length, sink.Size);
            }

            return trailers;
        }

        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                if (sink.Size + read.Buffer.Length > limit)
                {
                    throw S3Errors.EntityTooLarge(sink.Size + read.Buffer.Length);
                }

                sink.Append(read.Buffer);
            }
            finally
            {
                // Also after an error, such as that of a full disk: without it the server cannot take the rest of the body, and cuts the connection instead of answering.
                reader.AdvanceTo(read.Buffer.End);
            }

            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    private static async Task<Dictionary<string, string>?> ReadChunksAsync(PipeReader reader, ChunkSignatures chunks, BodySink sink, long limit, CancellationToken cancellationToken)
    {
        using var hash = chunks.Signed ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        while (true)
        {
            var line = await ReadLineAsync(reader, cancellationToken).ConfigureAwait(false);
            var (size, signature) = ParseHeader(line, chunks.Signed);
            if (sink.Size + size > limit)
            {
                throw S3Errors.EntityTooLarge(sink.Size + size);
            }

            for (var left = size; left > 0;)
            {
                var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (read.Buffer.IsEmpty && read.IsCompleted)
                {
                    throw S3Errors.IncompleteBody(size, size - left);
                }

                var some = read.Buffer.Length > left ? read.Buffer.Slice(0, left) : read.Buffer;
                left -= some.Length;
                try
                {
                    sink.Append(some);
                    if (hash is not null)
                    {
                        foreach (var segment in some)
                        {
                            hash.AppendData(segment.Span);
                        }
                    }
                }
                finally
                {
                    reader.AdvanceTo(some.End);
                }
            }

            if (hash is not null)
            {
                chunks.CheckChunk(hash.GetHashAndReset(), signature);
            }

            if (size == 0)
            {
                return chunks.HasTrailer ? await ReadTrailerAsync(reader, chunks, cancellationToken).ConfigureAwait(false) : await DrainAsync(reader, cancellationToken).ConfigureAwait(false);
            }

            if ((await ReadLineAsync(reader, cancellationToken).ConfigureAwait(false)).Length != 0)
            {
                throw Malformed("a chunk does not end with CRLF");
            }
        }
    }

    private static async Task<Dictionary<string, string>?> DrainAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            reader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return null;
            }
        }
    }

    private static async Task<Dictionary<string, string>> ReadTrailerAsync(PipeReader reader, ChunkSignatures chunks, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var toSign = new StringBuilder();
        string? signature = null;
        while (await ReadLineAsync(reader, cancellationToken, endIsEmpty: true).ConfigureAwait(false) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 1)
            {
                throw Malformed($"'{line}' is no trailing header");
            }

            var name = line[..colon].Trim();
            var value = line[(colon + 1)..].Trim();
            if (name.Equals("x-amz-trailer-signature", StringComparison.OrdinalIgnoreCase))
            {
                signature = value;
                continue;
            }

            headers[name] = value;
            toSign.Append(name.ToLowerInvariant()).Append(':').Append(value).Append('\n');
        }

        if (chunks.Signed)
        {
            chunks.CheckTrailer(toSign.ToString(), signature ?? throw Malformed("x-amz-trailer-signature is missing"));
        }

        await DrainAsync(reader, cancellationToken).ConfigureAwait(false);
        return headers;
    }

    private static (long Size, string Signature) ParseHeader(string line, bool signed)
    {
        var semicolon = line.IndexOf(';', StringComparison.Ordinal);
        if (!long.TryParse(semicolon < 0 ? line : line.AsSpan(0, semicolon), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size) || size < 0)
        {
            throw Malformed($"'{line}' is no chunk header");
        }

        const string Name = "chunk-signature=";
        var at = line.IndexOf(Name, StringComparison.Ordinal);
        return !signed ? (size, "") : at < 0 ? throw Malformed("a chunk has no chunk-signature") : (size, line[(at + Name.Length)..].Trim());
    }

    private static async Task<string> ReadLineAsync(PipeReader reader, CancellationToken cancellationToken, bool endIsEmpty = false)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.Latin1.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                reader.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.Buffer.Length > LineLimit)
            {
                reader.AdvanceTo(read.Buffer.End);
                throw Malformed("a line of more than 16 KB");
            }

            if (read.IsCompleted)
            {
                var empty = read.Buffer.IsEmpty;
                reader.AdvanceTo(read.Buffer.End);
                return empty && endIsEmpty ? "" : throw Malformed("the body ends within a chunk");
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static S3Exception Malformed(string detail) => new(400, "IncompleteBody", $"The request body is not aws-chunked as announced: {detail}");
}
