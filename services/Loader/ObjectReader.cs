using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using FhirAspire.Fhir;
using FhirAspire.Fhir.Reading;
using FhirAspire.Warehouse.Raw;

namespace FhirAspire.Loader;

/// <summary>Takes the documents out of an object: one, or one a line. What is wrong with it becomes an error in the list, not an exception.</summary>
internal static class ObjectReader
{
    private const int InitialBuffer = 1 << 16;

    public static async IAsyncEnumerable<LoadedRow> ReadAsync(RawObject item, Stream content, DocumentLimits limits, List<RawError> errors, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var isGzip = FhirFileNames.IsGzip(item.Key);
        await using var plain = isGzip ? new GZipStream(content, CompressionMode.Decompress) : content;
        if (FhirFileNames.IsNdjson(item.Key))
        {
            await foreach (var row in ReadLinesAsync(item, plain, limits, errors, cancellationToken))
            {
                yield return row;
            }

            yield break;
        }

        if (await ReadDocumentAsync(item, plain, isGzip ? InitialBuffer * 16 : item.Size, limits, errors, cancellationToken) is { } document)
        {
            yield return document;
        }
    }

    /// <summary>Whether a key looks like that of a line of NDJSON, with which it would be confused.</summary>
    public static bool IsLineKey(string key)
    {
        var digits = key.AsSpan().TrimEnd("0123456789");
        return digits.Length < key.Length && digits.EndsWith("#", StringComparison.Ordinal);
    }

    private static async Task<LoadedRow?> ReadDocumentAsync(RawObject item, Stream stream, long expected, DocumentLimits limits, List<RawError> errors, CancellationToken cancellationToken)
    {
        SemaphoreSlim? large = null;
        byte[]? buffer = null;
        try
        {
            // One byte more than expected, so that the end is seen without growing.
            var size = (int)Math.Min(expected + 1, limits.MaxBytes + 1);
            large = await EnterAsync(size);
            buffer = ArrayPool<byte>.Shared.Rent(size);
            var length = 0;
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    break;
                }

                length += read;
                if (length > limits.MaxBytes)
                {
                    throw new FhirReadException("LOD2006", $"byte {limits.MaxBytes}", $"larger than {limits.MaxBytes:N0} bytes (Loader:MaxDocumentBytes)");
                }

                if (length == buffer.Length)
                {
                    size = (int)Math.Min(limits.MaxBytes + 1, (long)length * 2);
                    large ??= await EnterAsync(size);
                    buffer = Grow(buffer, length, size);
                }
            }

            var document = Check(buffer.AsMemory(0, length), limits);
            var row = new LoadedRow(item, new RawRow(item.Key, document.Utf8, document.RecordCount), buffer, large);
            (buffer, large) = (null, null);
            return row;
        }
        catch (FhirReadException exception)
        {
            errors.Add(new RawError(item.Key, item.ETag, exception.Place, exception.Code, exception.Reason));
            return null;
        }
        catch (InvalidDataException exception)
        {
            errors.Add(BrokenGzip(item, exception));
            return null;
        }
        finally
        {
            large?.Release();
            if (buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }

        async Task<SemaphoreSlim?> EnterAsync(int bytes)
        {
            if (bytes <= DocumentLimits.LargeBytes)
            {
                return null;
            }

            await limits.Large.WaitAsync(cancellationToken);
            return limits.Large;
        }
    }

    private static FhirDocument Check(Memory<byte> text, DocumentLimits limits)
    {
        var document = FhirDocumentReader.Read(text);
        return document.Utf8.Length <= limits.MaxStoredBytes
            ? document
            : throw new FhirReadException("LOD2011", $"byte {limits.MaxStoredBytes}", $"{document.Utf8.Length:N0} bytes without white space; the warehouse takes at most {limits.MaxStoredBytes:N0} in one document");
    }

    private static async IAsyncEnumerable<LoadedRow> ReadLinesAsync(RawObject item, Stream stream, DocumentLimits limits, List<RawError> errors, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(stream, new StreamPipeReaderOptions(bufferSize: InitialBuffer, minimumReadSize: InitialBuffer / 4, leaveOpen: true));
        try
        {
            var number = 0L;
            while (true)
            {
                var (result, failure) = await TryReadAsync(reader, cancellationToken);
                if (failure is not null)
                {
                    errors.Add(BrokenGzip(item, failure) with { Place = $"line {number + 1}" });
                    yield break;
                }

                var rest = result.Buffer;
                while (TryTakeLine(ref rest, result.IsCompleted, out var line))
                {
                    number++;
                    if (ReadLine(item, line, number, limits, errors) is { } row)
                    {
                        yield return row;
                    }
                }

                if (rest.Length > limits.MaxBytes)
                {
                    errors.Add(new RawError(item.Key, item.ETag, $"line {number + 1}", "LOD2006", $"a line larger than {limits.MaxBytes:N0} bytes (Loader:MaxDocumentBytes); the lines behind it were not read"));
                    yield break;
                }

                reader.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted)
                {
                    yield break;
                }
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static async Task<(ReadResult Result, Exception? Failure)> TryReadAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        try
        {
            return (await reader.ReadAsync(cancellationToken), null);
        }
        catch (InvalidDataException exception)
        {
            return (default, exception);
        }
    }

    private static LoadedRow? ReadLine(RawObject item, ReadOnlySequence<byte> line, long number, DocumentLimits limits, List<RawError> errors)
    {
        var key = $"{item.Key}#{number}";
        var buffer = ArrayPool<byte>.Shared.Rent((int)line.Length);
        line.CopyTo(buffer);
        var text = buffer.AsMemory(0, (int)line.Length);
        try
        {
            if (text.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0)
            {
                ArrayPool<byte>.Shared.Return(buffer);
                return null;
            }

            if (FhirFileNames.IsPack(item.Key))
            {
                var packed = PackLine.TryRead(text) ?? throw new FhirReadException("LOD2014", "line 1, column 1", "no line of a pack; expected {\"file_key\":...,\"etag\":...,\"document\":...}");
                key = packed.FileKey;
                var inner = Check(packed.Document, limits);
                return new LoadedRow(item, new RawRow(packed.FileKey, inner.Utf8, inner.RecordCount, packed.ETag), buffer);
            }

            var document = Check(text, limits);
            return new LoadedRow(item, new RawRow(key, document.Utf8, document.RecordCount), buffer);
        }
        catch (FhirReadException exception)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            errors.Add(new RawError(key, item.ETag, $"line {number}, {exception.Place.Replace("line 1, ", "", StringComparison.Ordinal)}", exception.Code, exception.Reason));
            return null;
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool isEnd, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        line = rest;
        if (!isEnd || rest.IsEmpty)
        {
            return false;
        }

        rest = rest.Slice(rest.End);
        return true;
    }

    private static byte[] Grow(byte[] buffer, int length, int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        buffer.AsSpan(0, length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    private static RawError BrokenGzip(RawObject item, Exception exception) =>
        new(item.Key, item.ETag, "gzip", "LOD2007", $"the gzip data is broken: {exception.Message}");
}
